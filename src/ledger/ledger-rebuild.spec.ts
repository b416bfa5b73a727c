import { type Bench, benchOver, ledgerKeys, mongoBooks } from '../../test/support/ledger/bench.js';
import { commandsOf } from '../../test/support/ledger/commands.js';
import { liveIn } from '../../test/support/ledger/lived-in.js';
import { newSeed, randomOf } from '../../test/support/random.js';
import { Idempotency } from '../kernel/idempotency/idempotency.js';
import { UnitOfWork } from '../kernel/mongo/unit-of-work.js';
import { AccountRows } from './account-rows.js';
import type { Hold } from './ledger.js';
import type { AccountDocument, EntryDocument } from './ledger.schema.js';
import { LedgerAuditor } from './ledger-auditor.js';
import { LedgerRebuild } from './ledger-rebuild.js';
import { LedgerVerifier } from './ledger-verifier.js';
import { LedgerWalk } from './ledger-walk.js';

const seed = newSeed();
const random = randomOf(seed);
let books: Awaited<ReturnType<typeof mongoBooks>>;
let bench: Bench;
let rebuild: LedgerRebuild;
let verifier: LedgerVerifier;

beforeEach(async () => {
  books = await mongoBooks();
  bench = benchOver(books);
  const walk = new LedgerWalk(books.database);
  const auditor = new LedgerAuditor(walk, ledgerKeys);
  const rows = new AccountRows(books.database);
  verifier = new LedgerVerifier(walk, auditor, rows);
  rebuild = new LedgerRebuild(walk, auditor, rows, new UnitOfWork(books.database, new Idempotency(books.database, bench.clock)));
  await liveIn(bench, 'ten_a', random, 10);
});
afterEach(() => books.close());

const accounts = () => books.database.collection<AccountDocument>('ledger_accounts');
const stored = () =>
  accounts()
    .find({}, { sort: { _id: 1 }, promoteValues: false })
    .toArray();
/** With the types at rest, which a fresh write must bring too; fields in whatever order. */
const typed = (rows: readonly object[]) => rows.map((row) => JSON.parse(JSON.stringify(row)) as object);
/** A hold that no entry made: what is left of the real ones is left to chance. */
const madeUp: Hold = { n: 1, amount: 5, expiresAt: new Date('2026-03-01') };
const problems = async () => (await verifier.verify()).badRows.map(String);

it('agrees with what the product wrote', async () => {
  await liveIn(bench, 'ten_b', random, 2);
  const before = await stored();
  const told: number[] = [];
  const entries = await books.database.collection('ledger_transactions').countDocuments();
  expect(await rebuild.rebuild(undefined, (done) => told.push(done))).toEqual({ entries, agreed: before.length, repaired: 0, refused: [] });
  expect(told.at(-1)).toBe(entries);
  expect(await stored()).toEqual(before);
});

describe.each<[what: string, repaired: number, change: () => Promise<unknown>]>([
  ['a balance', 1, () => accounts().updateOne({ _id: 'ten_a/ann:CREDIT' }, { $inc: { available: 5 } })],
  ['a hold', 1, () => accounts().updateOne({ _id: 'ten_a/bob:CREDIT' }, { $push: { holds: madeUp } })],
  ['a sum', 1, () => accounts().updateOne({ _id: 'ten_a/bob:CREDIT' }, { $unset: { 'totals.spent': 1 } })],
  ['an owner', 1, () => accounts().updateOne({ _id: 'ten_a/bob:CREDIT' }, { $set: { ownerId: 'eve' } })],
  ['a batch', 1, () => accounts().updateOne({ _id: 'ten_a/@issuance:EUR' }, { $set: { seq: 99 } })],
  ['a tenant', 1, () => accounts().updateOne({ _id: 'ten_a/bob:CREDIT' }, { $set: { tenantId: 'ten_c' } })],
  ['a tenant that comes first', 2, () => accounts().updateOne({ _id: 'ten_a/bob:CREDIT' }, { $set: { tenantId: 'a' } })],
  ['a row that is gone', 1, () => accounts().deleteOne({ _id: 'ten_a/ann:CREDIT' })],
  ['a row of nobody', 1, () => accounts().insertOne({ _id: 'nobody', tenantId: 'ten_a', available: 5 } as never)],
])('%s', (_what, repaired, change) => {
  it('is put right', async () => {
    const before = await stored();
    await change();
    expect(await problems()).not.toEqual([]);
    expect(await rebuild.rebuild()).toMatchObject({ repaired, refused: [] });
    expect(typed(await stored())).toEqual(typed(before));
    expect(await problems()).toEqual([]);
  });
});

