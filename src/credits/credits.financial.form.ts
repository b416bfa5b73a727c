import { ApiProperty, type ApiQueryOptions } from '@nestjs/swagger';
import { sortFields } from './credit-history.service.js';
import { longestDescription } from './credits.dto.js';

const credits = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } as const;
const date = { type: 'string', format: 'date' } as const;
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
  /** First day, in UTC. @example "2026-01-01" */
  @ApiProperty(date) start_date?: string;
  /** Last day, in UTC. @example "2026-01-31" */
  @ApiProperty(date) end_date?: string;
}
/** Fields that take one of a few words; the scanner of classes loses the words. */
export const financialChoices: readonly ApiQueryOptions[] = [
  { name: 'transaction_type', required: false, schema: { type: 'string', enum: ['credit', 'debit'] } },
  { name: 'sort_by', required: false, schema: { type: 'string', enum: [...sortFields], default: 'created_at' } },
  { name: 'sort_order', required: false, schema: { type: 'string', enum: ['asc', 'desc'], default: 'desc' } },
];
