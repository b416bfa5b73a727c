import { createServer, connect, type Socket } from 'node:net';
import { type ClientSession, type Collection, type Document, MongoClient } from 'mongodb';
import { startTestMongod, type TestMongod } from '../../../test/support/mongod.js';
import { Clock } from '../clock.js';
import { Conflict } from '../fault/fault.js';
import { Idempotency } from '../idempotency/idempotency.js';
import { Database } from './database.js';
import { TryAgain, UnitOfWork } from './unit-of-work.js';

interface Row {
  readonly _id: string;
  readonly n?: number;
}
type Work = (session: ClientSession) => Promise<unknown>;

const shortPatienceMs = 300;
const unknown = { kind: 'unavailable', code: 'outcome_unknown', outcome: 'unknown', retryAfterSeconds: 1 };
const busy = { kind: 'unavailable', code: 'unavailable', outcome: 'none', retryAfterSeconds: 1 };

let mongod: TestMongod;
let admin: MongoClient;
let database: Database;
let rows: Collection<Row>;

beforeAll(async () => {
  mongod = await startTestMongod({ extraArgs: ['--setParameter', 'enableTestCommands=1'] });
  admin = await MongoClient.connect(mongod.uri, { appName: 'admin' });
  database = await Database.connect(mongod.uri);
});
beforeEach(async () => {
  // A transaction that was left open would hold the collection.
  await admin.db('admin').command({ killAllSessions: [] });
  rows = database.collection<Row>('rows');
  await rows.drop();
  await database.db.createCollection('rows');
});
afterAll(async () => {
  await database.client.close();
  await admin.close();
  await mongod.stop();
});

const over = (of: Database, patienceMs?: number): UnitOfWork => new UnitOfWork(of, new Idempotency(of, new Clock()), patienceMs);
const stored = (): Promise<number> => admin.db('payops').collection('rows').countDocuments();
/** What the work ended with: its value or its error. */
const end = (running: Promise<unknown>): Promise<unknown> => running.catch((error: unknown) => error);

/** Has mongod fail the product's commands while `work` runs; `injected` says how often it did. */
async function failing(
  command: string,
  fault: Document,
  times: number | 'always',
  work: () => Promise<unknown>,
): Promise<{ ended: unknown; injected: number }> {
  const set = (mode: unknown, data?: Document) =>
    admin.db('admin').command({ configureFailPoint: 'failCommand', mode, ...(data && { data }) });
  const { count: before } = await set(times === 'always' ? 'alwaysOn' : { times }, {
    failCommands: [command],
    appName: 'payops',
    ...fault,
  });
  const ended = await end(work());
  const { count: after } = await set('off');
  return { ended, injected: after - before };
}

function counted(work: Work): { runs: () => number; work: Work } {
  let runs = 0;
  return { runs: () => runs, work: (session) => (runs++, work(session)) };
}
const insertInto =
  (of: Database): Work =>
  async (session) => {
    await of.collection<Row>('rows').insertOne({ _id: 'one' }, { session });
    return 'done';
  };
const insert: Work = (session) => insertInto(database)(session);

describe('a fault of the database in the work', () => {
  it.each([
    ['a lost connection', { closeConnection: true }],
    ['a write conflict', { errorCode: 112 }],
    ['a transaction that is gone', { errorCode: 251 }],
    ['a primary that steps down', { errorCode: 10107 }],
  ])('is survived: %s', async (_case, fault) => {
    const { work, runs } = counted(insert);
    const { ended, injected } = await failing('insert', fault, 2, () => over(database).run(work));
    expect({ ended, injected, runs: runs(), stored: await stored() }).toEqual({ ended: 'done', injected: 2, runs: 3, stored: 1 });
  });

  it('is reported as none applied when it does not pass', async () => {
    const { ended, injected } = await failing('insert', { errorCode: 112 }, 'always', () => over(database, shortPatienceMs).run(insert));
    expect(ended).toMatchObject(busy);
    expect(injected).toBeGreaterThan(1);
    expect(await stored()).toBe(0);
  });
});

describe('a fault of the database in the commit', () => {
  it.each([
    ['a lost connection', { closeConnection: true }, 1],
    ['a write concern that failed', { writeConcernError: { code: 64, errmsg: 'waiting for replication timed out' } }, 1],
    ['a primary that steps down', { errorCode: 10107 }, 1],
    ['a write conflict', { errorCode: 112, errorLabels: ['TransientTransactionError'] }, 4],
    ['a transaction that is gone', { errorCode: 251 }, 4],
  ])('is survived: %s', async (_case, fault, expectedRuns) => {
    const { work, runs } = counted(insert);
    const { ended, injected } = await failing('commitTransaction', fault, 3, () => over(database).run(work));
    expect({ ended, injected, runs: runs(), stored: await stored() }).toEqual({
      ended: 'done',
      injected: 3,
      runs: expectedRuns,
      stored: 1,
    });
  });

  it.each([
    ['a lost connection', { closeConnection: true }, 0],
    ['a write concern that failed', { writeConcernError: { code: 64, errmsg: 'waiting for replication timed out' } }, 1],
    ['a write concern that cannot be met', { writeConcernError: { code: 100, codeName: 'UnsatisfiableWriteConcern', errmsg: 'no' } }, 1],
  ])('is reported as unknown when it does not pass: %s', async (_case, fault, storedMeanwhile) => {
    const { ended, injected } = await failing('commitTransaction', fault, 'always', () => over(database, shortPatienceMs).run(insert));
    expect(ended).toMatchObject(unknown);
    expect(injected).toBeGreaterThan(0);
    expect(await stored()).toBe(storedMeanwhile);
  });
});