it('puts all of them right', async () => {
  const before = await stored();
  await accounts().deleteMany({});
  expect(await rebuild.rebuild('ten_a')).toMatchObject({ agreed: 0, repaired: before.length });
  expect(typed(await stored())).toEqual(typed(before));
  expect(await problems()).toEqual([]);
});

it('puts two rows right that changed places', async () => {
  const before = await stored();
  const [ann, bob] = await Promise.all(['ann', 'bob'].map((owner) => accounts().findOne({ _id: `ten_a/${owner}:CREDIT` })));
  await accounts().deleteMany({ ownerId: { $in: ['ann', 'bob'] }, asset: 'CREDIT' });
  await accounts().insertMany([
    { ...(ann as AccountDocument), _id: 'ten_a/bob:CREDIT' },
    { ...(bob as AccountDocument), _id: 'ten_a/ann:CREDIT' },
  ]);
  expect(await rebuild.rebuild()).toMatchObject({ repaired: 2, refused: [] });
  expect(typed(await stored())).toEqual(typed(before));
});

it('leaves an account that nobody ever used with nothing in it', async () => {
  const ann = (await accounts().findOne({ _id: 'ten_a/ann:CREDIT' })) as AccountDocument;
  await accounts().insertOne({ ...ann, _id: 'ten_a/eve:CREDIT', account: 'eve:CREDIT' as never, ownerId: 'eve' });
  expect(await rebuild.rebuild()).toMatchObject({ repaired: 1 });
  const eve = { account: 'eve:CREDIT', ownerId: 'eve', available: 0, held: 0, holds: [], lastAt: null, seq: 0 };
  expect(await accounts().findOne({ _id: 'ten_a/eve:CREDIT' })).toMatchObject(eve);
  expect(await problems()).toEqual([]);
});

it('repairs while the ledger goes on', async () => {
  const of = commandsOf('ten_a');
  const { writer } = bench.node();
  const rounds = { areOver: false };
  const going = (async () => {
    for (let count = 0; !rounds.areOver; count++)
      await Promise.all(['x', 'y', 'z'].map((owner) => writer.post(of.grant(`${owner}${count % 7}`, 1))));
  })();
  for (let round = 0; round < 5; round++) {
    // Not those that are being written: whoever has read a wrong balance goes on from there.
    await accounts().updateMany({ asset: { $in: ['EUR', 'BIG'] } }, { $inc: { available: 1 } });
    await accounts().deleteOne({ _id: 'ten_a/bob:CREDIT' });
    expect(await rebuild.rebuild()).toMatchObject({ repaired: 6, refused: [] });
  }
  rounds.areOver = true;
  await going;
  expect(await problems()).toEqual([]);
});

it('writes nothing where the entries do not hold', async () => {
  await liveIn(bench, 'ten_b', random, 1);
  await books.database
    .collection<EntryDocument>('ledger_transactions')
    .updateOne({ tenantId: 'ten_a', n: 3 }, { $set: { memo: 'forged' } });
  await accounts().updateMany({ ownerId: 'ann', asset: 'CREDIT' }, { $inc: { available: 5 } });
  const before = await accounts().findOne({ _id: 'ten_a/ann:CREDIT' });
  const { repaired, refused } = await rebuild.rebuild();
  expect({ repaired, refused: refused.map(({ collection }) => collection) }).toEqual({ repaired: 1, refused: ['ledger_batches'] });
  expect(await accounts().findOne({ _id: 'ten_a/ann:CREDIT' })).toEqual(before);
});
