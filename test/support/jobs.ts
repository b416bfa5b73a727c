import { type Job, jobsCollection } from '../../src/kernel/jobs/job.js';
import { newId } from '../../src/kernel/ids.js';
import { Database } from '../../src/kernel/mongo/database.js';
import type { TestApp } from './app.js';

/** The id of a job that nobody has a handler for, and that died of this. */
export async function deadJob({ app }: TestApp, tenantId: string, lastError: string): Promise<string> {
  const [_id, now] = [newId('job'), new Date('2026-01-01T00:00:00.000Z')];
  const died = { state: 'dead', runAt: now, attempts: 10, lastError, createdAt: now, endedAt: now } as const;
  await app
    .get(Database)
    .collection<Job>(jobsCollection.name)
    .insertOne({ _id, kind: 'tests.dying', tenantId, payload: {}, ...died });
  return _id;
}
