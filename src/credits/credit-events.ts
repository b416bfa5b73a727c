import type { Event, EventType } from '../events/event.js';
import { type AccountKey, assetOf, type Entry, type EntryKind, isSystem, netOf, ownerOf, type Posting } from '../ledger/ledger.js';
import { holdId, sourceOf, transactionId } from './credit-transaction.js';

/** What is told of an entry: opaque ids and amounts, never what somebody wrote. */
export type Told = Pick<Event, 'subject' | 'data'>;
/** Of all entries of one kind. */
export interface Teller {
  readonly type: EventType;
  readonly tell: (entry: Entry) => Told;
}

/** Of all kinds but those that a feature above posts, which tells of them itself. */
export const creditEvents: Readonly<Record<Exclude<EntryKind, 'purchase'>, Teller>> = {
  grant: teller('CREDITS_GRANTED', (entry) => ({ ...amountOn(entry, receiver(entry)), source: sourceOf(entry) })),
  spend: teller('CREDITS_SPENT', (entry) => amountOn(entry, payer(entry))),
  transfer: teller('CREDITS_TRANSFERRED', (entry) => ({ ...amountOn(entry, payer(entry)), toUserId: ownerOf(receiver(entry)) })),
  reversal: teller('CREDITS_REVERSED', (entry) => ({ reverses: transactionId(entry.refersTo ?? 0), changes: changesIn(entry) })),
  hold: teller('CREDITS_HELD', (entry) => ({ ...holdOf(entry), expiresAt: entry.expiresAt })),
  hold_commit: teller('HOLD_COMMITTED', (entry) => ({ ...holdOf(entry), spent: spentBy(entry) })),
  hold_void: teller('HOLD_VOIDED', holdOf),
  hold_expiry: teller('HOLD_EXPIRED', holdOf),
};

function teller(type: EventType, dataOf: (entry: Entry) => Event['data']): Teller {
  const tell = (entry: Entry): Told => {
    const id = transactionId(entry.n);
    return { subject: { type: 'transaction', id }, data: { transactionId: id, ...dataOf(entry) } };
  };
  return { type, tell };
}

/** The account from which the entry takes, and the one to which it gives; of a hold, the one on which it stays. */
export function payer({ postings }: Entry): AccountKey {
  return accountIn(postings, ({ delta }) => delta < 0);
}
function receiver({ postings }: Entry): AccountKey {
  return accountIn(postings, ({ delta }) => delta > 0);
}

function accountIn(postings: readonly Posting[], wanted: (posting: Posting) => boolean): AccountKey {
  const found = postings.find(wanted);
  if (!found) throw new Error('An entry moves nothing');
  return found.account;
}

function amountOn(entry: Entry, account: AccountKey) {
  return { userId: ownerOf(account), asset: assetOf(account), amount: Math.abs(netOf(entry, account)) };
}

/** What became more or less, by user. */
function changesIn(entry: Entry) {
  const accounts = [...new Set(entry.postings.map(({ account }) => account))].filter((account) => !isSystem(account));
  return accounts.map((account) => ({ userId: ownerOf(account), asset: assetOf(account), amount: netOf(entry, account) }));
}

/** `amount` is all that was set aside. */
function holdOf({ postings, refersTo }: Entry) {
  const held = postings.filter(({ bucket }) => bucket === 'held');
  const account = accountIn(held, () => true);
  const amount = Math.abs(held.reduce((sum, { delta }) => sum + delta, 0));
  return { holdId: holdId(refersTo ?? 0), userId: ownerOf(account), asset: assetOf(account), amount };
}

function spentBy(entry: Entry): number {
  return Math.abs(netOf(entry, payer(entry)));
}
