import { Injectable, Optional } from '@nestjs/common';
import { type ClientSession, type Collection, MongoBulkWriteError, MongoServerError } from 'mongodb';
import { Clock } from '../clock.js';
import { Fault, type FaultKind } from '../fault/fault.js';
import { requestContext } from '../http/request-context.js';
import { Database } from '../mongo/database.js';
import { hasCode } from '../mongo/error-code.js';
import { Together } from '../together.js';
import { type ClaimedKey, type IdempotencyRecord, idempotencyCollection, KeyAlreadyUsed } from './idempotency-record.js';

/** Faults the domain decided on; the others say nothing about the work and may end differently next time. */
const storedKinds: readonly FaultKind[] = ['not_found', 'conflict', 'unprocessable'];
const MAX_TIME_EXPIRED = 50;
/** A field without a value would come back as null, and be seen. */
const asReturned = { ignoreUndefined: true };

/**
 * Outcomes by key. The record is inserted in the transaction of the effect it stands for, under the key's unique id: of two
 * requests with one key, one commits and the other finds the record. So there is no claim to expire and none to be lost.
 */
@Injectable()
export class Idempotency {
  private readonly records: Collection<IdempotencyRecord>;
  private readonly together = new Together<IdempotencyRecord>((ids) => this.load(ids));

  /** `patienceMs` is how long a request waits for a majority to hold what another one with its key has done. */
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    @Optional() private readonly patienceMs = 5_000,
  ) {
    this.records = database.collection<IdempotencyRecord>(idempotencyCollection.name);
  }

  find(key: ClaimedKey): Promise<IdempotencyRecord | undefined> {
    return this.together.find(key.id);
  }

  /**
   * The outcome under a key that turned out to be used. It may be committed and on no majority yet, where other reads do not see it;
   * that is waited for. Undefined where it takes too long, or was rolled back.
   */
  async findCommitted({ id: _id }: ClaimedKey): Promise<IdempotencyRecord | undefined> {
    try {
      return await this.database.client.withSession(async (session) => {
        // The next read of the session is as of this one's time, or later.
        await this.records.findOne({ _id }, { session, readConcern: { level: 'local' }, projection: { _id: 1 } });
        return (await this.records.findOne({ _id }, { session, maxTimeMS: this.patienceMs })) ?? undefined;
      });
    } catch (error) {
      if (hasCode(error, MAX_TIME_EXPIRED)) return undefined;
      throw error;
    }
  }

  /** For the transaction of the request at hand. @throws KeyAlreadyUsed */
  async store(session: ClientSession, value: unknown): Promise<void> {
    const context = requestContext.current();
    if (!context?.key || context.keyStored) return;
    await this.storeAll(session, [{ key: context.key, value }]);
  }

  /** For a transaction that does the work of several requests. @throws KeyAlreadyUsed, naming the one */
  async storeAll(session: ClientSession, outcomes: readonly { readonly key: ClaimedKey; readonly value: unknown }[]): Promise<void> {
    if (outcomes.length === 0) return;
    try {
      await this.records.insertMany(
        outcomes.map(({ key, value }) => this.row(key, { value })),
        { session, ...asReturned },
      );
    } catch (error) {
      const ids = outcomes.map(({ key }) => key.id);
      throw usedKey(error, ids) ?? error;
    }
  }

  /** What stored requests are answered from now on: the work went on after them. */
  async restateAll(session: ClientSession, outcomes: readonly { readonly requestId: string; readonly value: unknown }[]): Promise<void> {
    if (outcomes.length === 0) return;
    const operations = outcomes.map(({ requestId: _id, value }) => ({ updateOne: { filter: { _id }, update: { $set: { value } } } }));
    await this.records.bulkWrite(operations, { session, ordered: false, ...asReturned });
  }

  /** For an outcome without a transaction: a domain fault, or a value that changed nothing. @throws KeyAlreadyUsed */
  async keep(key: ClaimedKey, outcome: { readonly value: unknown } | { readonly fault: Fault }): Promise<void> {
    if ('fault' in outcome && !isStored(outcome.fault)) return;
    try {
      await this.records.insertOne(this.row(key, 'fault' in outcome ? { fault: plain(outcome.fault) } : outcome), asReturned);
    } catch (error) {
      throw usedKey(error, [key.id]) ?? error;
    }
  }

  /** What was answered to an erased person may say who it was. */
  async forget(session: ClientSession, callerId: string): Promise<void> {
    await this.records.deleteMany({ callerId }, { session });
  }

  private async load(ids: readonly string[]): Promise<Map<string, IdempotencyRecord>> {
    const found = await this.records.find({ _id: { $in: [...ids] } }).toArray();
    return new Map(found.map((record) => [record._id, record]));
  }

  private row(key: ClaimedKey, outcome: Pick<IdempotencyRecord, 'value' | 'fault'>): IdempotencyRecord {
    const stored = outcome.value === undefined && !outcome.fault ? {} : outcome;
    const { id, ...bound } = key;
    return { _id: id, ...bound, ...stored, at: this.clock.now() };
  }
}

/** Whoever is told to come again is not told the outcome. */
const isStored = ({ kind, code, retryAfterSeconds }: Fault): boolean =>
  retryAfterSeconds === undefined && (storedKinds.includes(kind) || code === 'transition_refused');

function plain({ kind, code, message, context, outcome }: Fault): NonNullable<IdempotencyRecord['fault']> {
  return { kind, code, message, context, ...(outcome && { outcome }) };
}

/** The id is the only unique field of a record. A bulk write tells which of its rows was the duplicate by its place. */
function usedKey(error: unknown, ids: readonly string[]): KeyAlreadyUsed | undefined {
  if (!(error instanceof MongoServerError) || error.code !== 11000) return undefined;
  const [duplicate] = error instanceof MongoBulkWriteError ? [error.writeErrors].flat() : [];
  const id = ids[duplicate?.index ?? 0];
  return id === undefined ? undefined : new KeyAlreadyUsed(id);
}
