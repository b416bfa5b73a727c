import type { DeclineReader } from '../outcomes.js';
import type { ProviderPayment, ProviderRefund, ProviderState } from '../payment-provider.js';
import { stripeAmounts } from './stripe.amounts.js';
import type { Intent, IntentRefund } from './stripe.wire.js';

/** Under which name Stripe keeps our reference, with a payment and with a refund. */
export const referenceKey = 'payops_reference';

const states: Readonly<Record<Intent['status'], ProviderState>> = {
  requires_payment_method: 'declined',
  requires_confirmation: 'processing',
  requires_action: 'requires_action',
  processing: 'processing',
  requires_capture: 'authorized',
  canceled: 'voided',
  succeeded: 'captured',
};
const refundStates: Readonly<Record<IntentRefund['status'], ProviderRefund['state']>> = {
  pending: 'pending',
  requires_action: 'pending',
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'failed',
};
/** Reasons that Stripe itself gives up an authorization for, because it has run out. */
const expiries = new Set(['expired', 'automatic']);

/** What Stripe's objects say; undefined where that is no amount of a currency. */
export function booksOf(intent: Intent, refunds: readonly IntentRefund[], declines: DeclineReader): ProviderPayment | undefined {
  const currency = intent.currency.toUpperCase();
  const minor = (units: number) => stripeAmounts.minor(units, currency);
  const isReserved = ['requires_capture', 'succeeded'].includes(intent.status);
  const [authorizedMinor, capturedMinor] = [minor(isReserved ? intent.amount : 0), minor(intent.amount_received)];
  const listed = refunds.map((refund) => refundOf(refund, minor(refund.amount)));
  if (authorizedMinor === undefined || capturedMinor === undefined || !listed.every((refund) => refund !== undefined)) return undefined;
  const state = states[intent.status];
  const error = intent.last_payment_error;
  const actionUrl = intent.next_action?.redirect_to_url?.url;
  return {
    providerId: intent.id,
    reference: intent.metadata[referenceKey] ?? '',
    state: state === 'voided' && expiries.has(intent.cancellation_reason ?? '') ? 'expired' : state,
    currency,
    authorizedMinor,
    capturedMinor,
    refundedMinor: listed.reduce((sum, { amountMinor, state }) => sum + (state === 'failed' ? 0 : amountMinor), 0),
    refunds: listed,
    ...(state === 'declined' && {
      decline: declines.read(error?.decline_code ?? error?.code ?? error?.type ?? 'card_declined', error?.message ?? ''),
    }),
    ...(state === 'requires_action' && actionUrl && { actionUrl }),
  };
}

function refundOf(refund: IntentRefund, amountMinor: number | undefined): ProviderRefund | undefined {
  if (amountMinor === undefined) return undefined;
  return { providerId: refund.id, reference: refund.metadata?.[referenceKey] ?? '', amountMinor, state: refundStates[refund.status] };
}
