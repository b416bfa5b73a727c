import { BadAmount } from './ledger.faults.js';

/** What a ledger counts: `CREDIT`, or any other upper-case code. Amounts are positive safe integers of its smallest unit. */
export type Asset = string & { readonly __asset: true };
/** `<owner>:<asset>`; an owner that begins with `@` is the tenant's own book and may go below zero. */
export type AccountKey = `${string}:${string}` & { readonly __account: true };
export type Bucket = 'available' | 'held';

export interface Leg {
  readonly account: AccountKey;
  readonly bucket: Bucket;
  readonly delta: number;
}
export interface Posting extends Leg {
  /** Of the bucket. */
  readonly balanceAfter: number;
}

/** Kinds of which a user knows one from another; what a kind moves is the command's `move`. */
export type EntryKind = 'grant' | 'spend' | 'transfer' | 'purchase' | 'hold' | 'hold_commit' | 'hold_void' | 'hold_expiry' | 'reversal';

export type Move =
  | { readonly type: 'legs'; readonly legs: readonly Leg[] }
  | { readonly type: 'hold'; readonly account: AccountKey; readonly amount: number; readonly expiresAt: Date }
  /** `amount` of what is held goes `to` another account, all of it where it is not named; the rest becomes available again. */
  | { readonly type: 'commit'; readonly hold: number; readonly to: AccountKey; readonly amount?: number }
  | { readonly type: 'release'; readonly hold: number; readonly because: 'void' | 'expiry' }
  /** Undoes `amount` of an entry, all that is left of it where it is not named. */
  | { readonly type: 'reverse'; readonly of: number; readonly amount?: number };

export type Meta = Readonly<Record<string, unknown>>;

/** One thing to post. The key works once in its tenant, for ever; without one the command is new for certain. */
export interface LedgerCommand {
  readonly tenantId: string;
  readonly key?: string;
  /** Tells a repeated request from another one with the same key; made from the command where it is not given. */
  readonly requestHash?: string;
  readonly kind: EntryKind;
  readonly memo: string;
  readonly meta?: Meta;
  readonly move: Move;
}

/** What was posted. `n` numbers a tenant's entries from 1 without a gap. */
export interface Entry {
  readonly tenantId: string;
  readonly n: number;
  readonly key: string;
  readonly requestHash: string;
  readonly at: Date;
  readonly kind: EntryKind;
  readonly memo: string;
  readonly meta: Meta;
  /** The number of the entry that is reversed, or that made the hold. */
  readonly refersTo?: number;
  /** Of a hold. */
  readonly expiresAt?: Date;
  readonly postings: readonly Posting[];
}

export interface Posted {
  readonly entry: Entry;
  /** The key had been used before: nothing was posted now. */
  readonly replayed: boolean;
}

export interface Hold {
  /** The number of the entry that made it. */
  readonly n: number;
  readonly amount: number;
  readonly expiresAt: Date;
}

/** Sums of the entries that changed what somebody owns; a hold moves nothing until it is committed. */
export interface Totals {
  readonly credits: number;
  readonly credited: number;
  readonly debits: number;
  readonly debited: number;
  /** Of `debited`, without what reversals took back. */
  readonly spent: number;
}
export const noTotals: Totals = { credits: 0, credited: 0, debits: 0, debited: 0, spent: 0 };

/** An account as of one batch. One that was never written is there all the same, with nothing in it. */
export interface Account {
  readonly tenantId: string;
  readonly account: AccountKey;
  readonly available: number;
  readonly held: number;
  readonly holds: readonly Hold[];
  readonly totals: Totals;
  readonly lastAt: Date | null;
  /** The batch that wrote it last; 0 where none did. */
  readonly seq: number;
}

/** Where a tenant's chain ends. */
export interface Head {
  readonly seq: number;
  /** The number of the last entry. */
  readonly n: number;
  readonly hash: string;
  readonly at: Date;
  /** Of all users' accounts, by asset, as of this batch. */
  readonly totals: Readonly<Record<string, Totals>>;
}
export const genesis: Head = { seq: 0, n: 0, hash: '', at: new Date(0), totals: {} };

export const mostHolds = 64;
export const CREDIT = 'CREDIT' as Asset;
const assetCode = /^[A-Z][A-Z0-9_]{0,15}$/;
export const isAsset = (text: unknown): text is Asset => typeof text === 'string' && assetCode.test(text);

export type SystemOwner = '@issuance' | '@revenue' | '@store';
export const accountOf = (owner: string, asset: Asset = CREDIT): AccountKey => `${owner}:${asset}` as AccountKey;
export const ownerOf = (account: AccountKey): string => account.slice(0, account.lastIndexOf(':'));
export const assetOf = (account: AccountKey): Asset => account.slice(account.lastIndexOf(':') + 1) as Asset;
export const isSystem = (account: AccountKey): boolean => account.startsWith('@');

export const isAmount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;

/** From one account to another, both from what is available. @throws BadAmount: a negative one would turn the direction round */
export function legsBetween(from: AccountKey, to: AccountKey, amount: number): Leg[] {
  if (!isAmount(amount)) throw new BadAmount();
  return [
    { account: from, bucket: 'available', delta: -amount },
    { account: to, bucket: 'available', delta: amount },
  ];
}

/** What an entry changed on an account, both buckets together. */
export const netOf = ({ postings }: Pick<Entry, 'postings'>, account: AccountKey): number =>
  postings.reduce((sum, posting) => (posting.account === account ? sum + posting.delta : sum), 0);
