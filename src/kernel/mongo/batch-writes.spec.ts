import { type ClientSession, type Collection, MongoServerError } from 'mongodb';
import { testDatabaseUri } from '../../../test/support/database.js';
import { insertBatch, updateBatch } from './batch-writes.js';
import { Database } from './database.js';

interface Row {
  readonly _id: string;
  readonly n: number;
}
let database: Database;
let rows: Collection<Row>;

beforeAll(async () => {
  database = await Database.connect(testDatabaseUri('batch-writes'));
  rows = await database.db.createCollection<Row>('rows');
});
beforeEach(() => rows.deleteMany({}));
afterAll(async () => {
  await database.db.dropDatabase();
  await database.client.close();
});

const stored = () => rows.find().sort({ _id: 1 }).toArray();
const inTransaction = <Result>(work: (session: ClientSession) => Promise<Result>): Promise<Result> =>
  database.client.withSession((session) => session.withTransaction(() => work(session)));
/** The first and the last have one id. */
const duplicate = (n: number) => [
  { _id: 'a', n },
  { _id: 'b', n },
  { _id: 'a', n },
];

it('inserts a batch in its transaction', async () => {
  await inTransaction(async (session) => {
    await insertBatch(rows, duplicate(1).slice(1), session);
    expect(await stored()).toEqual([]);
  });
  expect(await stored()).toEqual([
    { _id: 'a', n: 1 },
    { _id: 'b', n: 1 },
  ]);
});

it('names the row that is there already, and leaves nothing', async () => {
  const refused = await inTransaction((session) => insertBatch(rows, duplicate(1), session)).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(MongoServerError);
  expect(refused).toMatchObject({ code: 11000, index: 2, keyValue: { _id: 'a' } });
  expect(await stored()).toEqual([]);
});

it('counts the rows that are found or made, one after the other', async () => {
  await rows.insertOne({ _id: 'a', n: 1 });
  const updates = [
    { q: { _id: 'a', n: 1 }, u: { $inc: { n: 1 } } },
    { q: { _id: 'a', n: 2 }, u: { $set: { n: 2 } } },
    { q: { _id: 'a', n: 1 }, u: { $set: { n: 9 } } },
    { q: { _id: 'b' }, u: { $set: { n: 5 } }, upsert: true },
  ];
  expect(await inTransaction((session) => updateBatch(rows, updates, session))).toBe(3);
  expect(await stored()).toEqual([
    { _id: 'a', n: 2 },
    { _id: 'b', n: 5 },
  ]);
});

it('says so where an update is refused', async () => {
  await rows.insertMany([
    { _id: 'a', n: 1 },
    { _id: 'b', n: 1 },
  ]);
  const update = { q: { _id: 'b' }, u: { $set: { _id: 'c' } } };
  await expect(inTransaction((session) => updateBatch(rows, [update], session))).rejects.toMatchObject({ code: 66, index: 0 });
});
