import { movedBy } from './batch-draft.js';
import { type Account, type AccountKey, assetOf, type Entry, type Hold, isSystem, netOf, type Posting, type Totals } from './ledger.js';
import { misfit, postingShape } from './row-shapes.js';

type Counts = { -readonly [Name in keyof Totals]: Totals[Name] };

/** An account as the entries so far make it. */
class AccountState {
  readonly asset: string;
  readonly isSystem: boolean;
  readonly totals = noCounts();
  available = 0;
  held = 0;
  /** What the open holds come to. */
  inHolds = 0;
  holds: readonly Hold[] = [];
  lastAt: Date | null = null;
  seq = 0;
  /** What the entry at hand changed. */
  net = 0;

  constructor(readonly account: AccountKey) {
    this.asset = assetOf(account);
    this.isSystem = isSystem(account);
  }

  close(hold: Hold): void {
    this.holds = this.holds.filter((one) => one !== hold);
    this.inHolds -= hold.amount;
  }
}

/**
 * Makes a tenant's accounts and totals from nothing but its entries, given in order, and says where one does not follow from those
 * before it. It knows the rules on its own, not from the writer, and holds accounts and how much of an entry was reversed.
 */
export class LedgerReplay {
  /** Of all users' accounts, by asset. */
  readonly totals = new Map<string, Counts>();
  private readonly states = new Map<AccountKey, AccountState>();
  private readonly reversed = new Map<number, number>();
  private readonly touched: AccountState[] = [];

  constructor(private readonly tenantId: string) {}

  accountKeys(): Iterable<AccountKey> {
    return this.states.keys();
  }

  account(key: AccountKey): Account | undefined {
    const state = this.states.get(key);
    if (!state) return undefined;
    const { account, available, held, holds, totals, lastAt, seq } = state;
    return { tenantId: this.tenantId, account, available, held, holds, totals: { ...totals }, lastAt, seq };
  }

  /** `reversible` has the entry that a reversal names. Says what is wrong with the entry, if anything. */
  apply(entry: Entry, seq: number, reversible: ReadonlyMap<number, Entry>): string | undefined {
    this.touched.length = 0;
    const problem = this.post(entry.postings) ?? this.refer(entry, reversible);
    if (problem !== undefined) return problem;
    for (const state of this.touched) {
      if (state.held !== state.inHolds) return `leaves ${state.held} held on ${state.account}, and open holds of ${state.inHolds}`;
      this.count(state, entry.kind);
      state.lastAt = entry.at;
      state.seq = seq;
    }
    return undefined;
  }

  private post(postings: readonly Posting[]): string | undefined {
    for (let index = 0; index < postings.length; index++) {
      const posting = postings[index] as Posting;
      const wrong = misfit(posting, postingShape);
      if (wrong !== undefined) return `posting ${index + 1}: ${wrong}`;
      const { account, bucket, delta, balanceAfter } = posting;
      const state = this.touch(account);
      const expected = state[bucket] + delta;
      if (balanceAfter !== expected) return `leaves ${balanceAfter} ${bucket} on ${account}, and what was there makes it ${expected}`;
      if (balanceAfter < 0 && !(state.isSystem && bucket === 'available')) return `leaves ${account} below zero`;
      state[bucket] = balanceAfter;
      state.net += delta;
    }
    if (!isBalanced(postings)) return 'does not sum to zero';
    if (this.touched.some(({ asset }) => asset !== this.touched[0]?.asset)) return 'mixes assets';
    return undefined;
  }

  private touch(account: AccountKey): AccountState {
    let state = this.states.get(account);
    if (!state) this.states.set(account, (state = new AccountState(account)));
    if (!this.touched.includes(state)) {
      state.net = 0;
      this.touched.push(state);
    }
    return state;
  }

  private refer(entry: Entry, reversible: ReadonlyMap<number, Entry>): string | undefined {
    if (entry.kind === 'hold' || entry.expiresAt) return this.open(entry);
    if (entry.kind === 'reversal') return this.reverse(entry, reversible.get(entry.refersTo ?? 0));
    return entry.refersTo === undefined ? undefined : this.close(entry, entry.refersTo);
  }

  private open({ n, kind, refersTo, expiresAt, postings }: Entry): string | undefined {
    const [state, other] = this.touched;
    const amount = heldBy(postings);
    if (kind !== 'hold' || refersTo !== n || !expiresAt || !state || other || state.net !== 0 || amount <= 0)
      return 'is not what opens a hold';
    state.holds = [...state.holds, { n, amount, expiresAt }];
    state.inHolds += amount;
    return undefined;
  }

  private close({ postings }: Entry, n: number): string | undefined {
    // What was held is given back first, whatever is taken of it afterwards.
    const [state] = this.touched;
    const hold = state?.holds.find((one) => one.n === n);
    if (!state || !hold) return `closes hold ${n}, which is not open on ${postings[0]?.account}`;
    if (heldBy(postings) !== -hold.amount || state.net > 0 || -state.net > hold.amount) return `does not close hold ${n} of ${hold.amount}`;
    state.close(hold);
    return undefined;
  }

  private reverse(entry: Entry, target: Entry | undefined): string | undefined {
    if (!target || target.n >= entry.n || target.kind === 'reversal') return `reverses ${entry.refersTo}, which is no entry to be reversed`;
    const moved = movedBy(target);
    const amount = movedBy(entry);
    const reversed = (this.reversed.get(target.n) ?? 0) + amount;
    this.reversed.set(target.n, reversed);
    if (reversed > moved) return `makes ${reversed} that were reversed of entry ${target.n}, which moved ${moved}`;
    // Of an entry between more than two accounts only the whole can be reversed.
    const parties = [...new Set(target.postings.map(({ account }) => account))].filter((account) => netOf(target, account) !== 0).length;
    const isUndone = ({ account, net }: AccountState) => {
      const was = netOf(target, account);
      return net === (amount === moved ? -was : -Math.sign(was) * amount);
    };
    const isFit = amount > 0 && this.touched.length === parties && (amount === moved || parties === 2) && this.touched.every(isUndone);
    return isFit ? undefined : `does not undo entry ${target.n}`;
  }

  private count({ isSystem, asset, totals, net }: AccountState, kind: string): void {
    add(totals, net, kind);
    if (isSystem) return;
    let ofAsset = this.totals.get(asset);
    if (!ofAsset) this.totals.set(asset, (ofAsset = noCounts()));
    add(ofAsset, net, kind);
  }
}

function noCounts(): Counts {
  return { credits: 0, credited: 0, debits: 0, debited: 0, spent: 0 };
}

function add(counts: Counts, net: number, kind: string): void {
  if (net > 0) {
    counts.credits++;
    counts.credited += net;
  } else if (net < 0) {
    counts.debits++;
    counts.debited -= net;
    if (kind !== 'reversal') counts.spent -= net;
  }
}

/** What the entry adds to what is held. */
function heldBy(postings: readonly Posting[]): number {
  return postings.reduce((sum, { bucket, delta }) => (bucket === 'held' ? sum + delta : sum), 0);
}

/** Sums that a double could not hold are made without one. */
function isBalanced(postings: readonly Posting[]): boolean {
  let sum = 0;
  let isExact = postings.length >= 2;
  for (const { delta } of postings) {
    sum += delta;
    isExact &&= Number.isSafeInteger(sum);
  }
  if (isExact) return sum === 0;
  return postings.length >= 2 && postings.reduce((total, { delta }) => total + BigInt(delta), 0n) === 0n;
}
