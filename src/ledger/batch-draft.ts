import { Invalid } from '../kernel/fault/fault.js';
import { KeyReused } from '../kernel/idempotency/idempotency-record.js';
import { AccountDraft, counted } from './account-draft.js';
import {
  AssetMismatch,
  BadAmount,
  HoldClosed,
  HoldExceeded,
  NotReversible,
  ReversalExceeded,
  SelfTransfer,
  TransactionNotFound,
} from './ledger.faults.js';
import {
  type Account,
  type AccountKey,
  assetOf,
  type Entry,
  type Head,
  isAmount,
  isSystem,
  type LedgerCommand,
  type Leg,
  legsBetween,
  type Move,
  netOf,
  noTotals,
  type Posted,
  type Posting,
  type Totals,
} from './ledger.js';

/** An entry that a command refers to, and how much of it was reversed. */
export interface Referred {
  readonly entry: Entry;
  readonly reversed: number;
}
/** All that a batch is decided on, as of one head. */
export interface Grounds {
  readonly head: Head;
  readonly at: Date;
  readonly accounts: ReadonlyMap<AccountKey, Account>;
  readonly referred: ReadonlyMap<number, Referred>;
  /** Entries of keys that were used before. */
  readonly used: ReadonlyMap<string, Entry>;
}
export interface Keyed {
  readonly command: LedgerCommand;
  readonly key: string;
  readonly requestHash: string;
}
type Drafts = Map<AccountKey, AccountDraft>;
type Decided = Pick<Entry, 'postings' | 'refersTo' | 'expiresAt'>;

/** Decides commands one after the other; each sees what those before it left, and a refused one leaves nothing. */
export class BatchDraft {
  readonly entries: Entry[] = [];
  private readonly changed = new Map<AccountKey, Account>();
  private readonly reversedNow = new Map<number, number>();
  private totals: Readonly<Record<string, Totals>>;

  constructor(private readonly grounds: Grounds) {
    this.totals = grounds.head.totals;
  }

  get head(): Omit<Head, 'hash'> {
    const { head, at } = this.grounds;
    return { seq: head.seq + 1, n: head.n + this.entries.length, at, totals: this.totals };
  }

  /** As this batch leaves them; those it does not touch are not there. */
  get accounts(): readonly Account[] {
    return [...this.changed.values()];
  }

  /** The batch that wrote the account before this one. */
  seqBefore(account: AccountKey): number {
    return this.grounds.accounts.get(account)?.seq ?? 0;
  }

  /** @throws the fault that refuses the command, or KeyReused */
  decide({ command, key, requestHash }: Keyed): Posted {
    const used = this.grounds.used.get(key);
    if (used) {
      if (used.requestHash !== requestHash) throw new KeyReused();
      return { entry: used, replayed: true };
    }
    const { tenantId, kind, memo, meta = {} } = command;
    // What was reversed is summed by the kind.
    if ((kind === 'reversal') !== (command.move.type === 'reverse')) throw new Error('A reversal, and nothing else, reverses');
    const n = this.head.n + 1;
    const drafts: Drafts = new Map();
    const decided = this.move(command.move, n, drafts);
    assertBalanced(decided.postings);
    const entry: Entry = { tenantId, n, key, requestHash, at: this.grounds.at, kind, memo, meta, ...decided };
    this.accept(entry, drafts);
    return { entry, replayed: false };
  }

  private accept(entry: Entry, drafts: Drafts): void {
    const changed = [...drafts].map(([account, draft]): [AccountKey, Account] => [account, draft.after(entry, this.grounds.head.seq + 1)]);
    let totals = this.totals;
    for (const account of drafts.keys()) {
      if (isSystem(account)) continue;
      const asset = assetOf(account);
      totals = { ...totals, [asset]: counted(totals[asset] ?? noTotals, netOf(entry, account), entry) };
    }
    // A sum may have refused it until here; from here on nothing does.
    this.entries.push(entry);
    this.totals = totals;
    for (const [account, after] of changed) this.changed.set(account, after);
    if (entry.kind === 'reversal' && entry.refersTo !== undefined)
      this.reversedNow.set(entry.refersTo, (this.reversedNow.get(entry.refersTo) ?? 0) + movedBy(entry));
  }

  private move(move: Move, n: number, drafts: Drafts): Decided {
    if (move.type === 'legs') return { postings: this.post(move.legs, drafts) };
    if (move.type === 'hold') return this.hold(move, n, drafts);
    return move.type === 'reverse' ? this.reverse(move, drafts) : this.close(move, drafts);
  }

  private post(legs: readonly Leg[], drafts: Drafts): Posting[] {
    assertLegs(legs);
    // What is taken comes first, so that nothing is paid from what the same entry brings.
    const order = legs.toSorted((one, other) => Math.sign(one.delta) - Math.sign(other.delta));
    return order.map((leg) => this.draft(leg.account, drafts).move(leg));
  }