describe('a commit whose answer is lost', () => {
  it.each([1, 2, 5])('%i times is applied once', async (times) => {
    const { uri, lost, close } = await losingCommitAnswers(mongod, { times });
    const behind = await Database.connect(uri);
    const { work, runs } = counted(insertInto(behind));
    expect(await end(over(behind).run(work))).toBe('done');
    expect({ lost: lost(), runs: runs(), stored: await stored() }).toEqual({ lost: times, runs: 1, stored: 1 });
    await behind.client.close();
    close();
  });

  it.each([
    ['for good', false],
    ['with the server', true],
  ])('%s is reported as unknown, and is applied', async (_case, thenGone) => {
    const { uri, lost, close } = await losingCommitAnswers(mongod, { times: Infinity, thenGone });
    const behind = await Database.connect(uri);
    expect(await end(over(behind, shortPatienceMs).run(insertInto(behind)))).toMatchObject(unknown);
    expect(lost()).toBeGreaterThan(0);
    expect(await stored()).toBe(1);
    await behind.client.close();
    close();
  });
});

it('applies nothing of work that finds the server gone, whatever the work begins with', async () => {
  const victim = await startTestMongod();
  const left = await Database.connect(victim.uri);
  const gone = left.collection<Row>('rows');
  await victim.stop();
  const works: Work[] = [
    (session) => gone.findOne({}, { session }),
    (session) => gone.insertOne({ _id: 'a' }, { session }),
    (session) => gone.insertMany([{ _id: 'b' }], { session }),
    (session) => gone.bulkWrite([{ insertOne: { document: { _id: 'c' } } }], { session }),
  ];
  const ends = await Promise.all(works.map((work) => end(over(left, shortPatienceMs).run(work))));
  expect(ends).toEqual(works.map(() => expect.objectContaining(busy)));
  await left.client.close();
});

it.each([
  ['a fault', new Conflict('Somebody moved first')],
  ['a bug', new TypeError('undefined is not a function')],
])('leaves nothing of work that ends in %s', async (_case, thrown) => {
  const { work, runs } = counted(async (session) => {
    await insert(session);
    throw thrown;
  });
  expect(await end(over(database).run(work))).toBe(thrown);
  expect({ runs: runs(), stored: await stored() }).toEqual({ runs: 1, stored: 0 });
});

it('loses no update of two nodes that count in one document', async () => {
  const nodes = [database, await Database.connect(mongod.uri)];
  await rows.insertOne({ _id: 'counter', n: 0 });
  const met = meeting(nodes.length);
  let runs = 0;
  const count = async (node: Database) => {
    const counters = node.collection<Row>('rows');
    for (let round = 0; round < 50; round++) {
      await over(node).run(async (session) => {
        runs++;
        const { n = 0 } = (await counters.findOne({ _id: 'counter' }, { session })) ?? {};
        await met();
        await counters.updateOne({ _id: 'counter' }, { $set: { n: n + 1 } }, { session });
      });
    }
  };
  await Promise.all(nodes.map(count));
  expect(await rows.findOne({ _id: 'counter' })).toEqual({ _id: 'counter', n: 100 });
  expect(runs).toBeGreaterThan(100);
  await nodes[1]?.client.close();
});

it('runs again, from nothing, work whose ground has moved', async () => {
  let runs = 0;
  const work: Work = async (session) => {
    await insert(session);
    if (++runs < 3) throw new TryAgain('moved');
    return runs;
  };
  expect(await over(database).run(work)).toBe(3);
  expect(await stored()).toBe(1);
  const never: Work = () => Promise.reject(new TryAgain('always moving'));
  expect(await end(over(database, shortPatienceMs).run(never))).toMatchObject(busy);
});

/** Holds everybody until `count` are there; whoever comes later passes. */
function meeting(count: number): () => Promise<void> {
  let here = 0;
  let open: () => void = () => {};
  const all = new Promise<void>((resolve) => (open = resolve));
  return () => {
    if (++here === count) open();
    return all;
  };
}

/** Stands before a mongod and cuts the connection where a commit has been answered: it is applied, and nobody hears of it. */
async function losingCommitAnswers(
  { uri }: TestMongod,
  { times, thenGone = false }: { times: number; thenGone?: boolean },
): Promise<{ uri: string; lost: () => number; close: () => void }> {
  let lost = 0;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(new URL(uri).port), '127.0.0.1');
    let committing = false;
    const cut = () => [client, upstream].forEach((socket) => socket.destroy());
    for (const socket of [client, upstream]) sockets.add(socket.on('error', cut).on('close', cut));
    client.on('data', (chunk) => {
      if (chunk.includes('commitTransaction') && lost < times) committing = true;
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (!committing) client.write(chunk);
      else if (++lost && thenGone) close();
      else cut();
    });
  });
  const close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return { uri: `mongodb://127.0.0.1:${port}/?directConnection=true`, lost: () => lost, close };
}
