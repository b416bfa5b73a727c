import { Transform, Type } from 'class-transformer';
import { IsIn, IsInt, IsISO8601, IsNotEmpty, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { IfGiven } from '../kernel/http/if-given.decorator.js';
import { type GrantSource, grantSources } from './credit-transaction.js';

export const longestDescription = 500;
type Given = { readonly value: unknown };
/** A field that is null is one that was left out. */
const absent = ({ value }: Given): unknown => value ?? undefined;
const words = ({ value }: Given): unknown => (typeof value === 'string' ? value.trim() : (value ?? ''));
const assetCode = /^[A-Z][A-Z0-9_]{0,15}$/;
const mostAmount = Number.MAX_SAFE_INTEGER;

class AmountDto {
  /** Smallest units of the asset. @example 100 */
  @Max(mostAmount) @Min(1) @IsInt() amount: number;
  /** @example "Report generated" */
  @IfGiven() @Transform(words) @IsString() @MaxLength(longestDescription) description: string = '';
  /** What is counted; credits where it is not named. @example "CREDIT" */
  @IfGiven() @Transform(absent) @Matches(assetCode, { message: 'asset must be an upper-case code' }) asset?: string;
}
export class GrantDto extends AmountDto {
  /** @example "usr_0190a1b2-0000-7000-8000-000000000000" */
  @IsString() @IsNotEmpty() @MaxLength(100) userId: string;
  /** Where the credits come from. @example "admin" */
  @IfGiven() @Transform(absent) @IsIn(grantSources) source?: GrantSource;
  /** Refused until credits can expire. */
  @IfGiven() @Transform(absent) @IsString() @MaxLength(40) expiresAt?: string;
}
export class SpendDto extends AmountDto {
  /** Whose credits; the caller's where it is not named. @example "usr_0190a1b2-0000-7000-8000-000000000000" */
  @IfGiven() @Transform(absent) @IsString() @IsNotEmpty() @MaxLength(100) userId?: string;
}
export class TransferDto extends SpendDto {
  /** Who receives them. @example "usr_0190a1b2-0000-7000-8000-000000000001" */
  @IsString() @IsNotEmpty() @MaxLength(100) toUserId: string;
}
export class HoldDto extends SpendDto {
  /** Until when the credits are set aside, at most 30 days ahead. @example "2030-01-31T12:00:00Z" */
  @IsISO8601({ strict: true }) @MaxLength(40) expiresAt: string;
}
export class CommitDto {
  /** All that is held where it is not named. @example 40 */
  @IfGiven() @Transform(absent) @Max(mostAmount) @Min(1) @IsInt() amount?: number;
}
export class ReversalDto {
  /** @example "tx_7" */
  @IsString() @MaxLength(20) transactionId: string;
  /** All that is left to reverse where it is not named. @example 40 */
  @IfGiven() @Transform(absent) @Max(mostAmount) @Min(1) @IsInt() amount?: number;
  /** @example "Sent twice" */
  @IfGiven() @Transform(words) @IsString() @MaxLength(longestDescription) description: string = '';
}
export class AccountDto {
  /** @example "usr_0190a1b2-0000-7000-8000-000000000000" */
  @IsString() @IsNotEmpty() @MaxLength(100) userId: string;
  /** @example "CREDIT" */
  @IfGiven() @Transform(absent) @Matches(assetCode, { message: 'asset must be an upper-case code' }) asset?: string;
}
export class AccountsQuery {
  /** Accounts a page holds. */
  @IsInt() @Min(1) @Max(100) @Type(() => Number) limit: number = 25;
  /** `nextCursor` of the page before. */
  @IfGiven() @IsString() @MaxLength(500) cursor?: string;
}
const kinds = ['grant', 'spend', 'transfer', 'purchase', 'hold', 'hold_commit', 'hold_void', 'hold_expiry', 'reversal'] as const;
export class HistoryQuery extends AccountsQuery {
  /** @example "grant" */
  @IfGiven() @IsIn(kinds) kind?: (typeof kinds)[number];
  /** First moment, or first day in UTC. @example "2026-01-01" */
  @IfGiven() @IsISO8601({ strict: true }) @MaxLength(40) from?: string;
  /** Last moment, or last day in UTC. @example "2026-01-31" */
  @IfGiven() @IsISO8601({ strict: true }) @MaxLength(40) to?: string;
  /** Newest first, or oldest first. */
  @IsIn(['desc', 'asc']) order: 'asc' | 'desc' = 'desc';
}
