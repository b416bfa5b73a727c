import Stripe from 'stripe';
import { isNeverSent } from '../kernel/http-out/bounded-fetch.js';

/** What the SDK threw. `never-sent`: nothing was applied. `unreadable`: it may have been. */
export type StripeFailure = StripeRefusal | { readonly kind: 'never-sent' } | { readonly kind: 'unreadable' };
export interface StripeRefusal {
  readonly kind: 'answered';
  readonly status: number;
  readonly type: string;
  /** The most precise of its codes; its type where it has none. */
  readonly code: string;
  readonly message: string;
  /** The payment that the error is about, as it came. */
  readonly paymentIntent: unknown;
}

/** Of an answer that is JSON but no object the SDK throws whatever breaks, so that all that is not its own counts as unreadable. */
export function stripeFailure(error: unknown): StripeFailure {
  if (!(error instanceof Stripe.errors.StripeError)) return { kind: 'unreadable' };
  if (error instanceof Stripe.errors.StripeConnectionError) return { kind: isNeverSent(error) ? 'never-sent' : 'unreadable' };
  const { statusCode: status, rawType: type = 'unknown' } = error;
  if (status === undefined) return { kind: 'unreadable' };
  // The SDK makes an empty text of a decline code that is not there.
  const code = error.decline_code || error.code || type;
  return { kind: 'answered', status, type, code, message: error.message, paymentIntent: error.payment_intent };
}
