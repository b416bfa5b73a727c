import { type Payment, statusOf } from './payment.js';
import type { NumberedPage } from './payments.service.js';

export class RoutingCustomerView {
  /** @example "Ava Reed" */
  name: string;
  /** @example "ava.reed@example.com" */
  email: string;
  /** @example "UK" */
  country: string;
}
export class RoutingAttemptView {
  /** @example "Stripe" */
  provider: 'Stripe' | 'PayPal' | 'Adyen';
  /** @example "success" */
  result: 'success' | 'failure';
  /** Milliseconds until the provider answered. @example 142 */
  latency_ms: number;
}
export class RoutingPaymentView {
  /** @example "65f1a7c4b2e8f4a91c0d2211" */
  _id: string;
  /** @example "Spotify" */
  merchant: string;
  /** @example "subscription" */
  payment_type: string;
  /** Minor units of the currency. @example 1299 */
  amount_minor: number;
  /** @example "GBP" */
  currency: string;
  /** @example "UK" */
  region: string;
  /** @example "success" */
  status: 'success' | 'pending' | 'failed';
  /** @example "arjun@payments.com" */
  created_by: string;
  /** UTC without a zone; three fraction digits unless zero. @example "2026-01-03T10:00:00" */
  initiated_at: string;
  customer_details: RoutingCustomerView;
  provider_attempts: RoutingAttemptView[];

  static of(payment: Payment): RoutingPaymentView {
    const { id, merchant, paymentType, amountMinor, currency, region, state, createdBy, initiatedAt, customer, attempts } = payment;
    return {
      _id: id,
      merchant,
      payment_type: paymentType,
      amount_minor: amountMinor,
      currency,
      region,
      status: statusOf[state],
      created_by: createdBy,
      initiated_at: naive(initiatedAt),
      customer_details: { name: customer.name, email: customer.email, country: customer.country },
      provider_attempts: attempts.map(({ provider, result, latencyMs }) => ({ provider, result, latency_ms: latencyMs })),
    };
  }
}
export class RoutingPageView {
  payments: RoutingPaymentView[];
  /** @example 1 */
  page: number;
  /** @example 5 */
  limit: number;
  /** Payments that match, on all pages. @example 1 */
  total: number;

  static of({ payments, page, limit, total }: NumberedPage): RoutingPageView {
    return { payments: payments.map((payment) => RoutingPaymentView.of(payment)), page, limit, total };
  }
}

const naive = (at: Date): string => at.toISOString().replace(/(\.000)?Z$/, '');
