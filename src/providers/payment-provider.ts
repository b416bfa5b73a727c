import type { IncomingHttpHeaders } from 'node:http';
import type { Money } from '../kernel/money/money.js';
import type { Decline } from './decline.js';

/**
 * What a provider's own books say of one payment. Amounts in minor units of `currency`, as the provider states them; where it cannot be
 * asked (`resolvedBy: 'repeat'`), no more than its answer to the operation proves: 0 of what it does not, and `XXX`, ISO 4217's code for
 * no currency, where it names no amount.
 */
export interface ProviderPayment {
  /** The provider's name for it. */
  readonly providerId: string;
  /** Ours, which the provider keeps with it. */
  readonly reference: string;
  readonly state: ProviderState;
  readonly currency: string;
  /** Nothing of what was declined, was given up or has run out. */
  readonly authorizedMinor: number;
  readonly capturedMinor: number;
  /** Of refunds that have not failed. */
  readonly refundedMinor: number;
  readonly refunds: readonly ProviderRefund[];
  /** Why it was declined, where it was. */
  readonly decline?: Decline;
  /**
   * Where the customer must go before the provider goes on. A payment that requires an action and says no longer where has had it: the
   * authorization goes on when it is repeated with its key.
   */
  readonly actionUrl?: string;
}
export type ProviderState = 'requires_action' | 'processing' | 'authorized' | 'captured' | 'voided' | 'declined' | 'expired';
export interface ProviderRefund {
  readonly providerId: string;
  /** Ours of this refund. */
  readonly reference: string;
  readonly amountMinor: number;
  readonly state: 'pending' | 'succeeded' | 'failed';
}

/**
 * What is known after an operation. `applied`: the provider has done it, and its books say this. `none`: it has not and will not, for
 * this reason. `unknown`: nobody can say yet, be it a time-out, a broken connection or an answer that cannot be read; it must be
 * found out before anything else is tried.
 */
export type Outcome =
  | { readonly outcome: 'applied'; readonly payment: ProviderPayment }
  | { readonly outcome: 'none'; readonly decline: Decline; readonly payment?: ProviderPayment }
  | { readonly outcome: 'unknown'; readonly because: string };
/** What the provider says when it is asked. `absent` only where it certainly has no such payment. */
export type Found =
  | { readonly outcome: 'found'; readonly payment: ProviderPayment }
  | { readonly outcome: 'absent' }
  | { readonly outcome: 'unknown'; readonly because: string };

/** The same key again is the same operation again: it has one effect, and the answer of the first time. */
export interface Operation {
  readonly reference: string;
  /** Of at most 64 characters, the most that all of them take. */
  readonly idempotencyKey: string;
  /**
   * Set where an earlier try of it is unknown. A repeat that does not reach the provider, or that it does not take, is `unknown` too:
   * `none` of it would say what nobody knows of the first.
   */
  readonly isRepeat?: boolean;
}
export interface Authorization extends Operation {
  readonly amount: Money;
  /** Captured at once, or later by `capture`. */
  readonly capture: 'now' | 'later';
  /** A token that the provider, or a vault, has issued; never a card number. */
  readonly method: { readonly type: string; readonly token: string };
  readonly customer: { readonly name: string; readonly email: string; readonly country: string };
  /** Where the customer comes back to after an action. */
  readonly returnUrl?: string;
  /** Of a repeat: with which query parameters the customer has come back there. */
  readonly returned?: Readonly<Record<string, string>>;
  /** Called with the provider's name for the payment before any step that moves money, where it has one by then. */
  readonly remember?: (providerId: string) => Promise<void>;
  /** What an earlier try had remembered, if it came so far. */
  readonly providerId?: string;
}
/** Of a payment that the provider knows by its own name. */
export interface Followup extends Operation {
  readonly providerId: string;
}
export interface Capture extends Followup {
  readonly amount: Money;
}
export interface Refund extends Followup {
  readonly amount: Money;
  readonly refundReference: string;
}
export interface Question {
  readonly reference: string;
  readonly providerId?: string;
  /** How long ago it was last told to do something about it: a search that lags says `absent` only of what is old enough. */
  readonly quietForMs?: number;
}

/** What a webhook of the provider tells; what it is about is asked for again, never taken from it, where the provider can be asked. */
export interface ProviderEvent {
  /** The provider's own id of the event. */
  readonly eventId: string;
  readonly type: string;
  readonly occurredAt: Date;
  /** Ours, and the provider's; one of them at least. */
  readonly reference?: string;
  readonly providerId?: string;
  /** What has come of an operation, of a provider that cannot be asked (`resolvedBy: 'repeat'`): nothing but its webhook ever says so. */
  readonly result?: ProviderResult;
}
export interface ProviderResult {
  readonly operation: 'authorize' | 'capture' | 'void' | 'refund';
  readonly isDone: boolean;
  readonly amountMinor: number;
  readonly currency: string;
  /** The provider's name for the operation itself, as of a refund in the books. */
  readonly operationId: string;
}

export interface Capabilities {
  /** ISO 4217 codes; null for all. */
  readonly currencies: readonly string[] | null;
  readonly methods: readonly string[];
  readonly partialCapture: boolean;
  readonly partialRefund: boolean;
  /**
   * How an outcome becomes known. `query`: it can be asked by reference. `repeat`: it can not, but the same operation with the same
   * key gives the first answer again, so that it is known when it is done.
   */
  readonly resolvedBy: 'query' | 'repeat';
  /** How long the provider is sure to know a key again. The same key later than that is another operation. */
  readonly keysLastHours: number;
}

/**
 * One account at one provider. An operation never throws for what the provider or the network does: that is its outcome. It ends within
 * the time-out of its configuration.
 */
export interface PaymentProvider {
  readonly name: string;
  readonly capabilities: Capabilities;
  authorize(asked: Authorization): Promise<Outcome>;
  capture(asked: Capture): Promise<Outcome>;
  /** Gives an authorization up that was not captured. */
  void(asked: Followup): Promise<Outcome>;
  refund(asked: Refund): Promise<Outcome>;
  query(asked: Question): Promise<Found>;
  /** Whether it was the provider who sent this, and just now; looked at before anything else of it is. */
  verifyWebhook(headers: IncomingHttpHeaders, body: Buffer, now: Date): Promise<boolean>;
  /** What it tells; none where it is about something else. @throws Error where it cannot be read */
  parseWebhook(body: Buffer): readonly ProviderEvent[];
}

/** How a connector is set up: where, as whom, and how long it waits. */
export interface ConnectorOptions {
  readonly baseUrl: string;
  /** By the names that the connector declares. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}
/** What the registry knows of a kind of provider before any account of it exists. */
export interface Connector {
  readonly name: string;
  /** As people write it. */
  readonly title: string;
  /** Names of the credentials it needs. */
  readonly credentials: readonly string[];
  /** The provider's own address, where none is configured; null where every merchant has one of its own. */
  readonly liveUrl: string | null;
  /** @throws Error where a credential is missing */
  connect(options: ConnectorOptions): PaymentProvider;
}
