import type { ClientSession, Collection } from 'mongodb';
import { testDatabaseUri } from '../../../test/support/database.js';
import { type JobBench, jobQueueContract } from '../../../test/support/job-queue-contract.js';
import { Clock } from '../clock.js';
import { Idempotency } from '../idempotency/idempotency.js';
import { Database } from '../mongo/database.js';
import { UnitOfWork } from '../mongo/unit-of-work.js';
import { jobsCollection } from './job.js';
import { MongoJobQueue } from './mongo-job-queue.js';

interface Row {
  readonly _id: string;
}
const uri = testDatabaseUri('jobs');
let database: Database;
let rows: Collection<Row>;

beforeAll(async () => {
  database = await Database.connect(uri);
  await database.db.createCollection(jobsCollection.name);
  await database.db.collection(jobsCollection.name).createIndexes([...jobsCollection.indexes]);
  rows = await database.db.createCollection<Row>('rows');
});
afterAll(async () => {
  await database.db.dropDatabase();
  await database.client.close();
});

async function node({ everyMs = 20, leaseMs = 30_000 } = {}) {
  const own = await Database.connect(uri);
  const queue = new MongoJobQueue(own, new Clock(), { backgroundIntervalMs: everyMs, jobLeaseMs: leaseMs });
  const unitOfWork = new UnitOfWork(own, new Idempotency(own, new Clock()));
  return {
    queue,
    transact: <Result>(work: (session: ClientSession) => Promise<Result>) => unitOfWork.transact(work),
    write: async (session: ClientSession, id: string) => void (await own.collection<Row>('rows').insertOne({ _id: id }, { session })),
    start: () => queue.onApplicationBootstrap(),
    stop: async () => {
      await queue.beforeApplicationShutdown();
      await own.client.close();
    },
    // Nothing that it does reaches the database any more.
    vanish: () => own.client.close(true),
  };
}

jobQueueContract('the queue over mongod', (): JobBench => ({
  node,
  written: async () => (await rows.find().toArray()).map(({ _id }) => _id),
}));
