import { randomBytes } from 'node:crypto';
import type { AnyBulkWriteOperation, ChangeStream, ClientSession, Collection, Filter, UpdateFilter } from 'mongodb';
import { type Id, newId } from '../ids.js';
import type { Database } from '../mongo/database.js';
import { type Job, jobsCollection, type NewJob } from './job.js';
import type { JobFilter } from './job-queue.js';

export type Lease = NonNullable<Job['lease']>;
export interface Claimed extends Job {
  readonly lease: Lease;
}
/** What became of a run. */
export type Outcome =
  | { readonly state: 'done' }
  | { readonly state: 'waiting'; readonly runAt: Date; readonly error?: string }
  | { readonly state: 'dead'; readonly error: string };
export interface Settlement {
  readonly job: Claimed;
  readonly outcome: Outcome;
  readonly at: Date;
}

/** Jobs as rows of MongoDB; who changes a row compares its state or its lease. */
export class JobStore {
  private readonly rows: Collection<Job>;

  constructor(database: Database) {
    this.rows = database.collection<Job>(jobsCollection.name);
  }

  /** An upsert where there is a key, because a duplicate would end the transaction. */
  async insert(session: ClientSession | undefined, jobs: readonly NewJob[], now: Date): Promise<Id<'job'>[]> {
    if (jobs.length === 0) return [];
    const rows = jobs.map(({ runAt, ...job }): Job => {
      return { _id: newId('job'), ...job, state: 'waiting', runAt: runAt ?? now, attempts: 0, createdAt: now };
    });
    const operations = rows.map((row): AnyBulkWriteOperation<Job> => {
      const { kind, dedupeKey } = row;
      if (dedupeKey === undefined) return { insertOne: { document: row } };
      return { updateOne: { filter: { kind, dedupeKey }, update: { $setOnInsert: row }, upsert: true } };
    });
    const { insertedIds, upsertedIds } = await this.rows.bulkWrite(operations, session && { session });
    const made: Readonly<Record<number, Id<'job'>>> = { ...insertedIds, ...upsertedIds };
    return Promise.all(rows.map(async ({ kind, dedupeKey }, index) => made[index] ?? this.known(session, kind, dedupeKey)));
  }

  /** Takes one that is due, at the least cost in time. */
  async claimOne(kind: string, now: Date, leaseMs: number): Promise<Claimed | null> {
    const due: Filter<Job> = { state: 'waiting', kind, runAt: { $lte: now } };
    const claim: UpdateFilter<Job> = { $set: { state: 'running', lease: newLease(now, leaseMs) }, $inc: { attempts: 1 } };
    return (await this.rows.findOneAndUpdate(due, claim, {
      sort: { runAt: 1 },
      hint: { state: 1, kind: 1, runAt: 1 },
      returnDocument: 'after',
    })) as Claimed | null;
  }

  /** Takes up to so many that are due; of nodes that ask at once, each job goes to one. */
  async claim(kind: string, limit: number, now: Date, leaseMs: number): Promise<Claimed[]> {
    const due = await this.rows
      .find({ state: 'waiting', kind, runAt: { $lte: now } }, { projection: { _id: 1 }, sort: { runAt: 1 }, limit, hint: 'due' })
      .toArray();
    if (due.length === 0) return [];
    const ids = due.map(({ _id }) => _id);
    const lease = newLease(now, leaseMs);
    const { modifiedCount } = await this.rows.updateMany(
      { _id: { $in: ids }, state: 'waiting' },
      { $set: { state: 'running', lease }, $inc: { attempts: 1 } },
    );
    if (modifiedCount === 0) return [];
    return (await this.rows.find({ _id: { $in: ids }, 'lease.token': lease.token }).toArray()) as Claimed[];
  }

  async extend(jobs: readonly Claimed[], until: Date): Promise<void> {
    const tokens = [...new Set(jobs.map(({ lease }) => lease.token))];
    await this.rows.updateMany(
      { _id: { $in: jobs.map(({ _id }) => _id) }, 'lease.token': { $in: tokens } },
      { $set: { 'lease.until': until } },
    );
  }

