import { Keys } from '../kernel/config/keys.js';
import { benchOver, type Bench, ledgerKeys, mongoBooks } from '../../test/support/ledger/bench.js';
import { commandsOf } from '../../test/support/ledger/commands.js';
import { liveIn } from '../../test/support/ledger/lived-in.js';
import { type Name, pathsOf, type Row, Tamperer, type Tampering } from '../../test/support/ledger/tampering.js';
import { newSeed, randomOf, scale } from '../../test/support/random.js';
import { AccountRows } from './account-rows.js';
import { GroupedLedgerWriter } from './grouped-ledger-writer.js';
import { seal } from './chain.js';
import { LedgerAnchors } from './ledger-anchors.js';
import { LedgerAuditor } from './ledger-auditor.js';
import { LedgerVerifier } from './ledger-verifier.js';
import { LedgerWalk } from './ledger-walk.js';

const seed = newSeed();
const random = randomOf(seed);
let books: Awaited<ReturnType<typeof mongoBooks>>;
let bench: Bench;

beforeEach(async () => {
  books = await mongoBooks();
  bench = benchOver(books);
});
afterEach(() => books.close());

function verifier(keys = ledgerKeys, nearEnough?: number): LedgerVerifier {
  const walk = new LedgerWalk(books.database);
  return new LedgerVerifier(walk, new LedgerAuditor(walk, keys, nearEnough), new AccountRows(books.database));
}
const verify = async (tenantId?: string) => (await verifier().verify(tenantId)).badRows.map(String);

async function anchor(): Promise<void> {
  const log = { info: () => {} };
  const host = { httpAdapter: { getInstance: () => ({ log }) } };
  await new LedgerAnchors(books.database, bench.clock, { backgroundIntervalMs: 1 }, host as never).anchor();
}

/** Two tenants in which everything has happened, with anchors on the way. */
async function liveInBoth(rounds = 25): Promise<void> {
  for (let part = 0; part < 3; part++) {
    for (const tenantId of ['ten_a', 'ten_b'].slice(0, part === 2 ? 1 : 2))
      await (part === 0 ? liveIn(bench, tenantId, random, rounds) : more(tenantId, 3));
    await anchor();
    bench.clock.advance(3_600_000);
  }
}

async function more(tenantId: string, count: number): Promise<void> {
  const of = commandsOf(tenantId);
  const { writer } = bench.node();
  for (let index = 0; index < count; index++) await writer.post(of.grant('ann', 1 + index, { memo: 'more' }));
}

describe('a ledger that only the product wrote', () => {
  it('is good, whatever happened in it', async () => {
    await liveInBoth();
    const { badRows, ...good } = await verifier().verify();
    expect({ seed, badRows }).toEqual({ seed, badRows: [] });
    const counts = await Promise.all(
      ['ledger_batches', 'ledger_transactions', 'ledger_accounts'].map((name) => books.database.collection(name).countDocuments()),
    );
    expect(good).toEqual({ tenants: 2, batches: counts[0], entries: counts[1], accounts: counts[2] });
    expect(good.entries).toBeGreaterThan(100);
    const kinds = (await books.database.collection('ledger_transactions').distinct('kind')) as string[];
    expect(kinds.sort()).toEqual(['grant', 'hold', 'hold_commit', 'hold_expiry', 'hold_void', 'reversal', 'spend', 'transfer']);
    expect(await books.database.collection('ledger_anchors').countDocuments()).toBe(5);
  });

  it('is good with accounts that were opened and never used', async () => {
    await more('ten_a', 2);
    await books.connect().open('ten_a', 'eve:CREDIT' as never);
    await books.connect().open('ten_b', 'eve:CREDIT' as never);
    expect(await verifier().verify()).toEqual({ tenants: 2, batches: 2, entries: 2, accounts: 4, badRows: [] });
  });

  it('is good when there is nothing in it', async () => {
    expect(await verifier().verify()).toEqual({ tenants: 0, batches: 0, entries: 0, accounts: 0, badRows: [] });
    expect(await verifier().verify('ten_x')).toEqual({ tenants: 1, batches: 0, entries: 0, accounts: 0, badRows: [] });
  });

  it('is good at every moment while it grows', async () => {
    await liveIn(bench, 'ten_a', random, 5);
    let verified = 0;
    const life = { isOver: false };
    const growing = liveIn(bench, 'ten_b', random, 60).finally(() => (life.isOver = true));
    const grown = new Set<number>();
    while (!life.isOver) {
      // From far enough for the way to be gone in several stretches.
      const { badRows, entries } = await verifier(ledgerKeys, 10).verify();
      expect({ seed, badRows }).toEqual({ seed, badRows: [] });
      grown.add(entries);
      verified++;
    }
    await growing;
    expect(verified).toBeGreaterThan(2);
    expect(grown.size).toBeGreaterThan(2);
  });

  it('is good in batches of one and of many, across pages', async () => {
    const of = commandsOf('ten_a');
    const { writer } = bench.node();
    await Promise.all(Array.from({ length: 2_500 }, (_, index) => writer.post(of.grant(`user${index % 40}`, 1 + index))));
    await more('ten_a', 30);
    const told: number[] = [];
    const { badRows, entries } = await verifier(ledgerKeys, 700).verify('ten_a', (done) => told.push(done));
    expect({ badRows, entries }).toEqual({ badRows: [], entries: 2_530 });
    expect(told.at(-1)).toBe(2_530);
    expect(told).toEqual([...told].sort((one, other) => one - other));
  });

  it('is good when the secret was changed, for as long as the one before it is known', async () => {
    const [before, now] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const post = (keys: Keys, owner: string) =>
      new GroupedLedgerWriter(books.connect(), keys, bench.clock).post(commandsOf('ten_a').grant(owner, 5));
    await post(new Keys(before), 'ann');
    await post(new Keys(now, before), 'bob');
    // A node that has not been restarted yet.
    await post(new Keys(before), 'cid');
    expect((await verifier(new Keys(now, before)).verify()).badRows).toEqual([]);
    expect((await verifier(new Keys(now)).verify()).badRows.map(String)).toEqual([
      'Error: ledger_batches ten_a/1: hash does not fit: the header or one of the entries 1 to 1 was changed',
    ]);
  });
});

