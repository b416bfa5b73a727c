import type { PaymentRefund } from '../payments/payment-flow.js';
import type { Outcome } from '../providers/payment-provider.js';
import type { FlowPayment, Moment } from './flow-payment.js';
import { known, lifted } from './lifecycle.js';
import { counted, withRow } from './refund-rows.js';

/** The same payment with one more refund, which is about to be sent. */
export function refundBegun(payment: FlowPayment, refund: PaymentRefund): FlowPayment {
  return { ...payment, flow: { ...payment.flow, refunds: [...payment.flow.refunds, refund] } };
}

export interface RefundAnswered {
  readonly id: PaymentRefund['id'];
  readonly outcome: Outcome;
  /** The first time that it was said; else somebody has found it out, or said it again. */
  readonly isFirst?: boolean;
}

/** After an answer to a refund that was sent; of one whose end is known nothing is taken. */
export function refundAnswered(payment: FlowPayment, { id, outcome, isFirst = false }: RefundAnswered, moment: Moment): FlowPayment {
  const refund = payment.flow.refunds.find((row) => row.id === id);
  if (refund?.state !== 'sent' && refund?.state !== 'in_doubt') return payment;
  if (outcome.outcome === 'applied') return doubtIfOpen(known(payment, outcome.payment, moment), id);
  if (outcome.outcome === 'unknown') return doubtIfOpen(payment, id);
  // As with operations.
  if (isFirst && refund.state !== 'sent') return payment;
  const { category: code, message, code: providerCode } = outcome.decline;
  return lifted(counted(withRow(payment, { ...refund, state: 'failed', code, message: message || providerCode })));
}

export interface RefundDecision {
  readonly state: 'succeeded' | 'failed';
  readonly reason: string;
}

/** After a person has found out what nobody else could. */
export function refundDecided(payment: FlowPayment, refund: PaymentRefund, { state, reason }: RefundDecision): FlowPayment {
  const told = state === 'failed' ? { code: 'refused', message: reason } : {};
  return lifted(counted(withRow(payment, { ...refund, state, ...told })));
}

/** Taken by the provider, it says, and yet it is not in the books: that is no answer. */
function doubtIfOpen(payment: FlowPayment, id: PaymentRefund['id']): FlowPayment {
  const refund = payment.flow.refunds.find((row) => row.id === id);
  return refund?.state === 'sent' ? withRow(payment, { ...refund, state: 'in_doubt' }) : payment;
}
