import type { Job, JobState } from '../kernel/jobs/job.js';

export class JobView {
  /** @example "job_0190a1b2-0000-7000-8000-000000000000" */
  id: string;
  /** @example "webhooks.deliver" */
  kind: string;
  /** One of waiting, running, done, dead. @example "waiting" */
  state: JobState;
  /** Not before this time. @example "2026-01-03T10:00:00.000Z" */
  runAt: string;
  /** How often it was begun since it was made or retried. @example 1 */
  attempts: number;
  /** Why the last try failed. */
  lastError: string | null;
  /** @example "2026-01-03T10:00:00.000Z" */
  createdAt: string;
  /** When it was done or died. */
  endedAt: string | null;

  static of({ _id, kind, state, runAt, attempts, lastError, createdAt, endedAt }: Job): JobView {
    return {
      id: _id,
      kind,
      state,
      runAt: runAt.toISOString(),
      attempts,
      lastError: lastError ?? null,
      createdAt: createdAt.toISOString(),
      endedAt: endedAt?.toISOString() ?? null,
    };
  }
}
