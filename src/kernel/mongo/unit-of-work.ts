import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Optional } from '@nestjs/common';
import { type ClientSession, MongoError, type TransactionOptions } from 'mongodb';
import { Unavailable } from '../fault/fault.js';
import { requestContext } from '../http/request-context.js';
import { Idempotency } from '../idempotency/idempotency.js';
import { Database } from './database.js';
import { isCutOff, isUnreachable } from './driver-faults.js';

const transaction: TransactionOptions = {
  readConcern: { level: 'snapshot' },
  writeConcern: { w: 'majority', journal: true },
  readPreference: 'primary',
};
const LONGEST_PAUSE_MS = 12;

/** The commit was sent and its answer never came: the effect may or may not be there. */
export class OutcomeUnknown extends Unavailable {
  override readonly code = 'outcome_unknown';
  constructor(cause: unknown) {
    super('The outcome of the request is not known', { cause, outcome: 'unknown', retryAfterSeconds: 1 });
  }
}
/** What the work relied on has changed meanwhile: it is rolled back and runs again. */
export class TryAgain extends Error {}

/** The database did not let the work through in time; nothing was applied. */
export class DatabaseBusy extends Unavailable {
  constructor(cause: unknown) {
    super('The database is busy, try again', { cause, outcome: 'none', retryAfterSeconds: 1 });
  }
}

/**
 * One transaction around several writes. The work may run more than once, so it holds database work only; what it returns is
 * what the request's idempotency key, if it carried one, will replay.
 */
@Injectable()
export class UnitOfWork {
  constructor(
    private readonly database: Database,
    private readonly idempotency: Idempotency,
    @Optional() private readonly patienceMs = 10_000,
  ) {}

  /** Of several in one request, the first stores the key. @throws OutcomeUnknown, DatabaseBusy, KeyAlreadyUsed */
  async run<Result>(work: (session: ClientSession) => Promise<Result>): Promise<Result> {
    const committed = await this.transact(async (session) => {
      const result = await work(session);
      await this.idempotency.store(session, result);
      return result;
    });
    const context = requestContext.current();
    if (context?.key) context.keyStored = true;
    return committed;
  }

  /** As `run`, for work that answers several requests at once and stores their keys itself. */
  async transact<Result>(work: (session: ClientSession) => Promise<Result>): Promise<Result> {
    const session = this.database.client.startSession();
    const until = performance.now() + this.patienceMs;
    try {
      for (let attempt = 1; ; attempt++) {
        try {
          session.startTransaction(transaction);
          const result = await work(session);
          await commit(session, until);
          return result;
        } catch (error) {
          if (session.inTransaction()) await session.abortTransaction().catch(() => {});
          // Before the commit nothing is applied, whatever it was that broke off.
          if (!isTransient(error)) throw isUnreachable(error) ? new DatabaseBusy(error) : error;
          if (performance.now() > until) throw new DatabaseBusy(error);
          await pause(Math.random() * Math.min(LONGEST_PAUSE_MS, 2 ** attempt));
        }
      }
    } finally {
      await session.endSession();
    }
  }
}

/** Sends the commit again while its outcome is unknown: the server answers a repeated commit with the outcome of the first. */
async function commit(session: ClientSession, until: number): Promise<void> {
  for (;;) {
    try {
      return await session.commitTransaction();
    } catch (error) {
      const unknown = error instanceof MongoError && error.hasErrorLabel('UnknownTransactionCommitResult');
      // Only this label says that nothing was applied; the driver does not label every error that leaves it open.
      if (!unknown && isRolledBack(error)) throw error;
      if (!(unknown || isUnreachable(error)) || performance.now() > until) throw new OutcomeUnknown(error);
      await pause(50);
    }
  }
}

const isRolledBack = (error: unknown): boolean => error instanceof MongoError && error.hasErrorLabel('TransientTransactionError');
/** Of an error of the work; one that has waited for a server in vain has waited long enough. */
const isTransient = (error: unknown): boolean => error instanceof TryAgain || isRolledBack(error) || isCutOff(error);
