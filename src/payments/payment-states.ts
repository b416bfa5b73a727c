export const states = [
  'created',
  'authorizing',
  'unknown',
  'requires_action',
  'authorized',
  'captured',
  'partially_refunded',
  'refunded',
  'declined',
  'cancelled',
  'expired',
] as const;
export type PaymentState = (typeof states)[number];

/** What can happen to a payment that goes through a provider. */
export const paymentEvents = [
  /** It is sent to a provider, the first one or the next. */
  'sent',
  /** Nobody can say what became of it. */
  'doubted',
  /** The customer has to do something first. */
  'challenged',
  'authorized',
  'captured',
  'declined',
  'voided',
  'expired',
  /** No refund counts any more. */
  'unrefunded',
  'partly_refunded',
  'wholly_refunded',
] as const;
export type PaymentEvent = (typeof paymentEvents)[number];

type Transitions = Partial<Record<PaymentEvent, PaymentState>>;

/** An authorization of which the end is not known leads anywhere, whatever it waits for. */
const unsettled: Transitions = {
  sent: 'authorizing',
  doubted: 'unknown',
  challenged: 'requires_action',
  authorized: 'authorized',
  captured: 'captured',
  declined: 'declined',
  voided: 'cancelled',
  expired: 'expired',
};

/**
 * Where each state leads. What is not here cannot be, and leaves the payment as it is: news that come late or twice never take it back.
 * Only a doubt is taken back, to what it was about.
 */
export const transitions: Readonly<Record<PaymentState, Transitions>> = {
  created: { sent: 'authorizing', voided: 'cancelled' },
  authorizing: unsettled,
  unknown: unsettled,
  requires_action: unsettled,
  authorized: { doubted: 'unknown', authorized: 'authorized', captured: 'captured', voided: 'cancelled', expired: 'expired' },
  captured: { captured: 'captured', unrefunded: 'captured', partly_refunded: 'partially_refunded', wholly_refunded: 'refunded' },
  partially_refunded: {
    captured: 'partially_refunded',
    unrefunded: 'captured',
    partly_refunded: 'partially_refunded',
    wholly_refunded: 'refunded',
  },
  refunded: { captured: 'refunded', unrefunded: 'captured', partly_refunded: 'partially_refunded', wholly_refunded: 'refunded' },
  declined: { declined: 'declined' },
  cancelled: { voided: 'cancelled' },
  expired: { expired: 'expired' },
};

export const stateAfter = (state: PaymentState, event: PaymentEvent): PaymentState | undefined => transitions[state][event];
