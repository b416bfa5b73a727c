import type { Event } from '../events/event.js';
import { type AccountKey, assetOf, type Entry, type EntryKind, isSystem, netOf, ownerOf, type Posting } from '../ledger/ledger.js';
import { holdId, sourceOf, transactionId } from './credit-transaction.js';

/** What is told of an entry: opaque ids and amounts, never what somebody wrote. */
export type Told = Pick<Event, 'type' | 'subject' | 'data'>;
export type Teller = (entry: Entry) => Told;

/** Of all kinds but those that a feature above posts, which tells of them itself. */
export const creditEvents: Readonly<Record<Exclude<EntryKind, 'purchase'>, Teller>> = {
  grant: (entry) => told('CREDITS_GRANTED', entry, { ...amountOn(entry, receiver(entry)), source: sourceOf(entry) }),
  spend: (entry) => told('CREDITS_SPENT', entry, amountOn(entry, payer(entry))),
  transfer: (entry) => told('CREDITS_TRANSFERRED', entry, { ...amountOn(entry, payer(entry)), toUserId: ownerOf(receiver(entry)) }),
  reversal: (entry) => told('CREDITS_REVERSED', entry, { reverses: transactionId(entry.refersTo ?? 0), changes: changesIn(entry) }),
  hold: (entry) => told('CREDITS_HELD', entry, { ...holdOf(entry), expiresAt: entry.expiresAt }),
  hold_commit: (entry) => told('HOLD_COMMITTED', entry, { ...holdOf(entry), spent: spentBy(entry) }),
  hold_void: (entry) => told('HOLD_VOIDED', entry, holdOf(entry)),
  hold_expiry: (entry) => told('HOLD_EXPIRED', entry, holdOf(entry)),
};

function told(type: Event['type'], { n }: Entry, data: Event['data']): Told {
  const id = transactionId(n);
  return { type, subject: { type: 'transaction', id }, data: { transactionId: id, ...data } };
}

/** The account from which the entry takes, and the one to which it gives; of a hold, the one on which it stays. */
export const payer = ({ postings }: Entry): AccountKey => accountIn(postings, ({ delta }) => delta < 0);
const receiver = ({ postings }: Entry): AccountKey => accountIn(postings, ({ delta }) => delta > 0);

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

const spentBy = (entry: Entry): number => Math.abs(netOf(entry, payer(entry)));
