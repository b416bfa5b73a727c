import { MongoClient } from 'mongodb';
import { startTestMongod, type TestMongod } from '../../../test/support/mongod.js';
import { Clock } from '../clock.js';
import { Database } from '../mongo/database.js';
import { Idempotency } from './idempotency.js';

let mongod: TestMongod;
let admin: MongoClient;
let database: Database;

beforeAll(async () => {
  mongod = await startTestMongod({ extraArgs: ['--setParameter', 'enableTestCommands=1'] });
  admin = await MongoClient.connect(mongod.uri, { writeConcern: { w: 1 } });
  database = await Database.connect(mongod.uri);
  // While its creation is on no majority, every read of it waits.
  await database.db.createCollection('idempotency_records');
});
beforeEach(() => holdMajority('alwaysOn'));
afterEach(() => holdMajority('off'));
afterAll(async () => {
  await database.client.close();
  await admin.close();
  await mongod.stop();
});

/** While this is on, nothing that is written is on a majority. */
const holdMajority = (mode: 'alwaysOn' | 'off') => admin.db('admin').command({ configureFailPoint: 'disableSnapshotting', mode });

/** A record as another node has just committed it: the primary has it. */
async function committed(id: string) {
  const key = { id, tenantId: 'ten_a', requestHash: 'hash' };
  const row = { _id: id as never, tenantId: 'ten_a', requestHash: 'hash', value: { name: 'a' }, at: new Date(0) };
  await admin.db('payops').collection('idempotency_records').insertOne(row);
  return { key, row };
}

it('what is committed and on no majority yet is waited for', async () => {
  const idempotency = new Idempotency(database, new Clock(), 60_000);
  const { key, row } = await committed('k1');
  expect(await idempotency.find(key)).toBeUndefined();
  const found = idempotency.findCommitted(key);
  const early = await Promise.race([found, new Promise((resolve) => void setTimeout(resolve, 300, 'nothing'))]);
  await holdMajority('off');
  // The majority is counted anew with the next write.
  await committed('other');
  expect(early).toBe('nothing');
  expect(await found).toEqual(row);
});

it('and for no longer than a request can wait', async () => {
  const { key } = await committed('k2');
  expect(await new Idempotency(database, new Clock(), 200).findCommitted(key)).toBeUndefined();
});
