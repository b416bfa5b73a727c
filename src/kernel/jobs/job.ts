import type { ClientSession } from 'mongodb';
import type { Id } from '../ids.js';
import type { CollectionSpec } from '../mongo/collection-spec.js';

export const jobStates = ['waiting', 'running', 'done', 'dead'] as const;
export type JobState = (typeof jobStates)[number];
export type Payload = Readonly<Record<string, unknown>>;

/** Work that survives a crash: it runs until its handler succeeds, or is dead and waits for a person. */
export interface Job {
  readonly _id: Id<'job'>;
  readonly kind: string;
  readonly tenantId: string;
  readonly payload: Payload;
  readonly state: JobState;
  /** Not before this time. */
  readonly runAt: Date;
  /** Of one kind, a second job with the same one is the first. */
  readonly dedupeKey?: string;
  /** How often it was begun since it last succeeded or was put back by a person. */
  readonly attempts: number;
  readonly lastError?: string;
  readonly createdAt: Date;
  readonly endedAt?: Date;
  readonly lease?: { readonly token: string; readonly until: Date };
}

export interface NewJob {
  readonly kind: string;
  readonly tenantId: string;
  readonly payload: Payload;
  /** At once, where there is none. */
  readonly runAt?: Date;
  /** Holds for as long as the first job is kept: a day after it is done, and until somebody deals with it when it is dead. */
  readonly dedupeKey?: string;
}

export interface RunningJob {
  readonly id: Id<'job'>;
  readonly tenantId: string;
  readonly payload: Payload;
  /** 1 at the first try. */
  readonly attempt: number;
  /**
   * Ends the job in the transaction of its effect, which so happens exactly once. Without it a handler may run again after a crash,
   * and must be idempotent. @throws LeaseLost, which rolls the transaction back
   */
  complete(session: ClientSession): Promise<void>;
}

export interface JobHandler {
  readonly kind: string;
  /** How many of the kind run at once on one node; 10 unless told. */
  readonly concurrency?: number;
  /** After so many tries it is dead; 10 unless told. */
  readonly maxAttempts?: number;
  /** The wait before the second try, doubled with every further one; 1,000 unless told. */
  readonly backoffMs?: number;
  /** That wait at most; an hour unless told. */
  readonly longestBackoffMs?: number;
  /** Resolves with the time to run again, for work that goes on; a run that so ends is no failure. */
  run(job: RunningJob): Promise<Date | void>;
}

/** Another node has taken the job over. */
export class LeaseLost extends Error {}
/** Thrown by a handler to which no further try would help. */
export class JobFailed extends Error {}

/** Done jobs are kept for this long, for those who look and so that a key is not used again. */
const keptSeconds = 86_400;

export const jobsCollection: CollectionSpec = {
  name: 'jobs',
  indexes: [
    { name: 'due', key: { state: 1, kind: 1, runAt: 1 } },
    { name: 'leases', key: { 'lease.until': 1 }, sparse: true },
    { name: 'dedupe', key: { kind: 1, dedupeKey: 1 }, unique: true, partialFilterExpression: { dedupeKey: { $exists: true } } },
    { name: 'tenant', key: { tenantId: 1, _id: -1 } },
    { name: 'expiry', key: { endedAt: 1 }, expireAfterSeconds: keptSeconds, partialFilterExpression: { state: 'done' } },
  ],
};
