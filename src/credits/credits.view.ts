import { type Account, type AccountKey, assetOf, type EntryKind, isAsset, isSystem, ownerOf } from '../ledger/ledger.js';
import { holdId, type SeenEntry, transactionId } from './credit-transaction.js';

/** `acc_` and whose it is; the asset where it is not credits. */
export const accountId = (account: AccountKey): string =>
  `acc_${ownerOf(account)}${assetOf(account) === 'CREDIT' ? '' : `.${assetOf(account)}`}`;

/** The user and the asset that an account id stands for. */
export function readAccountId(id: string): { readonly userId: string; readonly asset: string } | undefined {
  const [owner = '', asset = 'CREDIT', ...rest] = id.startsWith('acc_') ? id.slice(4).split('.') : [];
  return owner !== '' && !owner.startsWith('@') && isAsset(asset) && rest.length === 0 ? { userId: owner, asset } : undefined;
}

export class AccountView {
  /** @example "acc_usr_0190a1b2-0000-7000-8000-000000000000" */
  id: string;
  /** @example "usr_0190a1b2-0000-7000-8000-000000000000" */
  userId: string;
  /** @example "CREDIT" */
  asset: string;
  /** What can be spent. @example 500 */
  balance: number;
  /** Set aside, and not in the balance. @example 0 */
  held: number;
  /** All that ever came in. @example 600 */
  totalAdded: number;
  /** All that ever went out but what reversals took back. @example 100 */
  totalSpent: number;
  /** Open holds. */
  holds: OpenHoldView[];
  /** @example "2026-01-03T10:00:00.000Z" */
  updatedAt: string | null;

  static of({ account, available, held, totals, holds, lastAt }: Account): AccountView {
    return {
      id: accountId(account),
      userId: ownerOf(account),
      asset: assetOf(account),
      balance: available,
      held,
      totalAdded: totals.credited,
      totalSpent: totals.spent,
      holds: holds.map(({ n, amount, expiresAt }) => ({ id: holdId(n), amount, expiresAt: expiresAt.toISOString() })),
      updatedAt: lastAt?.toISOString() ?? null,
    };
  }
}
export class OpenHoldView {
  /** @example "hld_9" */
  id: string;
  /** @example 40 */
  amount: number;
  /** @example "2030-01-31T12:00:00.000Z" */
  expiresAt: string;
}
export class PostingView {
  /** Null for a book of the tenant itself. @example "acc_usr_0190a1b2-0000-7000-8000-000000000000" */
  accountId: string | null;
  /** `issuance`, `revenue` or `store` for a book of the tenant itself. @example null */
  book: string | null;
  /** @example "available" */
  bucket: 'available' | 'held';
  /** @example -100 */
  delta: number;
  /** Of the bucket; null where the caller may not see the account. @example 400 */
  balanceAfter: number | null;
}
export class TransactionView {
  /** @example "tx_7" */
  id: string;
  /** Counts the tenant's transactions without a gap. @example 7 */
  number: number;
  /** @example "transfer" */
  kind: EntryKind;
  /** @example "CREDIT" */
  asset: string;
  /** @example "Report generated" */
  description: string;
  postings: PostingView[];
  /** What is reversed, or the hold that is closed. @example null */
  refersTo: string | null;
  /** @example "2026-01-03T10:00:00.000Z" */
  at: string;

  static of(seen: SeenEntry): TransactionView {
    return fieldsOf(seen);
  }
}
export class HoldView extends TransactionView {
  /** @example "hld_9" */
  holdId: string;
  /** @example "2030-01-31T12:00:00.000Z" */
  expiresAt: string;

  static override of(seen: SeenEntry): HoldView {
    const { n, expiresAt } = seen.entry;
    return { ...fieldsOf(seen), holdId: holdId(n), expiresAt: expiresAt?.toISOString() ?? '' };
  }
}

function fieldsOf({ entry, only }: SeenEntry) {
  const { n, kind, memo, postings, refersTo, at } = entry;
  const [first] = postings;
  return {
    id: transactionId(n),
    number: n,
    kind,
    asset: first ? assetOf(first.account) : '',
    description: memo,
    postings: postings.map(({ account, bucket, delta, balanceAfter }) => ({
      accountId: isSystem(account) ? null : accountId(account),
      book: isSystem(account) ? ownerOf(account).slice(1) : null,
      bucket,
      delta,
      balanceAfter: only === undefined || ownerOf(account) === only ? balanceAfter : null,
    })),
    refersTo: refersTo === undefined || kind === 'hold' ? null : kind === 'reversal' ? transactionId(refersTo) : holdId(refersTo),
    at: at.toISOString(),
  };
}
