import { ApiProperty } from '@nestjs/swagger';
import { longestDescription } from './credits.dto.js';

const credits = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } as const;
const paging = { type: 'integer', minimum: 0 } as const;

/** What the financial surface documents of its requests; its own readers read them. */
export class FinancialSpendForm {
  /** @example 100 */
  @ApiProperty(credits) amount: number;
  /** @example "Report generated" */
  @ApiProperty({ maxLength: longestDescription }) description: string;
}
export class FinancialAddForm extends FinancialSpendForm {
  /** Refused until credits can expire. */
  expires_at?: string;
}
export class FinancialPageQuery {
  @ApiProperty({ type: 'integer', minimum: 1, maximum: 1_000 }) limit?: number = 100;
  /** Transactions to skip. */
  @ApiProperty(paging) offset?: number = 0;
}
export class FinancialBalanceQuery {
  /** Somebody else's, for those who may see the tenant's. @example "1001" */
  user_id?: string;
}
export class FinancialTransactionsQuery extends FinancialPageQuery {
  /** The user's number, or its id. @example "1001" */
  user_id?: string;
  /** @example "credit" */
  transaction_type?: 'credit' | 'debit';
  /** First day, in UTC. @example "2026-01-01" */
  start_date?: string;
  /** Last day, in UTC. @example "2026-01-31" */
  end_date?: string;
  sort_by?: 'created_at' | 'amount' | 'user_email' = 'created_at';
  sort_order?: 'asc' | 'desc' = 'desc';
}
