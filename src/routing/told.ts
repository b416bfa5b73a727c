import type { Decline } from '../providers/decline.js';
import { none } from '../providers/outcomes.js';
import type { ProviderPayment, ProviderResult, ProviderState } from '../providers/payment-provider.js';
import { type FlowPayment, type Moment, referenceOf } from './flow-payment.js';
import { answered, known, reviewed } from './lifecycle.js';

/** A result that came before the answer to what it is about: nobody can say yet which refund it means, or why it was refused. */
export class ToldTooEarly extends Error {}

/** After what a provider tells that cannot be asked: its word is all there is. @throws ToldTooEarly */
export function told(payment: FlowPayment, result: ProviderResult, providerId: string, moment: Moment): FlowPayment {
  if (result.operation === 'refund') return toldOfRefund(payment, result, providerId, moment);
  if (result.isDone) {
    const seen = known(payment, { ...booksOf(payment, providerId), ...done(payment, result) }, moment);
    return isTakenBack(payment, result) ? reviewed(seen, 'capture_failed', moment) : seen;
  }
  const { operation } = payment.flow;
  const kind = result.operation;
  // The answer that is on its way says why, and so whether another one may try.
  if (kind === 'authorize' && operation?.phase === 'sent') throw new ToldTooEarly('Why?');
  if (operation?.kind === kind) return answered(payment, { key: operation.key, outcome: none(failure(kind)) }, moment);
  // Money that was taken for captured is not there.
  const isCaptured = payment.flow.capturedMinor > 0;
  return kind === 'capture' && isCaptured ? reviewed(payment, 'capture_failed', moment) : payment;
}

/** That a capture was done is told after it that it came to nothing. */
const isTakenBack = ({ flow: { operation, last } }: FlowPayment, { operation: kind }: ProviderResult): boolean =>
  kind === 'capture' && !operation && last?.kind === 'capture' && last.outcome === 'none';

const failure = (kind: string): Decline => ({ category: kind === 'authorize' ? 'other' : 'refused', code: `${kind}_failed`, message: '' });

function done({ flow }: FlowPayment, { operation, amountMinor, currency }: ProviderResult): Partial<ProviderPayment> {
  if (operation === 'void') return { state: 'voided' };
  const isCaptured = operation === 'capture' || flow.capture === 'now';
  const state: ProviderState = isCaptured ? 'captured' : 'authorized';
  const authorizedMinor = operation === 'authorize' ? amountMinor : flow.authorizedMinor;
  return { state, currency, authorizedMinor, capturedMinor: isCaptured ? amountMinor : 0 };
}

function toldOfRefund(payment: FlowPayment, { isDone, amountMinor, operationId }: ProviderResult, providerId: string, moment: Moment) {
  const refund = payment.flow.refunds.find((row) => row.providerId === operationId);
  if (!refund) {
    if (payment.flow.refunds.some(({ state }) => state === 'sent' || state === 'in_doubt')) throw new ToldTooEarly('Of which refund?');
    return payment;
  }
  const state = isDone ? ('succeeded' as const) : ('failed' as const);
  const refunds = [{ providerId: operationId, reference: refund.id, amountMinor, state }];
  return known(payment, { ...booksOf(payment, providerId), refunds }, moment);
}

/** As much as is known here of what the provider holds. */
function booksOf(payment: FlowPayment, providerId: string): ProviderPayment {
  const { currency, flow } = payment;
  const { authorizedMinor, capturedMinor } = flow;
  const nothing = { state: 'processing', refundedMinor: 0, refunds: [] } as const;
  return { ...nothing, providerId, reference: referenceOf(payment), currency, authorizedMinor, capturedMinor };
}
