import { IsIn, IsISO8601, Matches, MaxLength } from 'class-validator';
import { IfGiven } from '../kernel/http/if-given.decorator.js';
import { type PaymentStatus, statuses } from '../payments/payment.js';

export class RangeQuery {
  /** First moment, or first day in UTC. @example "2026-01-01" */
  @IfGiven() @IsISO8601({ strict: true }) @MaxLength(40) from?: string;
  /** Last moment, or last day in UTC. @example "2026-01-31" */
  @IfGiven() @IsISO8601({ strict: true }) @MaxLength(40) to?: string;
}
export class AnalyticsQuery extends RangeQuery {
  /** @example "success" */
  @IfGiven() @IsIn(statuses) status?: PaymentStatus;
}
export class DailyQuery {
  /** First day, in the tenant's time zone; 30 days before `to` where it is missing. @example "2026-01-01" */
  @IfGiven() @Matches(/^\d{4}-\d{2}-\d{2}$/) @IsISO8601({ strict: true }) from?: string;
  /** Last day, in the tenant's time zone; today where it is missing. @example "2026-01-31" */
  @IfGiven() @Matches(/^\d{4}-\d{2}-\d{2}$/) @IsISO8601({ strict: true }) to?: string;
}
