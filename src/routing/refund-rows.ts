import { type PaymentRefund, refundedMinor, type RefundState, refundStates } from '../payments/payment-flow.js';
import { stateAfter } from '../payments/payment-states.js';
import type { ProviderRefund } from '../providers/payment-provider.js';
import type { FlowPayment } from './flow-payment.js';

/** With what the provider's books say of refunds: a state only ever goes on. */
export function withRefunds(payment: FlowPayment, listed: readonly ProviderRefund[]): FlowPayment {
  return payment.flow.refunds.reduce((seen, refund) => {
    const found = rowOf(refund, listed);
    if (!found) return seen;
    if (found.amountMinor !== refund.amountMinor) return withRow(seen, { ...refund, providerId: found.providerId });
    const state = later(refund.state, found.state);
    const told =
      state === 'failed' && refund.state !== 'failed' ? { code: 'refused', message: 'The refund has failed at the provider' } : {};
    return withRow(seen, { ...refund, state, providerId: found.providerId, ...told });
  }, payment);
}

/** Whether the books hold another amount for a refund than was asked for. */
export const isOff = (payment: FlowPayment, listed: readonly ProviderRefund[]): boolean =>
  payment.flow.refunds.some((refund) => (rowOf(refund, listed)?.amountMinor ?? refund.amountMinor) !== refund.amountMinor);

const rowOf = (refund: PaymentRefund, listed: readonly ProviderRefund[]): ProviderRefund | undefined =>
  listed.find(({ reference, providerId }) => reference === refund.id || providerId === refund.providerId);

/** What its refunds make of a captured payment. */
export function counted(payment: FlowPayment): FlowPayment {
  const given = refundedMinor(payment.flow);
  const event = given === 0 ? 'unrefunded' : given < payment.flow.capturedMinor ? 'partly_refunded' : 'wholly_refunded';
  return { ...payment, state: stateAfter(payment.state, event) ?? payment.state };
}

const rank = (state: RefundState): number => refundStates.indexOf(state);
const later = (one: RefundState, other: RefundState): RefundState => (rank(other) > rank(one) ? other : one);

export function withRow(payment: FlowPayment, refund: PaymentRefund): FlowPayment {
  const refunds = payment.flow.refunds.map((row) => (row.id === refund.id ? refund : row));
  return { ...payment, flow: { ...payment.flow, refunds } };
}
