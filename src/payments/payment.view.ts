import { type Payment, type PaymentState, type PaymentStatus, statusOf } from './payment.js';
import { publicId } from './payment-record.js';

export class CustomerView {
  /** @example "Ava Reed" */
  name: string;
  /** @example "ava.reed@example.com" */
  email: string;
  /** @example "UK" */
  country: string;
}
export class AttemptView {
  /** @example "Stripe" */
  provider: string;
  /** @example "success" */
  result: 'success' | 'failure';
  /** Milliseconds. @example 142 */
  latencyMs: number;
}
export class ManualDecisionView {
  /** @example "pending" */
  from: string;
  /** @example "success" */
  to: string;
  /** The user who decided. */
  by: string;
  reason: string;
  /** @example "2026-01-03T10:00:00.000Z" */
  at: string;
}
export class PaymentView {
  /** @example "pay_65f1a7c4b2e8f4a91c0d2211" */
  id: string;
  /** @example "Spotify" */
  merchant: string;
  /** @example "subscription" */
  paymentType: string;
  /** Minor units of the currency. @example 1299 */
  amountMinor: number;
  /** ISO 4217. @example "GBP" */
  currency: string;
  /** @example "UK" */
  region: string;
  /** @example "success" */
  status: PaymentStatus;
  /** @example "captured" */
  state: PaymentState;
  customer: CustomerView;
  attempts: AttemptView[];
  /** Statuses that people set. */
  decisions: ManualDecisionView[];
  /** @example "usr_0190a1b2-0000-7000-8000-000000000000" */
  ownerId: string;
  /** @example "arjun@payments.com" */
  createdBy: string;
  /** @example "2026-01-03T10:00:00.000Z" */
  initiatedAt: string;
  /** @example "2026-01-03T10:00:00.000Z" */
  createdAt: string;
  /** @example "2026-01-03T10:00:00.000Z" */
  updatedAt: string;
  /** Counts the changes. @example 1 */
  rev: number;
  /** What the gateway calls it, where it was charged there. @example "txn_0190a1b2c3d4" */
  gatewayId?: string;

  static of({ tenantId: _tenant, charge, ...payment }: Payment): PaymentView {
    return {
      ...payment,
      ...(charge && { gatewayId: charge.id }),
      id: publicId(payment),
      status: statusOf[payment.state],
      attempts: [...payment.attempts],
      decisions: payment.decisions.map((decision) => ({ ...decision, at: decision.at.toISOString() })),
      initiatedAt: payment.initiatedAt.toISOString(),
      createdAt: payment.createdAt.toISOString(),
      updatedAt: payment.updatedAt.toISOString(),
    };
  }
}