describe('a row that somebody changed', () => {
  const changes = scale(100, 1_000);
  const kinds = ['edit', 'remove a field', 'add a field', 'delete', 'insert', 'swap'];

  it(`is found and named, ${changes} times at random`, async () => {
    await liveInBoth(12);
    const tamperer = new Tamperer(books.database.db, random);
    const made = new Map<string, number>();
    const seen = new Map<string, number>();
    for (let count = 0; count < changes;) {
      const tampering = await tamperer.tamper();
      if (!tampering) continue;
      await expectFound(tampering);
      made.set(tampering.kind, (made.get(tampering.kind) ?? 0) + 1);
      const [collection = ''] = tampering.what.split(' ');
      seen.set(collection, (seen.get(collection) ?? 0) + 1);
      await tamperer.restore();
      count++;
    }
    process.stdout.write(`tampering, seed ${seed}: ${show(made)}; ${show(seen)}; all found\n`);
    expect(kinds.filter((kind) => !made.has(kind))).toEqual([]);
    expect(seen.size).toBe(4);
    expect(await verify()).toEqual([]);
  }, 600_000);

  it('is found in each of its fields', async () => {
    await liveInBoth(2);
    const tamperer = new Tamperer(books.database.db, random);
    const one = async (name: Name, filter: object) => ({
      name,
      row: (await tamperer.rows(name).findOne(filter, { sort: { _id: 1 } })) as Row,
    });
    const rows = await Promise.all([
      one('ledger_batches', { seq: 5 }),
      one('ledger_accounts', { account: 'bob:CREDIT' }),
      one('ledger_accounts', { account: '@issuance:BIG' }),
      one('ledger_anchors', {}),
      one('ledger_transactions', { key: 'first' }),
      one('ledger_transactions', { kind: 'hold' }),
      one('ledger_transactions', { kind: 'hold_commit' }),
      one('ledger_transactions', { kind: 'hold_expiry' }),
      one('ledger_transactions', { kind: 'reversal' }),
    ]);
    const fields = rows.flatMap(({ name, row }) => pathsOf(row).map((path) => ({ name, row, path })));
    expect(fields.length).toBeGreaterThan(150);
    for (const { name, row, path } of fields) {
      let tampering: Tampering | undefined;
      while (!tampering) tampering = await tamperer.attempt(() => tamperer.editAt(name, row, path));
      await expectFound(tampering);
      await tamperer.restore();
    }
    expect(await verify()).toEqual([]);
  }, 600_000);

  async function expectFound(tampering: Tampering): Promise<void> {
    const { badRows } = await verifier().verify();
    const named = badRows.filter(({ id }) => tampering.near.includes(id)).length;
    expect({ seed, ...tampering, badRows: badRows.map(String), isNamed: named > 0 }).toMatchObject({ isNamed: true });
  }

  const show = (counts: Map<string, number>) => [...counts].map(([name, count]) => `${name} ${count}`).join(', ');

  it('is named in words', async () => {
    await more('ten_a', 3);
    await anchor();
    const tamperer = new Tamperer(books.database.db, random);
    const words = async (name: Parameters<typeof tamperer.rows>[0], _id: string, $set: object) => {
      const row = (await tamperer.rows(name).findOne({ _id })) as Row;
      await tamperer.replace(name, row, { ...row, ...$set });
      const named = await verify();
      await tamperer.restore();
      return named;
    };
    const entry = (await tamperer.rows('ledger_transactions').findOne({ n: 2 })) as Row;
    const [from, to] = entry.postings as { balanceAfter: number }[];
    expect(await words('ledger_accounts', 'ten_a/ann:CREDIT', { available: 7 })).toEqual([
      'Error: ledger_accounts ten_a/ann:CREDIT: available is 7, and the entries make it 6',
    ]);
    expect(await words('ledger_transactions', entry._id, { memo: 'less' })).toEqual([
      'Error: ledger_batches ten_a/2: hash does not fit: the header or one of the entries 2 to 2 was changed',
    ]);
    expect(await words('ledger_transactions', entry._id, { postings: [from, { ...to, balanceAfter: 4 }] })).toEqual([
      `Error: ledger_transactions ${entry._id}: leaves 4 available on ann:CREDIT, and what was there makes it 3`,
    ]);
    expect(await words('ledger_batches', 'ten_a/2', { seq: 9 })).toEqual(['Error: ledger_batches ten_a/2: is missing, batch 3 comes next']);
    expect(await words('ledger_anchors', 'ten_a/3', { hash: 'other' })).toEqual([
      'Error: ledger_anchors ten_a/3: hash is not that of batch 3: the batches up to it were replaced',
    ]);
  });
});

