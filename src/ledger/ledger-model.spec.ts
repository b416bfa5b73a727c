import fc from 'fast-check';
import { ledgerKeys, memoryBooks, mongoBooks } from '../../test/support/ledger/bench.js';
import { MemoryLedgerStore } from '../../test/support/ledger/memory-ledger-store.js';
import { play, runs } from '../../test/support/ledger/model-run.js';
import { newSeed, scale } from '../../test/support/random.js';
import { AccountDraft } from './account-draft.js';
import { BatchDraft } from './batch-draft.js';
import { seal } from './chain.js';
import { LedgerLane } from './ledger-lane.js';
import { isSystem, type Totals } from './ledger.js';
import { type LedgerBatch, NotUnique } from './ledger-store.js';

/** Waiting takes a turn of the event loop here, not a time: each run meets as much of it as a slow one would. */
jest.mock('node:timers/promises', () => ({ setTimeout: () => new Promise((resolve) => setImmediate(resolve)) }));

const seed = newSeed();
const numRuns = scale(150, 5_000);
const numReplays = scale(3, 100);
const patience = scale(120_000, 1_800_000);
/** A failing run is made smaller as long as there is time. */
const limited = { seed, interruptAfterTimeLimit: patience / 2, markInterruptAsFailure: true };

beforeAll(() => void process.stdout.write(`ledger model: seed ${seed}, ${numRuns} runs, ${numReplays} of them on mongod\n`));
afterEach(() => void jest.restoreAllMocks());

/** What any order of the same commands leaves true. @throws where the books of the tenant contradict themselves */
function audit(store: MemoryLedgerStore, tenantId: string): void {
  const [batches, entries] = [store.batchesOf(tenantId), store.entriesOf(tenantId)];
  let [hash, n]: [string, number] = ['', 0];
  for (const [index, batch] of batches.entries()) {
    const own = entries.slice(n, n + batch.count);
    expect([batch.seq, batch.prevHash, batch.firstNumber, batch.hash]).toEqual([
      index + 1,
      hash,
      n + 1,
      seal(ledgerKeys.of('ledger'), batch, own),
    ]);
    expect(own.every((entry) => entry.at.getTime() === batch.at.getTime())).toBe(true);
    [hash, n] = [batch.hash, n + batch.count];
  }
  expect(entries.map((entry) => entry.n)).toEqual(Array.from({ length: n }, (_, index) => index + 1));
  const sums = { credits: 0, credited: 0, debits: 0, debited: 0, spent: 0 };
  for (const { postings, kind } of entries) {
    for (const account of new Set(postings.map((posting) => posting.account))) {
      const net = postings.reduce((sum, posting) => sum + (posting.account === account ? posting.delta : 0), 0);
      if (isSystem(account) || net === 0) continue;
      const side = net > 0 ? (['credits', 'credited'] as const) : (['debits', 'debited'] as const);
      sums[side[0]]++;
      sums[side[1]] += Math.abs(net);
      if (net < 0 && kind !== 'reversal') sums.spent -= net;
    }
  }
  const told: Record<string, Totals> = batches.at(-1)?.totals ?? {};
  expect(told.CREDIT ?? sums).toEqual(sums);
}

const property = (store = new MemoryLedgerStore()) =>
  fc.asyncProperty(runs, async (run) => audit(store, await play(run, memoryBooks(store))));

it('the writer does what the paper says, whatever the store does to it', () => fc.assert(property(), { ...limited, numRuns }), patience);

it(
  'and does so on mongod',
  async () => {
    const books = await mongoBooks();
    const onMongod = fc.asyncProperty(runs, async (run) => void (await play(run, books)));
    await fc.assert(onMongod, { ...limited, numRuns: numReplays });
    await books.close();
  },
  patience,
);

/** A store of which the writer takes a lost swap for a won one. */
class LosingStore extends MemoryLedgerStore {
  override async commit(batch: LedgerBatch): Promise<void> {
    await super.commit(batch).catch((error: unknown) => {
      if (!(error instanceof NotUnique)) throw error;
    });
  }
}
/** One of which the writer forgets what was reversed before. */
class ForgetfulStore extends MemoryLedgerStore {
  override async referred(tenantId: string, numbers: readonly number[]) {
    return (await super.referred(tenantId, numbers)).map(({ entry }) => ({ entry, reversed: 0 }));
  }
}
const move = Reflect.get(AccountDraft.prototype, 'move');
const close = Reflect.get(AccountDraft.prototype, 'close');
const decide = Reflect.get(BatchDraft.prototype, 'decide');
const add = (draft: AccountDraft, amount: number) => void Reflect.set(draft, 'available', Number(Reflect.get(draft, 'available')) + amount);
const isCurrent = Reflect.get(LedgerLane.prototype, 'isCurrent');
let keys = 0;

/** Faults sown into the writer, which the same property has to find. */
const sown: [string, () => MemoryLedgerStore | void][] = [
  [
    'skips the look-up of keys',
    () =>
      void jest.spyOn(BatchDraft.prototype, 'decide').mockImplementation(function (this: BatchDraft, keyed) {
        return decide.call(this, { ...keyed, key: `${keyed.key} ${++keys}` });
      }),
  ],
  ['takes a lost swap for a won one', () => new LosingStore()],
  [
    'moves with the wrong sign',
    () =>
      void jest.spyOn(AccountDraft.prototype, 'move').mockImplementation(function (this: AccountDraft, leg) {
        return move.call(this, leg.bucket === 'held' ? { ...leg, delta: -leg.delta } : leg);
      }),
  ],
  [
    'leaves one unit too much',
    () =>
      void jest.spyOn(AccountDraft.prototype, 'move').mockImplementation(function (this: AccountDraft, leg) {
        const posting = move.call(this, leg);
        if (leg.delta === -7) add(this, 1);
        return posting;
      }),
  ],
  [
    'lets one unit too much go',
    () =>
      void jest.spyOn(AccountDraft.prototype, 'move').mockImplementation(function (this: AccountDraft, leg) {
        add(this, 1);
        const { balanceAfter, ...rest } = move.call(this, leg);
        add(this, -1);
        return { ...rest, balanceAfter: leg.bucket === 'available' ? balanceAfter - 1 : balanceAfter };
      }),
  ],
  [
    'gives two requests one answer',
    () =>
      void jest.spyOn(BatchDraft.prototype, 'decide').mockImplementation(function (this: BatchDraft, keyed) {
        const posted = decide.call(this, keyed);
        return { ...posted, entry: this.entries[0] ?? posted.entry };
      }),
  ],
  [
    'keeps a hold that is closed',
    () =>
      void jest.spyOn(AccountDraft.prototype, 'close').mockImplementation(function (this: AccountDraft, hold) {
        if (hold.amount % 4 > 0) close.call(this, hold);
      }),
  ],
  ['forgets what was reversed', () => new ForgetfulStore()],
  [
    'refuses by what it remembered, though the head has moved',
    () =>
      void jest.spyOn(LedgerLane.prototype, 'isCurrent').mockImplementation(async function (this: LedgerLane) {
        await isCurrent.call(this);
        return true;
      }),
  ],
];

it.each(sown)(
  'finds a writer that %s',
  async (_case, sow) => {
    const found = await fc.check(property(sow() ?? new MemoryLedgerStore()), { seed, numRuns, endOnFailure: true });
    expect(found).toMatchObject({ failed: true, interrupted: false });
    expect(String(found.errorInstance)).toMatch(/In no order|The books say|was answered with/);
  },
  patience,
);
