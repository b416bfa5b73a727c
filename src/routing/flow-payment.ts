import type { Payment } from '../payments/payment.js';
import type { PaymentFlow } from '../payments/payment-flow.js';

/** A payment that goes through providers. */
export type FlowPayment = Payment & { readonly flow: PaymentFlow };
export const isFlow = (payment: Payment | null): payment is FlowPayment => payment?.flow !== undefined;

/** Whether an authorization waits for the customer, and nothing else is under way. */
export const awaitsCustomer = ({ state, flow: { operation } }: FlowPayment): boolean =>
  state === 'requires_action' && operation?.kind === 'authorize' && operation.phase === 'accepted';

/** Whether the customer has done what was wanted of them: the provider goes on when it is asked again. */
export const isActedOn = ({ state, flow: { actionUrl, operation } }: FlowPayment): boolean =>
  state === 'requires_action' && (actionUrl === undefined || operation?.returned !== undefined);

/** When, and at whose request. What happens to a payment is decided by pure functions, again where somebody was faster. */
export interface Moment {
  readonly at: Date;
  /** The idempotency record of the request. */
  readonly requestId?: string | undefined;
}

/** Ours at the provider, of the payment's attempt of this number; of the latest where there is none. */
export const referenceOf = ({ id, flow }: FlowPayment, attempt = flow.tries.length): string => `pay_${id}-${attempt}`;

const spelled = /^pay_([0-9a-f]{24})-(\d{1,3})$/;
/** What a reference is about; null for one that is not ours. */
export function readReference(reference: string): { readonly paymentId: string; readonly attempt: number } | null {
  const [, paymentId, attempt] = spelled.exec(reference) ?? [];
  return paymentId === undefined ? null : { paymentId, attempt: Number(attempt) };
}
