import { type Movement, totalsOf } from '../engine/books.js';
import type { StripeDecline } from './declines.js';

export type IntentStatus =
  'requires_payment_method' | 'requires_confirmation' | 'requires_action' | 'requires_capture' | 'succeeded' | 'canceled';

export interface Charge {
  readonly id: string;
  readonly method: string;
  readonly amount: number;
  readonly currency: string;
  readonly created: number;
  readonly failure: StripeDecline | null;
}

/** A PaymentIntent as it is kept. */
export interface Intent {
  readonly id: string;
  /** Ours, from its metadata; its own id where it has none. */
  readonly reference: string;
  readonly createdMs: number;
  readonly amount: number;
  readonly currency: string;
  readonly captureMethod: 'automatic' | 'automatic_async' | 'manual';
  readonly confirmationMethod: 'automatic' | 'manual';
  readonly allowRedirects: 'always' | 'never';
  readonly status: IntentStatus;
  readonly method: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly returnUrl: string | null;
  readonly receiptEmail: string | null;
  readonly description: string | null;
  readonly customer: string | null;
  readonly statementSuffix: string | null;
  readonly lastError: StripeDecline | null;
  readonly charges: readonly Charge[];
  readonly movements: readonly Movement[];
  readonly canceledAt: number | null;
  readonly cancellationReason: string | null;
}

export interface Refund {
  readonly id: string;
  readonly intent: string;
  readonly charge: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: 'pending' | 'succeeded' | 'failed';
  readonly reason: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly created: number;
}

/** Where the metadata of a payment, a capture or a refund has our name for it. */
export const referenceKey = 'payops_reference';

/** The charge that went through, of which there is one at most. */
export const paidCharge = ({ charges }: Intent): Charge | undefined => charges.find(({ failure }) => failure === null);

/** What may still be captured: all of it once, since the rest is released then. */
export const capturable = (intent: Intent): number => (intent.status === 'requires_capture' ? totalsOf(intent.movements).authorized : 0);

export const refundable = (intent: Intent): number => {
  const { captured, refunded } = totalsOf(intent.movements);
  return captured - refunded;
};

/** The intent with one more movement. */
export const moved = (intent: Intent, movement: Movement, change: Partial<Intent>): Intent => ({
  ...intent,
  ...change,
  movements: [...intent.movements, movement],
});
