import {
  MongoBulkWriteError,
  MongoError,
  MongoNetworkError,
  MongoNetworkTimeoutError,
  MongoNotConnectedError,
  MongoOperationTimeoutError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
} from 'mongodb';
import { type OutcomeKnown, Unavailable } from '../fault/fault.js';
import { hasCode } from './error-code.js';

export class DatabaseUnavailable extends Unavailable {
  constructor(cause: unknown, outcome: OutcomeKnown) {
    super('The database cannot be reached, try again', { cause, outcome, retryAfterSeconds: 1 });
  }
}

const socketErrors = ['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END'];
const unreachable = [
  MongoNetworkError,
  MongoNotConnectedError,
  MongoOperationTimeoutError,
  MongoServerSelectionError,
  MongoTopologyClosedError,
];

/** Whether the database, not the work, is what failed: it may succeed when tried again. */
export function isUnreachable(thrown: unknown): boolean {
  const error = unwrapped(thrown);
  if (unreachable.some((kind) => error instanceof kind) || isSocketError(error)) return true;
  return error instanceof MongoError && (error.hasErrorLabel('RetryableWriteError') || error.hasErrorLabel('TransientTransactionError'));
}

/** Whether a connection broke; another one may serve at once. Where one timed out, the time was waited already. */
export const isCutOff = (thrown: unknown): boolean => {
  const error = unwrapped(thrown);
  return (error instanceof MongoNetworkError && !(error instanceof MongoNetworkTimeoutError)) || isSocketError(error);
};

/** Of a connection that the server has just closed: the driver lets the socket's own error through. */
const isSocketError = (error: unknown): boolean => socketErrors.some((code) => hasCode(error, code));

/** A bulk write hides what it failed with in an error of its own. */
function unwrapped(error: unknown): unknown {
  return error instanceof MongoBulkWriteError && error.errorResponse instanceof MongoError ? error.errorResponse : error;
}
