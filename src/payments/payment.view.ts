import { ApiProperty } from '@nestjs/swagger';
import { type Payment, type PaymentStatus, statusOf } from './payment.js';
import { type PaymentFlow, refundedMinor, refundOf, type RefundOfPayment, type RefundState } from './payment-flow.js';
import { publicId } from './payment-record.js';
import type { PaymentState } from './payment-states.js';

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
  /** Why it failed. @example "insufficient_funds" */
  code?: string;
  /** The provider account, where the attempt was made here. @example "stripe" */
  account?: string;
  /** The provider's own code. @example "card_declined" */
  providerCode?: string;
  /** @example "2026-01-03T10:00:00.000Z" */
  at?: string;
}
export class OperationView {
  /** `authorize`, `capture` or `void`. @example "capture" */
  kind: string;
  /** `sent`: nothing heard yet; `in_doubt`: nobody can say, and it is being found out; `accepted`: the provider will tell. @example "sent" */
  phase: string;
  /** @example 1299 */
  amountMinor: number;
  /** @example "2026-01-03T10:00:00.000Z" */
  since: string;
}
export class LastOperationView {
  /** @example "authorize" */
  kind: string;
  /** `applied`, `none`, `unknown` or `pending`. @example "applied" */
  outcome: string;
  /** Why nothing was done. @example "do_not_honour" */
  code?: string;
  /** The provider's words. @example "Your card was declined." */
  message?: string;
  /** @example "2026-01-03T10:00:00.000Z" */
  at: string;
}
export class RefundView {
  /** @example "ref_0190a1b2-0000-7000-8000-000000000000" */
  id: string;
  /** @example "pay_65f1a7c4b2e8f4a91c0d2211" */
  paymentId: string;
  /** Minor units of the currency. @example 500 */
  amountMinor: number;
  /** ISO 4217. @example "GBP" */
  currency: string;
  /** @example "Damaged on arrival" */
  reason: string;
  /** `sent`, `in_doubt`, `pending`, `succeeded` or `failed`. @example "succeeded" */
  state: RefundState;
  /** Why it failed. @example "refused" */
  code?: string;
  message?: string;
  /** @example "usr_0190a1b2-0000-7000-8000-000000000000" */
  by: string;
  /** @example "2026-01-03T10:00:00.000Z" */
  at: string;

  static of({ id, paymentId, amountMinor, currency, reason, state, code, message, by, at }: RefundOfPayment): RefundView {
    const told = { ...(code !== undefined && { code }), ...(message !== undefined && { message }) };
    return { id, paymentId: publicId({ id: paymentId }), amountMinor, currency, reason, state, ...told, by, at: at.toISOString() };
  }
}
/** How a payment goes through providers. */
export class ProcessingView {
  /** The account that was tried last. @example "stripe" */
  account: string | null;
  /** What the provider calls the payment. @example "pi_3PqY0c2eZvKYlo2C1x2y3z4A" */
  providerId: string | null;
  /** @example "now" */
  capture: 'now' | 'later';
  /** @example 1299 */
  authorizedMinor: number;
  /** @example 1299 */
  capturedMinor: number;
  /** @example 0 */
  refundedMinor: number;
  /** What is under way. */
  @ApiProperty({ type: () => OperationView, nullable: true }) operation: OperationView | null;
  /** How the last operation ended. */
  @ApiProperty({ type: () => LastOperationView, nullable: true }) last: LastOperationView | null;
  refunds: RefundView[];
  /** Where the customer has to go. @example "https://provider.example.com/challenge/1" */
  actionUrl: string | null;
  /** Why a person has to look at it. @example null */
  review: string | null;

  static of(payment: Payment, flow: PaymentFlow): ProcessingView {
    const { tries, capture, authorizedMinor, capturedMinor, operation, last, refunds, actionUrl = null, review } = flow;
    const latest = tries.at(-1);
    return {
      account: latest?.account ?? null,
      providerId: latest?.providerId ?? null,
      capture,
      authorizedMinor,
      capturedMinor,
      refundedMinor: refundedMinor(flow),
      operation: operation && {
        kind: operation.kind,
        phase: operation.phase,
        amountMinor: operation.amountMinor,
        since: operation.since.toISOString(),
      },
      last: last && { ...last, at: last.at.toISOString() },
      refunds: refunds.map((refund) => RefundView.of(refundOf(payment, refund))),
      actionUrl,
      review: review?.reason ?? null,
    };
  }
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
  /** Absent where it was only recorded. */
  processing?: ProcessingView;

  static of({ tenantId: _tenant, charge, flow, ...payment }: Payment): PaymentView {
    return {
      ...payment,
      ...(charge && { gatewayId: charge.id }),
      ...(flow && { processing: ProcessingView.of({ ...payment, tenantId: _tenant }, flow) }),
      id: publicId(payment),
      status: statusOf[payment.state],
      attempts: payment.attempts.map(({ at, ...attempt }) => ({ ...attempt, ...(at && { at: at.toISOString() }) })),
      decisions: payment.decisions.map((decision) => ({ ...decision, at: decision.at.toISOString() })),
      initiatedAt: payment.initiatedAt.toISOString(),
      createdAt: payment.createdAt.toISOString(),
      updatedAt: payment.updatedAt.toISOString(),
    };
  }
}
