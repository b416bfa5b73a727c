import { MongoClient } from 'mongodb';
import { benchOver, mongoBooks } from '../../test/support/ledger/bench.js';
import { commandsOf } from '../../test/support/ledger/commands.js';
import { ledgerStoreContract } from '../../test/support/ledger/store-contract.js';
import { startTestMongod, type TestMongod } from '../../test/support/mongod.js';
import { comesTrue } from '../kernel/mongo/mongod-process.js';
import type { AccountKey, Entry } from './ledger.js';
import { idOf } from './ledger.schema.js';
import { type LedgerBatch, OutcomeOpen, RolledBack } from './ledger-store.js';

ledgerStoreContract('mongod', () => mongoBooks());

type MongoBooks = Awaited<ReturnType<typeof mongoBooks>>;
const at = new Date('2026-01-01T00:00:00.000Z');
const ann = 'ann:CREDIT' as AccountKey;

/** The first batch of the tenant: 5 for ann. */
function firstBatch(tenantId: string): LedgerBatch {
  const totals = { credits: 0, credited: 0, debits: 0, debited: 0, spent: 0 };
  const postings = [{ account: ann, bucket: 'available', delta: 5, balanceAfter: 5 }] as const;
  const entry: Entry = { tenantId, n: 1, key: 'k', requestHash: 'r', at, kind: 'grant', memo: '', meta: {}, postings };
  const chain = { node: 'node', nonce: 'nonce', prevHash: '', hash: 'hash' };
  return {
    header: { tenantId, seq: 1, n: 1, at, totals: {}, firstNumber: 1, count: 1, ...chain },
    entries: [entry],
    accounts: [{ after: { tenantId, account: ann, available: 5, held: 0, holds: [], totals, lastAt: at, seq: 1 }, seqBefore: 0 }],
  };
}
const end = (running: Promise<unknown>): Promise<unknown> => running.catch((error: unknown) => error);

