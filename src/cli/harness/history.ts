import type { PaymentState } from '../../payments/payment-states.js';
import type { RefundState } from '../../payments/payment-flow.js';

export type RequestKind = 'create' | 'capture' | 'cancel' | 'refund';

/** What a request was told, once or again. */
export interface Told {
  readonly status: number;
  /** Of the payment, or of the refund. */
  readonly id?: string;
  readonly state?: PaymentState | RefundState;
  readonly capturedMinor?: number;
  readonly code?: string | undefined;
}

/** One request with its idempotency key, which goes with it however often it is sent. */
export interface AskedOnce {
  readonly kind: RequestKind;
  readonly key: string;
  /** Absent for a payment that is to be made. */
  readonly paymentId?: string;
  readonly amountMinor?: number;
  readonly told: Told[];
}

export const isAcknowledged = ({ told }: AskedOnce): boolean => told.some(({ status }) => status < 300);
/** For good: a server that is not able to do it does not say that nobody else has. */
export const isRefused = ({ told }: AskedOnce): boolean => told.length > 0 && told.every(({ status }) => status >= 400 && status < 500);
