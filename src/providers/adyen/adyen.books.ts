import type { DeclineReader } from '../outcomes.js';
import type { Authorization, Followup, ProviderPayment, ProviderState } from '../payment-provider.js';
import { adyenAmounts } from './adyen.amounts.js';
import type { AdyenAmount, AdyenModification, AdyenPayment } from './adyen.wire.js';

/** ISO 4217's code where no currency is involved. */
const noCurrency = 'XXX';
const none = { refundedMinor: 0, refunds: [] } as const;

const states: Readonly<Record<AdyenPayment['resultCode'], ProviderState>> = {
  Authorised: 'authorized',
  PartiallyAuthorised: 'authorized',
  Refused: 'declined',
  Error: 'declined',
  Cancelled: 'declined',
  RedirectShopper: 'requires_action',
  ChallengeShopper: 'requires_action',
  IdentifyShopper: 'requires_action',
  PresentToShopper: 'requires_action',
  Pending: 'processing',
  Received: 'processing',
  AuthenticationFinished: 'processing',
  AuthenticationNotRequired: 'processing',
};

/** What the answer to an authorization says; undefined where it names no amount of a currency for what was authorized. */
export function booksOf(payment: AdyenPayment, { capture }: Authorization, declines: DeclineReader): ProviderPayment | undefined {
  const isAuthorized = states[payment.resultCode] === 'authorized';
  const minor = minorOf(payment.amount);
  if (isAuthorized && minor === undefined) return undefined;
  // What is captured without delay is captured with the authorization: of that nothing is told unless it fails.
  const state = isAuthorized && capture === 'now' ? 'captured' : states[payment.resultCode];
  const authorizedMinor = isAuthorized ? (minor ?? 0) : 0;
  const { refusalReasonCode, refusalReason, resultCode, action } = payment;
  return {
    ...none,
    providerId: payment.pspReference,
    reference: payment.merchantReference,
    state,
    currency: payment.amount?.currency ?? noCurrency,
    authorizedMinor,
    capturedMinor: state === 'captured' ? authorizedMinor : 0,
    ...(state === 'declined' && { decline: declines.read(refusalReasonCode ?? '2', refusalReason ?? resultCode) }),
    ...(state === 'requires_action' && action?.url !== undefined && { actionUrl: action.url }),
  };
}

/** A capture that is received. Whether there is so much to capture Adyen looks at later. */
export function booksOfCapture(done: AdyenModification, asked: Followup): ProviderPayment | undefined {
  return minorOf(done.amount) === undefined ? undefined : booksOfVoid(done, asked);
}

/** A cancellation that is received: its answer names no amount. */
export const booksOfVoid = (done: AdyenModification, asked: Followup): ProviderPayment => ({ ...received(done, asked), ...none });

/** A refund that is received: it is pending. */
export function booksOfRefund(done: AdyenModification, asked: Followup): ProviderPayment | undefined {
  const amountMinor = minorOf(done.amount);
  if (amountMinor === undefined) return undefined;
  const refund = { providerId: done.pspReference, reference: done.reference, amountMinor, state: 'pending' } as const;
  return { ...received(done, asked), refundedMinor: amountMinor, refunds: [refund] };
}

const received = ({ paymentPspReference, amount }: AdyenModification, { reference }: Followup) =>
  ({
    providerId: paymentPspReference,
    reference,
    state: 'processing',
    currency: amount?.currency ?? noCurrency,
    authorizedMinor: 0,
    capturedMinor: 0,
  }) as const;

const minorOf = (amount: AdyenAmount | undefined): number | undefined => amount && adyenAmounts.minor(amount.value, amount.currency);
