import { FakeClock } from '../../test/support/clock.js';
import { startApp, type TestApp } from '../../test/support/app.js';
import { type Bench, benchOver, mongoBooks } from '../../test/support/ledger/bench.js';
import { commandsOf, credits } from '../../test/support/ledger/commands.js';
import { Database } from '../kernel/mongo/database.js';
import { comesTrue } from '../kernel/mongo/mongod-process.js';
import { HoldExpiry } from './hold-expiry.js';
import { LedgerReader } from './ledger-reader.service.js';
import { LedgerVerifier } from './ledger-verifier.js';
import { LedgerWriter } from './ledger-writer.js';

const of = commandsOf('ten_a');
const minute = 60_000;

describe('a look', () => {
  let books: Awaited<ReturnType<typeof mongoBooks>>;
  let bench: Bench;
  let reader: LedgerReader;

  beforeEach(async () => {
    books = await mongoBooks();
    bench = benchOver(books);
    reader = new LedgerReader(books.database);
    await bench.node().writer.post(of.grant('ann', 1_000));
  });
  afterEach(() => books.close());

  const node = (writer = bench.node().writer) => new HoldExpiry(books.database, writer, bench.clock, { backgroundIntervalMs: 1 });
  const later = (ms: number) => new Date(bench.clock.now().getTime() + ms);
  const hold = async (owner: string, ms: number) => (await bench.node().writer.post(of.hold(owner, 10, later(ms)))).entry.n;
  const expiries = async () =>
    (await reader.page('ten_a', { kinds: ['hold_expiry'] }, { newestFirst: false }, 1_000)).map(({ refersTo }) => refersTo);

  it('gives back what is held past its time, to the millisecond', async () => {
    const [first, second] = [await hold('ann', minute), await hold('ann', minute + 1)];
    bench.clock.advance(minute - 1);
    expect(await node().expire()).toBe(0);
    bench.clock.advance(1);
    expect(await node().expire()).toBe(1);
    expect(await reader.account('ten_a', credits('ann'))).toMatchObject({ available: 990, held: 10, holds: [{ n: second }] });
    const [entry] = await reader.page('ten_a', { kinds: ['hold_expiry'] }, { newestFirst: false }, 10);
    expect(entry).toMatchObject({ key: `hold-expire:${first}`, refersTo: first, memo: 'Hold expired', at: bench.clock.now() });
    bench.clock.advance(1);
    expect(await node().expire()).toBe(1);
    expect(await reader.account('ten_a', credits('ann'))).toMatchObject({ available: 1_000, held: 0, holds: [] });
  });

  it('gives back once, whoever looks', async () => {
    const holds = [];
    for (let count = 0; count < 5; count++) holds.push(await hold('ann', minute));
    bench.clock.advance(minute);
    const nodes = [node(), node(), node()];
    await Promise.all(nodes.map((one) => one.expire()));
    expect((await expiries()).sort((one, other) => (one ?? 0) - (other ?? 0))).toEqual(holds);
    expect(await reader.account('ten_a', credits('ann'))).toMatchObject({ available: 1_000, held: 0 });
  });

  it('lets a hold be that is closed meanwhile', async () => {
    const n = await hold('ann', minute);
    bench.clock.advance(minute);
    const { writer } = bench.node();
    // Between the look and the posting.
    const late: LedgerWriter = {
      post: async (command) => {
        await writer.post(of.cancel(n));
        return writer.post(command);
      },
    };
    expect(await node(late).expire()).toBe(1);
    expect(await expiries()).toEqual([]);
    expect(await reader.account('ten_a', credits('ann'))).toMatchObject({ available: 1_000, held: 0 });
  });

  it('takes a bounded number of accounts at a time', async () => {
    const { writer } = bench.node();
    const owners = Array.from({ length: 130 }, (_, index) => `user${index}`);
    await Promise.all(owners.map((owner) => writer.post(of.grant(owner, 10))));
    await Promise.all(owners.map((owner) => writer.post(of.hold(owner, 10, later(minute)))));
    bench.clock.advance(minute);
    expect(await node().expire()).toBe(100);
    expect(await node().expire()).toBe(30);
    expect(await node().expire()).toBe(0);
    expect(await expiries()).toHaveLength(130);
  });

  it('reads the accounts that have something to give back, and no others', async () => {
    await hold('ann', minute);
    await hold('ann', 2 * minute);
    bench.clock.advance(minute);
    const explained = await books.database
      .collection('ledger_accounts')
      .find({ 'holds.expiresAt': { $lte: bench.clock.now() } })
      .explain('executionStats');
    expect(JSON.stringify(explained.queryPlanner)).toContain('"indexName":"hold_expiry"');
    expect(explained.executionStats).toMatchObject({ totalDocsExamined: 1 });
  });
});

describe('a running product', () => {
  const clock = new FakeClock();
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ clock, env: { BACKGROUND_INTERVAL_MS: '20' } });
  });
  afterAll(() => app.close());

  it('gives back by itself, anchors, and its ledger is good', async () => {
    const writer = app.app.get(LedgerWriter);
    const reader = app.app.get(LedgerReader);
    await writer.post(of.grant('ann', 1_000));
    await writer.post(of.hold('ann', 400, new Date(clock.now().getTime() + minute)));
    expect(await reader.account('ten_a', credits('ann'))).toMatchObject({ available: 600, held: 400 });
    clock.advance(minute);
    const isBack = async () => (await reader.account('ten_a', credits('ann'))).held === 0;
    expect(await comesTrue(isBack, 20_000)).toBe(true);
    const anchors = app.app.get(Database).collection('ledger_anchors');
    expect(await comesTrue(async () => (await anchors.countDocuments({ tenantId: 'ten_a' })) > 0, 20_000)).toBe(true);
    const { batches, entries, badRows } = await app.app.get(LedgerVerifier).verify();
    expect({ batches, entries, badRows }).toEqual({ batches: 3, entries: 3, badRows: [] });
  });
});