  /** What another node has taken over meanwhile is left to it. */
  async settle(settlements: readonly Settlement[]): Promise<void> {
    const operations = settlements.map((settlement): AnyBulkWriteOperation<Job> => ({ updateOne: updateOf(settlement) }));
    if (operations.length > 0) await this.rows.bulkWrite(operations, { ordered: false });
  }

  /** False where the lease was lost. */
  async complete(session: ClientSession, job: Claimed, at: Date): Promise<boolean> {
    const { filter, update } = updateOf({ job, outcome: { state: 'done' }, at });
    return (await this.rows.updateOne(filter, update, { session })).matchedCount === 1;
  }

  /** Puts back what nobody works on any more. */
  async release(now: Date): Promise<number> {
    const abandoned = { state: 'running', 'lease.until': { $lte: now } } as const;
    const { modifiedCount } = await this.rows.updateMany(abandoned, { $set: { state: 'waiting', runAt: now }, $unset: { lease: '' } });
    return modifiedCount;
  }

  async remove(session: ClientSession, kind: string, dedupeKeys: readonly string[]): Promise<void> {
    await this.rows.deleteMany({ kind, dedupeKey: { $in: [...dedupeKeys] } }, { session });
  }

  async revive(session: ClientSession, id: string, tenantId: string | undefined, now: Date): Promise<Job | null> {
    return this.rows.findOneAndUpdate(
      { ...identified(id, tenantId), state: 'dead' },
      { $set: { state: 'waiting', runAt: now, attempts: 0 }, $unset: { endedAt: '' } },
      { session, returnDocument: 'after' },
    );
  }

  find(id: string, tenantId: string | undefined): Promise<Job | null> {
    return this.rows.findOne(identified(id, tenantId));
  }

  list({ tenantId, state, kind }: JobFilter, limit: number, after: string | undefined): Promise<Job[]> {
    const filter: Filter<Job> = {
      ...(tenantId !== undefined && { tenantId }),
      ...(state !== undefined && { state }),
      ...(kind !== undefined && { kind }),
      ...(after !== undefined && { _id: { $lt: after as Job['_id'] } }),
    };
    return this.rows.find(filter, { sort: { _id: -1 }, limit }).toArray();
  }

  /** Jobs that other nodes enqueue too, and that are due within so much time. */
  watch(withinMs: number): ChangeStream<Job> {
    const isSoon = { $lte: [{ $subtract: ['$fullDocument.runAt', '$wallTime'] }, withinMs] };
    return this.rows.watch([
      { $match: { operationType: 'insert', $expr: isSoon } },
      { $project: { operationType: 1, 'fullDocument.kind': 1, 'fullDocument.runAt': 1 } },
    ]);
  }

  private async known(session: ClientSession | undefined, kind: string, dedupeKey: string | undefined): Promise<Id<'job'>> {
    const found = await this.rows.findOne(
      { kind, dedupeKey: dedupeKey as string },
      { projection: { _id: 1 }, ...(session && { session }) },
    );
    if (!found) throw new Error(`A job ${kind} was neither made nor there`);
    return found._id;
  }
}

const newLease = (now: Date, leaseMs: number): Lease => {
  return { token: randomBytes(12).toString('base64url'), until: new Date(now.getTime() + leaseMs) };
};

function identified(id: string, tenantId: string | undefined): Filter<Job> {
  return { _id: id as Job['_id'], ...(tenantId !== undefined && { tenantId }) };
}

function updateOf({ job, outcome, at }: Settlement): { filter: Filter<Job>; update: UpdateFilter<Job> } {
  const filter = { _id: job._id, 'lease.token': job.lease.token };
  if (outcome.state === 'done') return { filter, update: { $set: { state: 'done', endedAt: at }, $unset: { lease: '', lastError: '' } } };
  if (outcome.state === 'dead')
    return { filter, update: { $set: { state: 'dead', endedAt: at, lastError: outcome.error }, $unset: { lease: '' } } };
  const { runAt, error } = outcome;
  if (error === undefined)
    return { filter, update: { $set: { state: 'waiting', runAt, attempts: 0 }, $unset: { lease: '', lastError: '' } } };
  return { filter, update: { $set: { state: 'waiting', runAt, lastError: error }, $unset: { lease: '' } } };
}
