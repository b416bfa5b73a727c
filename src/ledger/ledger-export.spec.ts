import { once } from 'node:events';
import { Writable } from 'node:stream';
import { type Bench, benchOver, mongoBooks } from '../../test/support/ledger/bench.js';
import { commandsOf } from '../../test/support/ledger/commands.js';
import { liveIn } from '../../test/support/ledger/lived-in.js';
import { newSeed, randomOf } from '../../test/support/random.js';
import { LedgerExport } from './ledger-export.js';
import { LedgerWalk } from './ledger-walk.js';

const seed = newSeed();
const random = randomOf(seed);
let books: Awaited<ReturnType<typeof mongoBooks>>;
let bench: Bench;
let exporter: LedgerExport;

beforeAll(async () => {
  books = await mongoBooks();
  bench = benchOver(books);
  exporter = new LedgerExport(new LedgerWalk(books.database));
  await liveIn(bench, 'ten_a', random, 10);
  await liveIn(bench, 'ten_b', random, 2);
});
afterAll(() => books.close());

/** Takes a chunk when it is told to. */
class Slow extends Writable {
  text = '';
  pending: (() => void)[] = [];
  constructor(private readonly isSlow = false) {
    super({ highWaterMark: 1, decodeStrings: false });
  }
  override _write(chunk: string, _encoding: string, done: () => void): void {
    this.text += chunk;
    if (this.isSlow) this.pending.push(done);
    else done();
  }
}
async function exported(tenantId?: string) {
  const out = new Slow();
  const counts = await exporter.export(out, tenantId);
  const lines = out.text.split('\n');
  expect(lines.pop()).toBe('');
  return { counts, out, lines: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}
/** As JSON gives it back. */
const rows = async (name: string, tenantId: string, by: string) => {
  const found = await books.database
    .collection(name)
    .find({ tenantId }, { projection: { _id: 0 } })
    .sort({ [by]: 1 })
    .toArray();
  return JSON.parse(JSON.stringify(found)) as Record<string, unknown>[];
};

it('gives every batch with its entries, in order, a line each', async () => {
  const { counts, lines } = await exported();
  const expected = [];
  for (const tenantId of ['ten_a', 'ten_b']) {
    const entries = await rows('ledger_transactions', tenantId, 'n');
    for (const batch of await rows('ledger_batches', tenantId, 'seq'))
      expected.push(
        { type: 'batch', ...batch },
        ...entries.filter((entry) => entry.batch === batch.seq).map((entry) => ({ type: 'entry', ...entry })),
      );
  }
  expect(lines).toEqual(expected);
  const count = (type: string) => lines.filter((line) => line.type === type).length;
  expect(counts).toEqual({ tenants: 2, batches: count('batch'), entries: count('entry') });
});

it('gives integers of the smallest unit and times in UTC', async () => {
  const { lines } = await exported('ten_b');
  expect(lines[1]).toMatchObject({
    type: 'entry',
    tenantId: 'ten_b',
    n: 1,
    key: 'first',
    at: expect.stringMatching(/^2026-01-0\dT[\d:]+\.\d{3}Z$/) as unknown,
    meta: { largest: 9_007_199_254_740_991 },
    postings: [
      { account: '@issuance:CREDIT', bucket: 'available', delta: -10_000, balanceAfter: -10_000 },
      { account: 'ann:CREDIT', bucket: 'available', delta: 10_000, balanceAfter: 10_000 },
    ],
  });
  expect(lines.find(({ kind }) => kind === 'hold')).toMatchObject({
    refersTo: expect.any(Number),
    expiresAt: expect.stringContaining('Z'),
  });
});

it('gives one tenant only, nothing of nobody, and leaves the stream open', async () => {
  const { lines, out } = await exported('ten_b');
  expect(new Set(lines.map(({ tenantId }) => tenantId))).toEqual(new Set(['ten_b']));
  expect((await exported('ten_x')).lines).toEqual([]);
  expect(out.writable).toBe(true);
});

it('waits for who reads, and ends when nobody does', async () => {
  const of = commandsOf('ten_c');
  const { writer } = bench.node();
  await Promise.all(Array.from({ length: 1_000 }, (_, index) => writer.post(of.grant(`user${index % 5}`, 1, { memo: 'x'.repeat(300) }))));
  const slow = new Slow(true);
  const run = { isOver: false };
  const exporting = exporter.export(slow, 'ten_c').finally(() => (run.isOver = true));
  let chunks = 0;
  while (!run.isOver) {
    await new Promise((resolve) => void setTimeout(resolve, 5));
    // A batch's, no more.
    expect(slow.writableLength).toBeLessThan(300_000);
    chunks += slow.pending.length;
    slow.pending.shift()?.();
  }
  expect(await exporting).toMatchObject({ entries: 1_000 });
  expect(chunks).toBeGreaterThan(2);
  expect(slow.text.length).toBeGreaterThan(600_000);

  const closed = new Slow(true);
  const failing = exporter.export(closed, 'ten_c');
  failing.catch(() => {});
  closed.destroy();
  await once(closed, 'close');
  await expect(failing).rejects.toThrow(/premature|destroyed/i);
});
