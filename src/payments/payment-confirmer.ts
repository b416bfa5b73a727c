import type { Actor } from '../kernel/actor/actor.js';
import type { Payment } from './payment.js';
import type { NewPayment } from './payment-changes.js';

/** With what, and how, a payment is to be made. */
export interface Confirmation {
  readonly method: {
    readonly type: string;
    readonly cardBrand: string | null;
    /** What each account knows the customer's method by; none that is not here can be tried. */
    readonly tokens: Readonly<Record<string, string>>;
  };
  readonly capture: 'now' | 'later';
  /** Where the customer comes back to after an action. */
  readonly returnUrl?: string;
}

/** Sends payments to providers. Routing does; this is what payments know of it. */
export abstract class PaymentConfirmer {
  /** Makes a payment and sends it in one. Resolves when the providers have answered, or have failed to. @throws NoProvider, ProvidersFailing */
  abstract create(actor: Actor, given: NewPayment, confirmation: Confirmation): Promise<Payment>;
}
