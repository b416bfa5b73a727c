import type { Entry } from '../ledger/ledger.js';
import { accountOf } from '../ledger/ledger.js';
import type { CreditPage, ReadableTransaction } from './credit-history.service.js';
import { type CreditSource, sidesOf, sourceOf, transactionId } from './credit-transaction.js';
import type { CreditAccount } from './credits.service.js';
import type { Member } from '../kernel/actor/members.js';

export class FinancialTransactionView {
  /** @example "tx_123" */
  id: string;
  /** The user's number; 0 where the user was erased. @example 1001 */
  user_id: number;
  /** @example "user@example.com" */
  user_email: string;
  /** @example "credit" */
  type: 'credit' | 'debit';
  /** Credits, always positive. @example 100 */
  amount: number;
  /** @example "Credit purchase" */
  description: string;
  /** What was available afterwards. @example 600 */
  balance_after: number;
  /** @example "2026-01-15T10:30:00.000Z" */
  created_at: string;
  /** @example "admin" */
  source: CreditSource;

  static of({ entry, member, type, amount, balanceAfter }: ReadableTransaction): FinancialTransactionView {
    return {
      id: transactionId(entry.n),
      user_id: member?.number ?? 0,
      user_email: member?.email ?? '',
      type,
      amount,
      description: entry.memo,
      balance_after: balanceAfter,
      created_at: entry.at.toISOString(),
      source: sourceOf(entry),
    };
  }
}
export class FinancialTransactionsView {
  transactions: FinancialTransactionView[];
  /** Transactions that match, on all pages. @example 1 */
  total: number;
  /** @example 100 */
  limit: number;
  /** @example 0 */
  offset: number;

  static of({ transactions, total, limit, offset }: CreditPage): FinancialTransactionsView {
    return { transactions: transactions.map((transaction) => FinancialTransactionView.of(transaction)), total, limit, offset };
  }
}
export class FinancialBalanceView {
  /** @example 1001 */
  user_id: number;
  /** What can be spent. @example 500 */
  balance: number;
  /** Set aside, and not in the balance. @example 0 */
  held: number;
  /** When the balance last changed; null where it never has. @example "2026-01-15T10:30:00.000Z" */
  updated_at: string | null;

  static of({ member, account }: CreditAccount): FinancialBalanceView {
    const { available, held, lastAt } = account;
    return { user_id: member.number, balance: available, held, updated_at: lastAt?.toISOString() ?? null };
  }
}

export type AccountWithHistory = CreditAccount & { readonly page: CreditPage };
export class FinancialAccountView {
  /** @example 1001 */
  user_id: number;
  /** @example 500 */
  balance: number;
  /** @example 0 */
  held: number;
  transactions: FinancialTransactionView[];
  /** @example 1 */
  total: number;

  static of({ member, account, page }: AccountWithHistory): FinancialAccountView {
    const { transactions, total } = FinancialTransactionsView.of(page);
    return { user_id: member.number, balance: account.available, held: account.held, transactions, total };
  }
}
export class FinancialUserTransactionsView {
  /** @example 1001 */
  user_id: number;
  transactions: FinancialTransactionView[];
  /** @example 1 */
  total: number;
  /** @example 100 */
  limit: number;
  /** @example 0 */
  offset: number;

  static of({ member, page }: AccountWithHistory): FinancialUserTransactionsView {
    const { transactions, total, limit, offset } = FinancialTransactionsView.of(page);
    return { user_id: member.number, transactions, total, limit, offset };
  }
}
export class FinancialUserCreditsView {
  /** @example 1001 */
  user_id: number;
  /** @example "user@example.com" */
  user_email: string;
  /** @example 500 */
  balance: number;
  /** @example 0 */
  held: number;
  /** All credits ever. @example 600 */
  total_added: number;
  /** All debits ever but what reversals took back. @example 100 */
  total_spent: number;
  /** @example "2026-01-15T10:30:00.000Z" */
  last_transaction_at: string | null;
  /** The newest ten. */
  recent_transactions: FinancialTransactionView[];

  static of({ member, account, page }: AccountWithHistory): FinancialUserCreditsView {
    return {
      user_id: member.number,
      user_email: member.email ?? '',
      balance: account.available,
      held: account.held,
      total_added: account.totals.credited,
      total_spent: account.totals.spent,
      last_transaction_at: page.transactions[0]?.entry.at.toISOString() ?? null,
      recent_transactions: page.transactions.map((transaction) => FinancialTransactionView.of(transaction)),
    };
  }
}

export interface PostedMovement {
  readonly member: Member;
  readonly entry: Entry;
}
export class FinancialMovementView {
  /** @example "tx_123" */
  transaction_id: string;
  /** @example 1001 */
  user_id: number;
  /** @example 100 */
  amount: number;
  /** What was available afterwards. @example 600 */
  balance: number;

  static of({ member, entry }: PostedMovement): FinancialMovementView {
    const [side] = sidesOf(entry, accountOf(member.userId));
    return { transaction_id: transactionId(entry.n), user_id: member.number, amount: side?.amount ?? 0, balance: side?.balanceAfter ?? 0 };
  }
}
