import { type Bench, benchOver, mongoBooks } from '../../test/support/ledger/bench.js';
import { commandsOf } from '../../test/support/ledger/commands.js';
import type { AnchorDocument, BatchDocument } from './ledger.schema.js';
import { LedgerAnchors } from './ledger-anchors.js';

const hour = 3_600_000;
let books: Awaited<ReturnType<typeof mongoBooks>>;
let bench: Bench;
let lines: unknown[][];

beforeEach(async () => {
  books = await mongoBooks();
  bench = benchOver(books);
  lines = [];
});
afterEach(() => books.close());

function node(): LedgerAnchors {
  const log = { info: (...line: unknown[]) => void lines.push(line) };
  const host = { httpAdapter: { getInstance: () => ({ log }) } };
  return new LedgerAnchors(books.database, bench.clock, { backgroundIntervalMs: 1 }, host as never);
}
const anchored = async () => {
  const found = await books.database.collection<AnchorDocument>('ledger_anchors').find().sort({ tenantId: 1, seq: 1 }).toArray();
  return found.map(({ _id }) => _id);
};
const post = (tenantId: string) => bench.node().writer.post(commandsOf(tenantId).grant('ann', 5));
const headers = () => books.database.collection<BatchDocument>('ledger_batches');

it('writes the newest batch of each tenant down, and tells the log', async () => {
  for (const tenantId of ['ten_a', 'ten_a', 'ten_b']) await post(tenantId);
  await node().anchor();
  const [a, b] = await Promise.all(['ten_a/2', 'ten_b/1'].map((_id) => headers().findOne({ _id })));
  const rows = await books.database.collection<AnchorDocument>('ledger_anchors').find().sort({ _id: 1 }).toArray();
  expect(rows).toEqual([
    { _id: 'ten_a/2', tenantId: 'ten_a', seq: 2, hash: a?.hash, at: a?.at },
    { _id: 'ten_b/1', tenantId: 'ten_b', seq: 1, hash: b?.hash, at: b?.at },
  ]);
  expect(lines).toHaveLength(2);
  expect(lines).toContainEqual([{ tenantId: 'ten_a', seq: 2, hash: a?.hash }, 'ledger anchor']);
});

it('waits for an hour, and for a new batch', async () => {
  await post('ten_a');
  await node().anchor();
  await post('ten_a');
  bench.clock.advance(hour - 1);
  await node().anchor();
  expect(await anchored()).toEqual(['ten_a/1']);
  bench.clock.advance(1);
  await node().anchor();
  expect(await anchored()).toEqual(['ten_a/1', 'ten_a/2']);
  bench.clock.advance(2 * hour);
  await node().anchor();
  expect(await anchored()).toEqual(['ten_a/1', 'ten_a/2']);
});

it('waits for no hour after a thousand batches', async () => {
  await post('ten_a');
  await node().anchor();
  const first = (await headers().findOne({ _id: 'ten_a/1' })) as BatchDocument;
  const later = async (seq: number) => {
    await headers().insertOne({ ...first, _id: `ten_a/${seq}`, seq });
    await node().anchor();
    return anchored();
  };
  expect(await later(1_000)).toEqual(['ten_a/1']);
  expect(await later(1_001)).toEqual(['ten_a/1', 'ten_a/1001']);
});

it('is written once by nodes that look at the same time', async () => {
  await post('ten_a');
  await Promise.all([node(), node(), node()].map((one) => one.anchor()));
  expect(await anchored()).toEqual(['ten_a/1']);
  expect(lines).toHaveLength(1);
});

it('looks at one row of a tenant, however many there are', async () => {
  await post('ten_a');
  const first = (await headers().findOne({ _id: 'ten_a/1' })) as BatchDocument;
  await headers().insertMany(Array.from({ length: 500 }, (_, index) => ({ ...first, _id: `ten_a/${index + 2}`, seq: index + 2 })));
  await post('ten_b');
  await books.database.db.command({ profile: 2 });
  await node().anchor();
  await books.database.db.command({ profile: 0 });
  const looks = await books.database.collection('system.profile').find({ op: 'command', 'command.aggregate': 'ledger_batches' }).toArray();
  expect(looks.map(({ planSummary, docsExamined }) => ({ planSummary, docsExamined }))).toEqual([
    { planSummary: 'DISTINCT_SCAN { tenantId: 1, seq: 1 }', docsExamined: 2 },
  ]);
});