  private hold({ account, amount, expiresAt }: Extract<Move, { type: 'hold' }>, n: number, drafts: Drafts): Decided {
    if (!isAmount(amount)) throw new BadAmount();
    if (Number.isNaN(expiresAt.getTime())) throw new Invalid('The hold needs a moment at which it expires', { outcome: 'none' });
    const postings = this.post(heldLegs(account, amount), drafts);
    this.draft(account, drafts).open({ n, amount, expiresAt });
    return { postings, refersTo: n, expiresAt };
  }

  private close(move: Extract<Move, { type: 'commit' | 'release' }>, drafts: Drafts): Decided {
    const account = this.referred(move.hold).entry.postings[0]?.account;
    if (account === undefined || this.referred(move.hold).entry.kind !== 'hold') throw new TransactionNotFound();
    const draft = this.draft(account, drafts);
    const hold = draft.hold(move.hold);
    const isOver = hold.expiresAt <= this.grounds.at;
    if (isOver ? move.type === 'commit' : move.type === 'release' && move.because === 'expiry') throw new HoldClosed();
    const taken = move.type === 'commit' ? (move.amount ?? hold.amount) : 0;
    if (move.type === 'commit' && !isAmount(taken)) throw new BadAmount();
    if (taken > hold.amount) throw new HoldExceeded();
    draft.close(hold);
    // All of it comes back before a part is taken, so that the last posting tells what is available afterwards.
    const postings = this.post(heldLegs(account, -hold.amount), drafts);
    if (move.type === 'commit') postings.push(...this.post(legsBetween(account, move.to, taken), drafts));
    return { postings, refersTo: move.hold };
  }

  private reverse({ of, amount }: Extract<Move, { type: 'reverse' }>, drafts: Drafts): Decided {
    const { entry, reversed } = this.referred(of);
    const nets = netsOf(entry);
    const moved = movedBy(entry);
    const left = moved - reversed - (this.reversedNow.get(of) ?? 0);
    const asked = amount ?? left;
    if (entry.kind === 'reversal' || moved === 0) throw new NotReversible();
    if (amount !== undefined && !isAmount(amount)) throw new BadAmount();
    if (asked > left || asked === 0) throw new ReversalExceeded();
    // A part of an entry between more than two accounts would have to be shared out, and no rule says how.
    if (asked !== moved && nets.length !== 2) throw new NotReversible();
    const legs = nets.map(([account, net]): Leg => {
      return { account, bucket: 'available', delta: nets.length === 2 ? -Math.sign(net) * asked : -net };
    });
    return { postings: this.post(legs, drafts), refersTo: of };
  }

  private referred(n: number): Referred {
    const found = this.grounds.referred.get(n);
    if (!found) throw new TransactionNotFound();
    return found;
  }

  private draft(account: AccountKey, drafts: Drafts): AccountDraft {
    const known = drafts.get(account);
    if (known) return known;
    const current = this.changed.get(account) ?? this.grounds.accounts.get(account);
    if (!current) throw new Error(`Account ${account} was not loaded for the batch`);
    const draft = new AccountDraft(current);
    drafts.set(account, draft);
    return draft;
  }
}

/** The accounts that a command can touch, as far as it names them itself. */
export function accountsOf({ move }: LedgerCommand, referred?: Entry): AccountKey[] {
  const named = move.type === 'legs' ? move.legs.map(({ account }) => account) : [];
  if (move.type === 'hold') named.push(move.account);
  if (move.type === 'commit') named.push(move.to);
  return [...named, ...(referred?.postings.map(({ account }) => account) ?? [])];
}

export const refersTo = ({ move }: LedgerCommand): number | undefined =>
  move.type === 'commit' || move.type === 'release' ? move.hold : move.type === 'reverse' ? move.of : undefined;

/** What changed hands: the sum of what accounts gained. */
export const movedBy = (entry: Pick<Entry, 'postings'>): number => netsOf(entry).reduce((sum, [, net]) => sum + Math.max(net, 0), 0);

function netsOf(entry: Pick<Entry, 'postings'>): [AccountKey, number][] {
  const accounts = new Set(entry.postings.map(({ account }) => account));
  return [...accounts].map((account): [AccountKey, number] => [account, netOf(entry, account)]).filter(([, net]) => net !== 0);
}

/** Sets so much of what is available aside, or gives it back. */
const heldLegs = (account: AccountKey, amount: number): Leg[] => [
  { account, bucket: 'available', delta: -amount },
  { account, bucket: 'held', delta: amount },
];

function assertLegs(legs: readonly Leg[]): void {
  if (legs.some(({ delta }) => !isAmount(Math.abs(delta)))) throw new BadAmount();
  if (new Set(legs.map(({ account }) => assetOf(account))).size > 1) throw new AssetMismatch();
  if (new Set(legs.map(({ account, bucket }) => `${account}/${bucket}`)).size < legs.length) throw new SelfTransfer();
}

/** Kept in production: nothing may come from nowhere. */
function assertBalanced(postings: readonly Posting[]): void {
  const sum = postings.reduce((total, { delta }) => total + BigInt(delta), 0n);
  if (postings.length < 2 || sum !== 0n) throw new Error('An entry does not balance');
}
