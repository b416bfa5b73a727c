import { totalsOf } from '../engine/books.js';
import { capturable, type Charge, type Intent, paidCharge, type Refund } from './intent.js';
import type { StripeDecline } from './declines.js';
import { testMethod } from './methods.js';

export const seconds = (ms: number): number => Math.floor(ms / 1000);
export type View = Readonly<Record<string, unknown>>;

export function intentView(intent: Intent, baseUrl: string, expand: readonly string[] = []): View {
  const { captured } = totalsOf(intent.movements);
  const charge = intent.charges.at(-1);
  return {
    id: intent.id,
    object: 'payment_intent',
    amount: intent.amount,
    amount_capturable: capturable(intent),
    amount_details: { tip: {} },
    amount_received: captured,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: { allow_redirects: intent.allowRedirects, enabled: true },
    canceled_at: intent.canceledAt,
    cancellation_reason: intent.cancellationReason,
    capture_method: intent.captureMethod,
    client_secret: `${intent.id}_secret_sandbox`,
    confirmation_method: intent.confirmationMethod,
    created: seconds(intent.createdMs),
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    last_payment_error: intent.lastError && errorView(intent.lastError, intent, charge),
    latest_charge: charge ? (expand.includes('latest_charge') ? chargeView(intent, charge) : charge.id) : null,
    livemode: false,
    metadata: intent.metadata,
    next_action: intent.status === 'requires_action' ? actionView(intent, baseUrl) : null,
    on_behalf_of: null,
    payment_method: intent.method,
    payment_method_options: {},
    processing: null,
    receipt_email: intent.receiptEmail,
    review: null,
    setup_future_usage: null,
    shipping: null,
    statement_descriptor: null,
    statement_descriptor_suffix: intent.statementSuffix,
    status: intent.status,
    transfer_data: null,
    transfer_group: null,
  };
}

const actionView = (intent: Intent, baseUrl: string): View => ({
  type: 'redirect_to_url',
  redirect_to_url: { url: `${baseUrl}/sandbox/actions/stripe/${intent.id}`, return_url: intent.returnUrl },
});

export const errorView = ({ code, declineCode, message }: StripeDecline, intent: Intent, charge?: Charge): View => ({
  type: code === 'payment_intent_authentication_failure' ? 'invalid_request_error' : 'card_error',
  code,
  ...(declineCode !== null && { decline_code: declineCode }),
  message,
  ...(charge?.failure && { charge: charge.id }),
  ...(intent.method !== null && { payment_method: { id: intent.method, object: 'payment_method', type: 'card' } }),
});

export function chargeView(intent: Intent, charge: Charge): View {
  const isPaid = charge.failure === null;
  const { captured, refunded, isVoided } = totalsOf(isPaid ? intent.movements : []);
  const { brand, last4 } = testMethod(charge.method) ?? { brand: 'visa', last4: '4242' };
  return {
    id: charge.id,
    object: 'charge',
    amount: charge.amount,
    amount_captured: captured,
    amount_refunded: isVoided ? charge.amount : refunded,
    balance_transaction: null,
    billing_details: { address: null, email: null, name: null, phone: null, tax_id: null },
    captured: captured > 0,
    created: charge.created,
    currency: charge.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_code: charge.failure?.code ?? null,
    failure_message: charge.failure?.message ?? null,
    livemode: false,
    metadata: intent.metadata,
    outcome: outcomeView(charge.failure),
    paid: isPaid,
    payment_intent: intent.id,
    payment_method: charge.method,
    payment_method_details: { card: { brand, last4, exp_month: 12, exp_year: 2034, country: 'US', funding: 'credit' }, type: 'card' },
    receipt_email: intent.receiptEmail,
    refunded: isVoided || (captured > 0 && refunded === captured),
    status: isPaid ? 'succeeded' : 'failed',
  };
}

const outcomeView = (failure: StripeDecline | null): View =>
  failure === null
    ? { network_status: 'approved_by_network', reason: null, risk_level: 'normal', seller_message: 'Payment complete.', type: 'authorized' }
    : {
        network_status: 'declined_by_network',
        reason: failure.declineCode ?? failure.code,
        risk_level: 'normal',
        seller_message: 'The bank did not return any further details with this decline.',
        type: 'issuer_declined',
      };

export const refundView = (refund: Refund, intent: Intent): View => ({
  id: refund.id,
  object: 'refund',
  amount: refund.amount,
  balance_transaction: null,
  charge: refund.charge,
  created: refund.created,
  currency: refund.currency,
  destination_details: { card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' }, type: 'card' },
  ...(refund.status === 'failed' && { failure_reason: 'expired_or_canceled_card' }),
  metadata: refund.metadata,
  payment_intent: intent.id,
  reason: refund.reason,
  receipt_number: null,
  source_transfer_reversal: null,
  status: refund.status,
  transfer_reversal: null,
});

/** What a refund or a webhook about a charge shows. */
export const paidChargeView = (intent: Intent): View | null => {
  const charge = paidCharge(intent);
  return charge ? chargeView(intent, charge) : null;
};
