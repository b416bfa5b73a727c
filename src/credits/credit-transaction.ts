import { type AccountKey, assetOf, type Entry, type EntryKind, isSystem, netOf, ownerOf } from '../ledger/ledger.js';

export const grantSources = ['purchase', 'subscription', 'admin', 'refund', 'dispute'] as const;
export type GrantSource = (typeof grantSources)[number];
export type CreditSource = GrantSource | 'spend' | 'transfer' | 'store' | 'expiry';

/** One user's side of a ledger entry that changed what the user owns. */
export interface CreditTransaction {
  /** Both sides of a transfer have the same. */
  readonly entry: Entry;
  readonly userId: string;
  readonly asset: string;
  readonly type: 'credit' | 'debit';
  readonly amount: number;
  readonly balanceAfter: number;
}

/** An entry, and whose balances the caller may see. */
export interface SeenEntry {
  readonly entry: Entry;
  /** Only this owner's balances; everybody's where it is not named. */
  readonly only?: string;
}
/** Kinds of entries that change what somebody owns; a hold only sets something aside. */
export const movingKinds: readonly EntryKind[] = ['grant', 'spend', 'transfer', 'purchase', 'hold_commit', 'reversal'];

/** The users' sides of an entry, or one account's alone. */
export function sidesOf(entry: Entry, only?: AccountKey): CreditTransaction[] {
  const accounts = only ? [only] : [...new Set(entry.postings.map(({ account }) => account))].filter((account) => !isSystem(account));
  return accounts.flatMap((account) => {
    const net = netOf(entry, account);
    return net === 0 ? [] : [sideOf(entry, account, net)];
  });
}

function sideOf(entry: Entry, account: AccountKey, net: number): CreditTransaction {
  const last = entry.postings.findLast((posting) => posting.account === account && posting.bucket === 'available');
  return {
    entry,
    userId: ownerOf(account),
    asset: assetOf(account),
    type: net > 0 ? 'credit' : 'debit',
    amount: Math.abs(net),
    balanceAfter: last?.balanceAfter ?? 0,
  };
}

export function sourceOf({ kind, meta }: Entry): CreditSource {
  if (kind === 'grant') return grantSources.find((source) => source === meta.source) ?? 'admin';
  if (kind === 'transfer') return 'transfer';
  if (kind === 'purchase') return 'store';
  return kind === 'reversal' ? 'refund' : 'spend';
}

export const transactionId = (n: number): string => `tx_${n}`;
export const holdId = (n: number): string => `hld_${n}`;
/** The number that a transaction id stands for. */
export const numberOf = (text: string, prefix = 'tx_'): number | undefined => {
  const digits = text.startsWith(prefix) ? text.slice(prefix.length) : '';
  return /^[1-9][0-9]{0,15}$/.test(digits) ? Number(digits) : undefined;
};
