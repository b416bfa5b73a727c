import type { Actor } from '../kernel/actor/actor.js';
import type { Payment } from './payment.js';
import type { NewPayment } from './payment-changes.js';
import type { PaymentFlow } from './payment-flow.js';

/** With what, and how, a payment is to be made. */
export type Confirmation = Pick<PaymentFlow, 'method' | 'capture' | 'returnUrl'>;

/** Sends payments to providers. Routing does; this is what payments know of it. */
export abstract class PaymentConfirmer {
  /** Makes a payment and sends it in one. Resolves when the providers have answered, or have failed to. @throws NoProvider, ProvidersFailing */
  abstract create(actor: Actor, given: NewPayment, confirmation: Confirmation): Promise<Payment>;
}
