import type { ClientSession } from 'mongodb';
import type { Id } from '../ids.js';
import type { Job, JobHandler, JobState, NewJob } from './job.js';

export interface JobFilter {
  /** Of all tenants where there is none. */
  readonly tenantId?: string;
  readonly state?: JobState;
  readonly kind?: string;
}

/** Durable work. Whatever stands behind it passes `test/support/job-queue-contract.ts`. */
export abstract class JobQueue {
  /** Enqueued when the transaction commits, and not otherwise. Resolves with the ids, of known jobs with theirs. */
  abstract enqueue(session: ClientSession, jobs: readonly NewJob[]): Promise<readonly Id<'job'>[]>;
  /** From now on this node runs jobs of the kind. */
  abstract handle(handler: JobHandler): void;
  /** Runs the handler again and again, `everyMs` after it began, on one node of all at a time. */
  abstract repeat(handler: JobHandler, everyMs: number): void;
  abstract find(id: string, tenantId?: string): Promise<Job | null>;
  /** Newest first, after the job of this id. */
  abstract list(filter: JobFilter, limit: number, after?: string): Promise<readonly Job[]>;
  /** Takes the jobs with these keys out, whatever became of them; one that runs cannot complete any more. */
  abstract forget(session: ClientSession, kind: string, dedupeKeys: readonly string[]): Promise<void>;
  /** Gives a dead job its tries back; null where there is no such dead job. */
  abstract revive(session: ClientSession, id: string, tenantId?: string): Promise<Job | null>;
}
