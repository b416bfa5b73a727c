import type { IncomingHttpHeaders } from 'node:http';
import type { DeclineCategory } from '../../../src/providers/decline.js';
import type { Authorization, ConnectorOptions, PaymentProvider } from '../../../src/providers/payment-provider.js';

/** What may be made to happen, once, to the next request that moves money. */
export const troubles = [
  'time-out before',
  'time-out after',
  'reset before',
  'reset after',
  'server error after',
  'rate limit',
  'in flight',
  'wrong amount',
  'wrong currency',
  'malformed',
] as const;
export type Trouble = (typeof troubles)[number];

/** What the other end's own books hold of a payment, when everything that it has taken is done. Amounts in ISO minor units. */
export interface Books {
  readonly providerId: string;
  readonly currency: string;
  readonly authorizedMinor: number;
  readonly capturedMinor: number;
  readonly refundedMinor: number;
  readonly isVoided: boolean;
  readonly authorizations: number;
  readonly captures: number;
  readonly refunds: number;
}

export interface SentWebhook {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** When it arrives. */
  readonly at: Date;
}
export interface Forgery extends SentWebhook {
  readonly name: string;
}
type Method = Authorization['method'];

/** A connector and the means to steer what it is connected to. */
export interface Bench {
  /** As it is configured, but for what is given; the other end stays the same. */
  connect(change?: Partial<ConnectorOptions>): PaymentProvider;
  /** With two decimals, here and there. */
  readonly currency: string;
  /** One that the provider does not take. */
  readonly foreignCurrency: string;
  readonly credentials: Readonly<Record<string, string>>;
  readonly wrongCredentials: Readonly<Record<string, string>>;
  readonly approved: Method;
  readonly declined: readonly { readonly method: Method; readonly category: DeclineCategory }[];
  /** Meets the next request of this kind, and no other. */
  arrange(trouble: Trouble, operation: 'authorize' | 'capture' | 'void' | 'refund'): Promise<void>;
  /** Forgets what was arranged and did not happen. */
  calm(): Promise<void>;
  /** Null where it has nothing of that name. */
  books(reference: string): Promise<Books | null>;
  /** The provider's own, of a payment with this reference. */
  webhook(reference: string): Promise<SentWebhook>;
  /** At least twelve ways to make one that the provider has not sent, or not now. */
  forgeries(genuine: SentWebhook): Promise<readonly Forgery[]>;
  close(): Promise<void>;
}
