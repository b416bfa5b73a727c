import { ApiProperty } from '@nestjs/swagger';
import type { PaymentStatus } from './payment.js';
import { limits } from './payment.js';
import { RoutingAttemptView, RoutingCustomerView } from './payments.routing.view.js';

const minor = { type: 'integer', minimum: 1, maximum: limits.amountMinor } as const;
const name = { minLength: 1, maxLength: limits.name };
const attempts = { maxItems: limits.attemptsARequest };

/** What the routing surface documents of its requests; its own readers read them, in the published order and words. */
export class RoutingPaymentForm {
  /** @example "Spotify" */
  @ApiProperty(name) merchant: string;
  /** @example "subscription" */
  @ApiProperty(name) payment_type: string;
  /** Minor units of the currency. @example 1299 */
  @ApiProperty(minor) amount_minor: number;
  /** @example "GBP" */
  currency: 'GBP' | 'USD' | 'EUR';
  /** @example "UK" */
  @ApiProperty(name) region: string;
  /** An object, or JSON text of one; `customer_name`, `customer_email` and `customer_country` stand in for it. */
  customer_details?: RoutingCustomerView;
  /** An array, or JSON text of one. */
  @ApiProperty(attempts) provider_attempts?: RoutingAttemptView[];
}
export class RoutingPaymentChangeForm {
  /** @example "Spotify" */
  @ApiProperty(name) merchant?: string;
  /** @example "subscription" */
  @ApiProperty(name) payment_type?: string;
  /** Minor units of the currency. @example 1299 */
  @ApiProperty(minor) amount_minor?: number;
  /** @example "GBP" */
  currency?: 'GBP' | 'USD' | 'EUR';
  /** @example "UK" */
  @ApiProperty(name) region?: string;
  /** A day, or a moment; UTC where no zone is named. @example "2026-01-03T10:00:00" */
  initiated_at?: string;
  /** An object, or JSON text of one. */
  customer_details?: RoutingCustomerView;
  /** @example "success" */
  status?: PaymentStatus;
  /** Why the status is set by hand. @example "Settled by bank transfer" */
  @ApiProperty({ maxLength: limits.reason }) reason?: string;
  /** Added to the history. An array, or JSON text of one. */
  @ApiProperty(attempts) provider_attempts?: RoutingAttemptView[];
}
export class RoutingPaymentsQuery {
  @ApiProperty({ type: 'integer', minimum: 1 }) page?: number = 1;
  /** Payments a page holds; out of bounds is brought back into them. */
  @ApiProperty({ type: 'integer', minimum: 1, maximum: 100 }) limit?: number = 5;
  /** Any other status is no filter. @example "success" */
  status?: PaymentStatus;
  /** First moment, or first day in UTC. @example "2026-01-01" */
  from?: string;
  /** Last moment, or last day in UTC. @example "2026-01-31" */
  to?: string;
}