describe('a server on which things go wrong', () => {
  let mongod: TestMongod;
  let admin: MongoClient;
  let books: MongoBooks;
  let tenantId: string;
  let tenants = 0;

  beforeAll(async () => {
    mongod = await startTestMongod({ extraArgs: ['--setParameter', 'enableTestCommands=1'] });
    admin = await MongoClient.connect(mongod.uri, { appName: 'admin' });
    books = await mongoBooks(mongod.uri);
  });
  beforeEach(() => {
    tenantId = `tenant${++tenants}`;
  });
  afterAll(async () => {
    await books.close();
    await admin.close();
    await mongod.stop();
  });

  /** Has mongod fail the product's commands while `work` runs. */
  async function failing(command: string, fault: object, mode: unknown, work: () => Promise<unknown>): Promise<unknown> {
    const data = { failCommands: [command], appName: 'payops', ...fault };
    await admin.db('admin').command({ configureFailPoint: 'failCommand', mode, data });
    try {
      return await work();
    } finally {
      await admin.db('admin').command({ configureFailPoint: 'failCommand', mode: 'off' });
    }
  }
  const stored = async () => {
    const [{ head, accounts }, used] = await Promise.all([
      books.connect().accounts(tenantId, [ann]),
      books.connect().used(tenantId, ['k']),
    ]);
    return { seq: head.seq, available: accounts[0]?.available, entries: used.length };
  };
  const [nothing, everything] = [
    { seq: 0, available: 0, entries: 0 },
    { seq: 1, available: 5, entries: 1 },
  ];

  const beforeTheCommit: [string, string, object][] = [
    ['a write conflict in the header', 'insert', { errorCode: 112, errorLabels: ['TransientTransactionError'] }],
    ['a lost connection in the header', 'insert', { closeConnection: true }],
    ['a write conflict in an account', 'update', { errorCode: 112, errorLabels: ['TransientTransactionError'] }],
    ['a lost connection in an account', 'update', { closeConnection: true }],
    ['a primary that steps down', 'insert', { errorCode: 10107 }],
    ['a commit that is told to be given up', 'commitTransaction', { errorCode: 251, errorLabels: ['TransientTransactionError'] }],
  ];
  it.each(beforeTheCommit)('rolls back at %s, and leaves nothing', async (_case, command, fault) => {
    const store = books.connect();
    // The lane is on record from the first batch on, also where that is not written.
    await expect(store.commit({ ...firstBatch(tenantId), with: () => Promise.reject(new Error('no')) })).rejects.toThrow('no');
    const ended = await failing(command, fault, { times: 1 }, () => end(store.commit(firstBatch(tenantId))));
    expect(ended).toBeInstanceOf(RolledBack);
    expect(await stored()).toEqual(nothing);
    await store.commit(firstBatch(tenantId));
    expect(await stored()).toEqual(everything);
  });

  const atTheCommit: [string, object][] = [
    ['is not answered', { closeConnection: true }],
    ['is answered with a write concern that failed', { writeConcernError: { code: 64, errmsg: 'waiting for replication timed out' } }],
    ['is refused by a server that is no primary', { errorCode: 10107 }],
  ];
  it.each(atTheCommit)('leaves the outcome open where the commit %s, and the same batch settles it', async (_case, fault) => {
    const store = books.connect();
    const ended = await failing('commitTransaction', fault, 'alwaysOn', () => end(store.commit(firstBatch(tenantId))));
    expect(ended).toBeInstanceOf(OutcomeOpen);
    await end(store.commit(firstBatch(tenantId)));
    // A majority may come to hold it only after the answer that did not wait for one.
    await comesTrue(async () => (await stored()).seq === 1, 5_000);
    expect(await stored()).toEqual(everything);
    expect(await store.nonceAt(tenantId, 1)).toBe('nonce');
  });

  it.each(atTheCommit)('has the writer post once where the commit %s for a while', async (_case, fault) => {
    const { writer } = benchOver(books).node();
    const { grant } = commandsOf(tenantId);
    const work = () => Promise.all([writer.post(grant('ann', 5, { key: 'k' })), writer.post(grant('bob', 1))]);
    const posted = await failing('commitTransaction', fault, { times: 9 }, work);
    expect(posted).toMatchObject([
      { replayed: false, entry: { n: 1 } },
      { replayed: false, entry: { n: 2 } },
    ]);
    expect(await stored()).toEqual(everything);
  });
});

describe('a node that stopped in mid-transaction', () => {
  let books: MongoBooks;
  beforeAll(async () => {
    books = await mongoBooks();
  });
  afterAll(() => books.close());

  /** Holds the tenant's first number, and says in which session, as every node does before it writes. */
  async function stopped(tenantId: string): Promise<void> {
    const { client, db } = books.database;
    const session = client.startSession();
    session.startTransaction();
    const lane = { tenantId, node: 'stopped', session: session.id?.id };
    await db.collection<{ _id: string }>('ledger_lanes').insertOne({ _id: idOf(tenantId, 'stopped'), ...lane });
    await db.collection<{ _id: string }>('ledger_batches').insertOne({ _id: idOf(tenantId, 1), ...lane }, { session });
  }

  it('keeps others out until one of them breaks in', async () => {
    await stopped('a');
    const store = books.connect();
    await expect(store.commit(firstBatch('a'))).rejects.toBeInstanceOf(RolledBack);
    await store.breakIn('a');
    await store.commit(firstBatch('a'));
    expect((await store.head('a')).seq).toBe(1);
  });

  it('holds a writer up for less than it has patience', async () => {
    await stopped('b');
    const { writer, store } = benchOver(books).node();
    const { grant } = commandsOf('b');
    expect((await writer.post(grant('ann', 5))).entry.n).toBe(1);
    expect(store.breakIns).toBeGreaterThan(0);
  });
});