describe('the end of the chain', () => {
  let tamperer: Tamperer;
  const newest = async (name: 'ledger_batches' | 'ledger_transactions', by: string) =>
    (await tamperer.rows(name).findOne({ tenantId: 'ten_a' }, { sort: { [by]: -1 } })) as Row;
  beforeEach(async () => {
    tamperer = new Tamperer(books.database.db, random);
    await liveIn(bench, 'ten_a', random, 3);
    await more('ten_a', 1);
  });

  it('is missed when its entry, its header or both are removed', async () => {
    const header = await newest('ledger_batches', 'seq');
    const entry = await newest('ledger_transactions', 'n');
    await tamperer.replace('ledger_transactions', entry);
    expect(await verify()).toEqual([`Error: ledger_batches ${header._id}: entry ${String(entry.n)} is missing`]);
    await tamperer.replace('ledger_batches', header);
    expect(await verify()).toEqual([
      expect.stringMatching(
        `^Error: ledger_accounts ten_a/.*: was written by batch ${String(header.seq)}, and the chain ends at ${Number(header.seq) - 1}$`,
      ),
    ]);
    await tamperer.restore();
    await tamperer.replace('ledger_batches', header);
    expect(await verify()).toEqual([
      `Error: ledger_transactions ${entry._id}: n is ${String(entry.n)}, and the last batch ends at ${Number(entry.n) - 1}`,
    ]);
    await tamperer.restore();
    expect(await verify()).toEqual([]);
  });

  it('is missed by its anchor when it is removed and the accounts are made to fit', async () => {
    const names = ['ledger_batches', 'ledger_transactions', 'ledger_accounts'];
    const kept = await Promise.all(names.map((name) => books.database.collection(name).find({}, { promoteValues: false }).toArray()));
    await more('ten_a', 2);
    const { seq } = await newest('ledger_batches', 'seq');
    await anchor();
    for (const [index, name] of names.entries()) {
      await books.database.collection(name).deleteMany({});
      await books.database.collection(name).insertMany(kept[index] ?? []);
    }
    expect(await verify()).toEqual([
      `Error: ledger_anchors ten_a/${String(seq)}: batch ${String(seq)} was anchored, and the chain ends at ${Number(seq) - 2}: the newest batches were removed`,
    ]);
  });

  it('is refused when it was made anew, in every number right, without the key', async () => {
    for (let round = 0; round < scale(5, 50); round++) {
      const batches = await books.database.collection<Row>('ledger_batches').find({ tenantId: 'ten_a' }).sort({ seq: 1 }).toArray();
      const from = random.below(batches.length);
      await forge(batches.slice(from));
      expect(await verify()).toEqual([expect.stringMatching(`^Error: ledger_batches ${batches[from]?._id}: hash does not fit`)]);
      await tamperer.restore();
    }
    expect(await verify()).toEqual([]);
  });

  /** Changes the first batch's memo, and seals it and all that follow with another key. */
  async function forge(batches: readonly Row[]): Promise<void> {
    let prevHash = batches[0]?.prevHash as string;
    for (const [index, batch] of batches.entries()) {
      const entries = await tamperer.rows('ledger_transactions').find({ tenantId: 'ten_a', batch: batch.seq }).sort({ n: 1 }).toArray();
      if (index === 0 && entries[0]) {
        entries[0] = { ...entries[0], memo: 'forged' };
        await tamperer.replace('ledger_transactions', entries[0], entries[0]);
      }
      const forged = { ...batch, prevHash };
      prevHash = seal(Buffer.alloc(32, 9), forged as never, entries as never);
      await tamperer.replace('ledger_batches', batch, { ...forged, hash: prevHash });
    }
  }
});
