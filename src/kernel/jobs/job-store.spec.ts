import { testDatabaseUri } from '../../../test/support/database.js';
import { Database } from '../mongo/database.js';
import { jobsCollection } from './job.js';
import { type Claimed, JobStore } from './job-store.js';

const now = new Date('2026-01-01T00:00:00.000Z');
const later = (ms: number): Date => new Date(now.getTime() + ms);
let database: Database;
let store: JobStore;
let kinds = 0;
let kind: string;

beforeAll(async () => {
  database = await Database.connect(testDatabaseUri('job-store'));
  await database.db.createCollection(jobsCollection.name);
  await database.db.collection(jobsCollection.name).createIndexes([...jobsCollection.indexes]);
  store = new JobStore(database);
});
beforeEach(async () => {
  kind = `kind${++kinds}`;
  await database.collection(jobsCollection.name).deleteMany({});
});
afterAll(async () => {
  await database.db.dropDatabase();
  await database.client.close();
});

const insert = async (count: number) => {
  const jobs = Array.from({ length: count }, () => ({ kind, tenantId: 'ten_a', payload: {} }));
  return store.insert(undefined, jobs, now);
};
const complete = (job: Claimed): Promise<boolean> =>
  database.client.withSession((session) => session.withTransaction(() => store.complete(session, job, now)));

it('gives each job to one of many that ask at once', async () => {
  const ids = await insert(100);
  const claimed = await Promise.all(Array.from({ length: 8 }, () => store.claim(kind, 30, now, 1_000)));
  const taken = claimed.flat().map(({ _id }) => _id);
  expect(new Set(taken).size).toBe(taken.length);
  for (let rest = await store.claim(kind, 100, now, 1_000); rest.length > 0; rest = await store.claim(kind, 100, now, 1_000))
    taken.push(...rest.map(({ _id }) => _id));
  expect([...taken].sort((one, other) => (one < other ? -1 : 1))).toEqual([...ids].sort((one, other) => (one < other ? -1 : 1)));
});

it('gives the longest due first, and nothing before its time', async () => {
  const due = [later(30), later(10), later(20), later(99)];
  await store.insert(
    undefined,
    due.map((runAt, index) => ({ kind, tenantId: 'ten_a', payload: { index }, runAt })),
    now,
  );
  expect(await store.claim(kind, 9, now, 1_000)).toEqual([]);
  const first = await store.claim(kind, 2, later(50), 1_000);
  expect(first.map(({ payload }) => payload.index).toSorted((one, other) => Number(one) - Number(other))).toEqual([1, 2]);
  expect((await store.claim(kind, 9, later(50), 1_000)).map(({ payload }) => payload.index)).toEqual([0]);
});

it('leaves a job that was taken over to the one who has it now', async () => {
  const [id] = await insert(1);
  const [lost] = (await store.claim(kind, 1, now, 1_000)) as [Claimed];
  expect(await store.release(later(999))).toBe(0);
  expect(await store.release(later(1_000))).toBe(1);
  const [held] = (await store.claim(kind, 1, later(1_000), 1_000)) as [Claimed];
  expect(held).toMatchObject({ _id: id, attempts: 2 });

  expect(await complete(lost)).toBe(false);
  await store.settle([{ job: lost, outcome: { state: 'dead', error: 'no' }, at: now }]);
  await store.extend([lost], later(9_999));
  expect(await store.find(id as string, undefined)).toMatchObject({
    state: 'running',
    lease: { token: held.lease.token, until: later(2_000) },
  });
  expect(await complete(held)).toBe(true);
  expect(await store.find(id as string, undefined)).not.toHaveProperty('lease');
});

it('keeps a lease that is extended', async () => {
  await insert(1);
  const held = await store.claim(kind, 1, now, 1_000);
  await store.extend(held, later(5_000));
  expect(await store.release(later(4_999))).toBe(0);
  expect(await store.release(later(5_000))).toBe(1);
});

it('lets nodes hear of what is due soon, and not of what they need not know yet', async () => {
  const heard = store.watch(60_000);
  try {
    expect(await heard.tryNext()).toBeNull();
    const due = [86_400_000, 30_000, 0].map((ms) => new Date(Date.now() + ms));
    await store.insert(
      undefined,
      due.map((runAt) => ({ kind, tenantId: 'ten_a', payload: {}, runAt })),
      new Date(),
    );
    const changes = [await heard.next(), await heard.next()];
    expect(changes).toMatchObject([{ fullDocument: { kind, runAt: due[1] } }, { fullDocument: { kind, runAt: due[2] } }]);
  } finally {
    await heard.close();
  }
});
