import { type Movement, totalsOf } from '../engine/books.js';
import type { Engine } from '../engine/engine.js';
import type { CustomerDecision } from '../engine/simulator.js';
import type { Table } from '../engine/store.js';
import { type Amount, type Fields, fieldsOf, textOf, type Turn } from '../engine/wire.js';
import type { AdyenEvents } from './adyen-events.js';
import { invalid } from './errors.js';
import { readMethod } from './method.js';
import { newPspReference, type Payment } from './payment.js';
import { type AdyenRefusalCode, adyenRefusals, chanceCodes } from './refusals.js';

/** Payments, up to their authorisation. */
export class Payments {
  private readonly table: Table<Payment>;

  constructor(
    private readonly engine: Engine,
    private readonly events: AdyenEvents,
  ) {
    this.table = engine.store.table('payments');
  }

  all(): readonly Payment[] {
    return this.table.rows();
  }

  lookUp(pspReference: string): Payment | undefined {
    return this.table.get(pspReference);
  }

  /** @throws Refused */
  find(pspReference: string): Payment {
    const payment = this.table.get(pspReference);
    if (!payment) throw invalid('167', 'Original pspReference required for this operation');
    return payment;
  }

  put(payment: Payment): Payment {
    this.table.put(payment.pspReference, payment);
    return payment;
  }

  create(body: Fields, turn: Turn): Payment {
    const merchantAccount = textOf(body.merchantAccount);
    if (merchantAccount === undefined) throw invalid('901', 'Invalid Merchant Account');
    const amount = turn.twist(readAmount(body.amount));
    const reference = textOf(body.reference);
    if (reference === undefined) throw invalid('130', "Required field 'reference' is not provided.");
    const payment: Payment = {
      pspReference: newPspReference(),
      reference,
      merchantAccount,
      amount,
      method: readMethod(body),
      isCapturedAtOnce: !isCapturedLater(body),
      returnUrl: textOf(body.returnUrl) ?? null,
      status: 'Pending',
      refusal: null,
      key: turn.key,
      movements: [],
      modifications: [],
    };
    return this.process(payment);
  }

  /** The shopper comes back from the page that they were sent to. */
  decide(payment: Payment, decision: CustomerDecision): Payment | null {
    if (payment.status !== 'RedirectShopper') return null;
    return decision === 'approve' ? this.authorise(payment) : this.refuse(payment, '11');
  }

  /** What was pending has come to its end. */
  settle(pspReference: string): void {
    const payment = this.find(pspReference);
    if (payment.status === 'Pending') this.authorise(payment);
  }

  private process(payment: Payment): Payment {
    const { reference, method } = payment;
    const { outcome } = method;
    if (outcome !== 'authorise' && outcome !== 'redirect' && outcome !== 'pending') return this.refuse(payment, outcome);
    if (this.engine.isUnlucky(reference)) return this.refuse(payment, this.engine.chance.pick('decline', reference, chanceCodes));
    if (outcome === 'redirect') return this.put({ ...payment, status: 'RedirectShopper' });
    if (outcome === 'authorise') return this.authorise(payment);
    this.engine.defer({ pspReference: payment.pspReference });
    return this.put(payment);
  }

  private authorise(payment: Payment): Payment {
    const { pspReference: id, amount, reference, key } = payment;
    const movement = { id, amount: amount.value, reference, key, at: this.engine.now().toISOString() };
    const captured: Movement[] = payment.isCapturedAtOnce ? [{ ...movement, kind: 'capture' }] : [];
    const movements: Movement[] = [{ ...movement, kind: 'authorization' }, ...captured];
    const authorised = this.put({ ...payment, status: 'Authorised', movements });
    this.events.tell(authorised, { eventCode: 'AUTHORISATION', isSuccess: true });
    return authorised;
  }

  private refuse(payment: Payment, refusal: AdyenRefusalCode): Payment {
    const { reason, resultCode } = adyenRefusals[refusal];
    const refused = this.put({ ...payment, status: resultCode, refusal });
    this.events.tell(refused, { eventCode: 'AUTHORISATION', isSuccess: false, reason });
    return refused;
  }
}

/** Without a word about it, an account captures at once. */
const isCapturedLater = ({ additionalData, captureDelayHours }: Fields): boolean =>
  String(fieldsOf(additionalData).manualCapture) === 'true' || (typeof captureDelayHours === 'number' && captureDelayHours > 0);

/** @throws Refused */
export function readAmount(given: unknown): Amount {
  const { value, currency } = fieldsOf(given);
  if (value === undefined || currency === undefined) throw invalid('100', "Required object 'amount' is not provided.");
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1) throw invalid('137', 'Invalid amount specified');
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) throw invalid('138', 'Unsupported currency specified');
  return { value, currency };
}

export const remaining = ({ movements, modifications }: Payment) => {
  const { authorized, captured, refunded, isVoided } = totalsOf(movements);
  const isCaptured = modifications.some(({ kind, state }) => kind === 'capture' && state === 'done') || captured > 0;
  // The first capture releases the rest, unless an account is set up otherwise.
  return { capturable: isCaptured || isVoided ? 0 : authorized, refundable: captured - refunded, isVoided };
};
