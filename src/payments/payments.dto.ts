import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsISO8601,
  IsNotEmpty,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { IfGiven } from '../kernel/http/if-given.decorator.js';
import { CURRENCIES } from '../kernel/money/currencies.js';
import { ConfirmationBody } from './confirmation.js';
import { type PaymentStatus, statuses } from './payment.js';
import { type Provider, providers } from './provider.js';

export class CustomerDto {
  /** @example "Ava Reed" */
  @IfGiven() @IsString() @MaxLength(200) name?: string;
  /** @example "ava.reed@example.com" */
  @IfGiven() @IsString() @MaxLength(254) email?: string;
  /** @example "UK" */
  @IfGiven() @IsString() @MaxLength(200) country?: string;
}
export class AttemptDto {
  /** @example "Stripe" */
  @IsIn(providers) provider: Provider;
  /** @example "success" */
  @IsIn(['success', 'failure']) result: 'success' | 'failure';
  /** Milliseconds. @example 142 */
  @IsInt() @Min(0) @Max(86_400_000) latencyMs: number;
}
export class CreatePaymentDto {
  /** @example "Spotify" */
  @IsString() @IsNotEmpty() @MaxLength(200) merchant: string;
  /** @example "subscription" */
  @IsString() @IsNotEmpty() @MaxLength(200) paymentType: string;
  /** Minor units of the currency. @example 1299 */
  @IsInt() @Min(1) @Max(999_999_999_999) amountMinor: number;
  /** ISO 4217. @example "GBP" */
  @IsIn(CURRENCIES) currency: string;
  /** @example "UK" */
  @IsString() @IsNotEmpty() @MaxLength(200) region: string;
  @IfGiven() @ValidateNested() @Type(() => CustomerDto) customer?: CustomerDto;
  @IfGiven() @IsArray() @ArrayMaxSize(20) @ValidateNested({ each: true }) @Type(() => AttemptDto) attempts?: AttemptDto[];
  /** Whether it is sent to a provider at once; it then takes a `confirmation` and an idempotency key. @example false */
  @IsBoolean() confirm: boolean = false;
  @IfGiven() @ValidateNested() @Type(() => ConfirmationBody) confirmation?: ConfirmationBody;
}
export class UpdatePaymentDto {
  /** @example "Spotify" */
  @IfGiven() @IsString() @IsNotEmpty() @MaxLength(200) merchant?: string;
  /** @example "subscription" */
  @IfGiven() @IsString() @IsNotEmpty() @MaxLength(200) paymentType?: string;
  /** Minor units of the currency. @example 1299 */
  @IfGiven() @IsInt() @Min(1) @Max(999_999_999_999) amountMinor?: number;
  /** ISO 4217. @example "GBP" */
  @IfGiven() @IsIn(CURRENCIES) currency?: string;
  /** @example "UK" */
  @IfGiven() @IsString() @IsNotEmpty() @MaxLength(200) region?: string;
  /** @example "2026-01-03T10:00:00Z" */
  @IfGiven() @IsISO8601({ strict: true }) @MaxLength(40) initiatedAt?: string;
  @IfGiven() @ValidateNested() @Type(() => CustomerDto) customer?: CustomerDto;
  /** @example "success" */
  @IfGiven() @IsIn(statuses) status?: PaymentStatus;
  /** Why the status is set by hand. @example "Settled by bank transfer" */
  @IfGiven() @IsString() @MaxLength(500) reason?: string;
  /** Added to the history. */
  @IfGiven() @IsArray() @ArrayMaxSize(20) @ValidateNested({ each: true }) @Type(() => AttemptDto) attempts?: AttemptDto[];
}
export class PaymentsQuery {
  /** Payments a page holds. */
  @IsInt() @Min(1) @Max(100) @Type(() => Number) limit: number = 25;
  /** `nextCursor` of the page before. */
  @IfGiven() @IsString() @MaxLength(500) cursor?: string;
  /** Only those that wait for a person. @example "true" */
  @IfGiven() @IsIn(['true']) review?: 'true';
  /** @example "success" */
  @IfGiven() @IsIn(statuses) status?: PaymentStatus;
  /** First moment, or first day in UTC. @example "2026-01-01" */
  @IfGiven() @IsISO8601({ strict: true }) @MaxLength(40) from?: string;
  /** Last moment, or last day in UTC. @example "2026-01-31" */
  @IfGiven() @IsISO8601({ strict: true }) @MaxLength(40) to?: string;
}
