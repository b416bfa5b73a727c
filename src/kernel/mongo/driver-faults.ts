import {
  MongoError,
  MongoNetworkError,
  MongoNotConnectedError,
  MongoOperationTimeoutError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
} from 'mongodb';
import { type OutcomeKnown, Unavailable } from '../fault/fault.js';

export class DatabaseUnavailable extends Unavailable {
  constructor(cause: unknown, outcome: OutcomeKnown) {
    super('The database cannot be reached, try again', { cause, outcome, retryAfterSeconds: 1 });
  }
}

const unreachable = [
  MongoNetworkError,
  MongoNotConnectedError,
  MongoOperationTimeoutError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
];

/** Whether the database, not the work, is what failed: it may succeed when tried again. */
export function isUnreachable(error: unknown): boolean {
  if (unreachable.some((kind) => error instanceof kind)) return true;
  return error instanceof MongoError && (error.hasErrorLabel('RetryableWriteError') || error.hasErrorLabel('TransientTransactionError'));
}
