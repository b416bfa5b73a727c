import type { ObjectIdHex } from '../../src/kernel/ids.js';
import type { OperationKind, OperationPhase, PaymentFlow } from '../../src/payments/payment-flow.js';
import type { PaymentState } from '../../src/payments/payment-states.js';
import type { Payment } from '../../src/payments/payment.js';
import type { DeclineCategory } from '../../src/providers/decline.js';
import type { ProviderPayment } from '../../src/providers/payment-provider.js';
import type { FlowPayment } from '../../src/routing/flow-payment.js';
import { confirmed } from '../../src/routing/lifecycle.js';

export const at = new Date('2026-01-03T10:00:00.000Z');
export const later = { at: new Date(at.getTime() + 1_500) };
export const account = (name: string) => ({ account: name, accountId: `prv_${name}`, provider: 'Stripe' as const });
export const plain: Payment = {
  id: '65f1a7c4b2e8f4a91c0d2211' as ObjectIdHex,
  tenantId: 'ten_a',
  ownerId: 'usr_a',
  createdBy: 'ann@acme.test',
  merchant: 'Spotify',
  paymentType: 'subscription',
  amountMinor: 100,
  currency: 'EUR',
  region: 'UK',
  state: 'created',
  customer: { name: '', email: '', country: '' },
  attempts: [],
  decisions: [],
  initiatedAt: at,
  createdAt: at,
  updatedAt: at,
  rev: 1,
};
export const method = { type: 'card', cardBrand: null, tokens: { one: 't1', two: 't2' } };

/** On its way to the first of these accounts. */
export function sent(order: readonly string[] = ['one', 'two']): FlowPayment {
  return confirmed(plain, { confirmation: { method, capture: 'later' }, order: order.map(account), route: {} }, { at });
}
/** Where a payment may be, with what is under way there. */
export function standing(
  state: PaymentState,
  kind?: OperationKind,
  phase: OperationPhase = 'sent',
  from: PaymentState = 'authorized',
): FlowPayment {
  const { flow, ...rest } = sent();
  const amountMinor = { authorize: 100, capture: 60, void: 0 }[kind ?? 'void'];
  const operation = kind ? { kind, key: 'the-key', amountMinor, phase, from: kind === 'authorize' ? 'created' : from, since: at } : null;
  const isHeld = kind !== 'authorize' && from !== 'requires_action';
  const capturedMinor = ['captured', 'partially_refunded', 'refunded'].includes(state) ? 60 : 0;
  const past: Partial<PaymentFlow> = kind === 'authorize' ? {} : { ahead: [], method: { ...method, tokens: {} } };
  return { ...rest, state, flow: { ...flow, ...past, operation, authorizedMinor: isHeld ? 100 : 0, capturedMinor } };
}

/** What a provider's books say of a payment of 100. */
export function books(state: ProviderPayment['state'], given: Partial<ProviderPayment> = {}): ProviderPayment {
  const authorizedMinor = state === 'authorized' || state === 'captured' ? 100 : 0;
  const nothing = { refundedMinor: 0, refunds: [], capturedMinor: 0 };
  return { providerId: 'pi_1', reference: `pay_${plain.id}-1`, state, currency: 'EUR', authorizedMinor, ...nothing, ...given };
}
export const declined = (category: DeclineCategory) => ({ category, code: 'c', message: 'm' });
