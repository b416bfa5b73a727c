import { armFailpoints } from '../../dist/kernel/failpoints.js';
import { Clock } from '../../dist/kernel/clock.js';
import { Idempotency } from '../../dist/kernel/idempotency/idempotency.js';
import { MongoJobQueue } from '../../dist/kernel/jobs/mongo-job-queue.js';
import { Database } from '../../dist/kernel/mongo/database.js';
import { UnitOfWork } from '../../dist/kernel/mongo/unit-of-work.js';

/** A process that does nothing but jobs, until it is killed: each leaves a row for every time that it took effect. */
const { MONGODB_URI = '', FAILPOINTS, JOB_LEASE_MS = '1000' } = process.env;
armFailpoints(FAILPOINTS);
const [database, clock] = [await Database.connect(MONGODB_URI), new Clock()];
const unitOfWork = new UnitOfWork(database, new Idempotency(database, clock));
const effects = database.collection('effects');
const runs = database.collection('runs');
const queue = new MongoJobQueue(database, clock, { backgroundIntervalMs: 50, jobLeaseMs: Number(JOB_LEASE_MS) });

/** Ends with its effect, which has no id of its own to be known again by. */
queue.handle({
  kind: 'tests.complete',
  concurrency: 20,
  maxAttempts: 1_000,
  run: (job) =>
    unitOfWork.transact(async (session) => {
      await effects.insertOne({ job: job.id }, { session });
      await job.complete(session);
    }),
});
/** May run again, and does the same again. */
queue.handle({
  kind: 'tests.idempotent',
  concurrency: 20,
  maxAttempts: 1_000,
  run: async ({ id }) => {
    await effects.updateOne({ _id: id }, { $set: { job: id } }, { upsert: true });
    await runs.insertOne({ job: id });
  },
});
/** No try helps. */
queue.handle({ kind: 'tests.hopeless', maxAttempts: 3, backoffMs: 1, run: () => Promise.reject(new Error('hopeless')) });

await queue.onApplicationBootstrap();
process.stdout.write('working\n');
