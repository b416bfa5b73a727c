import type { Movement } from '../engine/books.js';
import type { Engine } from '../engine/engine.js';
import { type Amount, type Fields, textOf, type Turn } from '../engine/wire.js';
import type { AdyenEvents, EventCode } from './adyen-events.js';
import { invalid } from './errors.js';
import { type Modification, type ModificationKind, newPspReference, type Payment } from './payment.js';
import { type Payments, readAmount, remaining } from './payments.js';

interface Settlement {
  readonly pspReference: string;
  readonly modification?: string;
  /** It had succeeded, and is taken back. */
  readonly fails?: boolean;
}

interface Effect {
  readonly eventCode: EventCode;
  readonly kind: Movement['kind'];
  readonly amount: number;
  readonly isPossible: boolean;
}

const noBalance = 'Insufficient balance on payment';

/** Captures, cancels, refunds and reversals: received at once, decided later, and told by webhook. */
export class Modifications {
  constructor(
    private readonly engine: Engine,
    private readonly payments: Payments,
    private readonly events: AdyenEvents,
  ) {}

  receive(pspReference: string, kind: ModificationKind, body: Fields, turn: Turn): Modification {
    const payment = this.payments.find(pspReference);
    if (textOf(body.merchantAccount) !== payment.merchantAccount) throw invalid('901', 'Invalid Merchant Account');
    const amount = kind === 'capture' || kind === 'refund' ? turn.twist(readAmount(body.amount)) : null;
    if (amount && amount.currency !== payment.amount.currency) throw invalid('138', 'Unsupported currency specified');
    const reference = textOf(body.reference) ?? null;
    const modification: Modification = { pspReference: newPspReference(), kind, amount, reference, key: turn.key, state: 'received' };
    this.payments.put({ ...payment, modifications: [...payment.modifications, modification] });
    this.engine.defer({ pspReference, modification: modification.pspReference } satisfies Settlement);
    return modification;
  }

  settle(settlement: unknown): void {
    const { pspReference, modification: id, fails } = settlement as Settlement;
    if (id === undefined) return this.payments.settle(pspReference);
    const payment = this.payments.find(pspReference);
    const modification = payment.modifications.find((one) => one.pspReference === id);
    if (!modification) return;
    if (fails) this.takeBack(payment, modification);
    else this.apply(payment, modification);
  }

  private apply(payment: Payment, modification: Modification): void {
    const effect = effectOf(payment, modification);
    const action = effect.kind === 'void' ? ('cancel' as const) : ('refund' as const);
    const about = {
      eventCode: effect.eventCode,
      pspReference: modification.pspReference,
      amount: modification.amount ?? { ...payment.amount, value: effect.amount },
      ...(modification.kind === 'reversal' && { action }),
    };
    if (!effect.isPossible) {
      this.decided(payment, modification, 'refused', payment.movements);
      return this.events.tell(payment, { ...about, isSuccess: false, reason: noBalance });
    }
    const { reference, key, pspReference: id } = modification;
    const movement = { kind: effect.kind, id, amount: effect.amount, reference, key, at: this.engine.now().toISOString() };
    const changed = this.decided(payment, modification, 'done', [...payment.movements, movement]);
    this.events.tell(changed, { ...about, isSuccess: true });
    const { later } = payment.method;
    const fails = (effect.kind === 'capture' && later === 'capture_fails') || (effect.kind === 'refund' && later === 'refund_fails');
    if (fails) this.engine.defer({ pspReference: payment.pspReference, modification: id, fails: true } satisfies Settlement);
  }

  private takeBack(payment: Payment, { pspReference: id, kind, amount }: Modification): void {
    const movements = payment.movements.map((one) => (one.id === id ? { ...one, hasFailed: true } : one));
    const changed = this.payments.put({ ...payment, movements });
    const eventCode = kind === 'capture' ? 'CAPTURE_FAILED' : 'REFUND_FAILED';
    const reason = kind === 'capture' ? 'Capture Failed' : 'Refund Failed';
    this.events.tell(changed, { eventCode, isSuccess: true, pspReference: id, ...(amount && { amount }), reason });
  }

  private decided(
    payment: Payment,
    { pspReference: id }: Modification,
    state: Modification['state'],
    movements: readonly Movement[],
  ): Payment {
    const modifications = payment.modifications.map((one) => (one.pspReference === id ? { ...one, state } : one));
    return this.payments.put({ ...payment, modifications, movements });
  }
}

/** What a modification comes to in the state in which the payment is by now. */
function effectOf(payment: Payment, { kind, amount }: Modification): Effect {
  const { capturable, refundable } = remaining(payment);
  if (kind === 'capture') return { eventCode: 'CAPTURE', kind, amount: amount?.value ?? 0, isPossible: within(amount, capturable) };
  if (kind === 'refund') return { eventCode: 'REFUND', kind, amount: amount?.value ?? 0, isPossible: within(amount, refundable) };
  const isWhole = refundable > 0 && kind === 'reversal';
  const eventCode = kind === 'cancel' ? 'CANCELLATION' : 'CANCEL_OR_REFUND';
  if (isWhole) return { eventCode, kind: 'refund', amount: refundable, isPossible: true };
  return { eventCode, kind: 'void', amount: capturable, isPossible: capturable > 0 };
}

const within = (amount: Amount | null, most: number): boolean => amount !== null && amount.value <= most;
