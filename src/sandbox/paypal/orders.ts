import type { Movement } from '../engine/books.js';
import type { Engine } from '../engine/engine.js';
import type { CustomerDecision } from '../engine/simulator.js';
import type { Table } from '../engine/store.js';
import { type Fields, fieldsOf, textOf, type Turn } from '../engine/wire.js';
import { chanceCodes, type PaypalProcessorCode } from './declines.js';
import { impossible, invalid, missing } from './errors.js';
import { readMoney } from './money.js';
import { type Order, paypalId } from './order.js';
import type { PaypalEvents } from './paypal-events.js';
import { readSource, type Source } from './source.js';

/** Orders, from their creation until they are paid. */
export class Orders {
  private readonly table: Table<Order>;
  /** Whose an authorization, a capture or a refund is. */
  private readonly owners: Table<string>;

  constructor(
    private readonly engine: Engine,
    private readonly events: PaypalEvents,
  ) {
    this.table = engine.store.table('orders');
    this.owners = engine.store.table('owners');
  }

  all(): readonly Order[] {
    return this.table.rows();
  }

  /** By its id, or by that of a payment on it. */
  lookUp(id: string): Order | undefined {
    return this.table.get(this.owners.get(id) ?? id);
  }

  /** @throws Refused */
  find(id: string): Order {
    const order = this.table.get(id);
    if (!order) throw missing();
    return order;
  }

  /** @throws Refused */
  owning(paymentId: string): Order {
    return this.find(this.owners.get(paymentId) ?? '');
  }

  /** With what has happened to it, and what came into being by that. */
  put(order: Order, movement?: Omit<Movement, 'at'>, owned?: string): Order {
    const updatedAt = this.at();
    const movements = movement ? [...order.movements, { ...movement, at: updatedAt }] : order.movements;
    const changed: Order = { ...order, movements, updatedAt };
    this.table.put(order.id, changed);
    if (owned !== undefined) this.owners.put(owned, order.id);
    return changed;
  }

  /** With a source it is paid at once, as far as the payer need not be asked. */
  create(body: Fields, turn: Turn): Order {
    const [unit] = Array.isArray(body.purchase_units) ? body.purchase_units.map(fieldsOf) : [];
    const { intent } = body;
    if (intent !== 'CAPTURE' && intent !== 'AUTHORIZE')
      throw invalid('INVALID_PARAMETER_VALUE', 'The value of a field is invalid.', '/intent');
    if (!unit) throw invalid('MISSING_REQUIRED_PARAMETER', 'A required field is missing.', '/purchase_units');
    const source = readSource(body.payment_source);
    if (source && turn.key === null) {
      throw invalid('PAYPAL_REQUEST_ID_REQUIRED', 'A PayPal-Request-Id is required if you are trying to process payment for an Order.');
    }
    const asked = readMoney(unit.amount, "/purchase_units/@reference_id=='default'/amount");
    const amount = source ? asked : turn.twist(asked);
    const order = this.put(drafted({ intent, unit, amount, id: paypalId(), at: this.at() }));
    return source ? this.pay(order, source, turn) : order;
  }

  /** `authorize` or `capture` of an order, with the source of this request or the one that the payer approved; it may wait for the payer. */
  complete(order: Order, intent: Order['intent'], body: Fields, turn: Turn): Order {
    if (order.intent !== intent) throw impossible('ACTION_DOES_NOT_MATCH_INTENT');
    if (order.status === 'COMPLETED') throw impossible(intent === 'CAPTURE' ? 'ORDER_ALREADY_CAPTURED' : 'ORDER_ALREADY_AUTHORIZED');
    const source = readSource(body.payment_source);
    if (source) return this.pay(order, source, turn);
    if (order.status === 'PAYER_ACTION_REQUIRED') return order;
    if (order.status !== 'APPROVED') throw impossible('ORDER_NOT_APPROVED');
    return this.process(order, turn);
  }

  decide(order: Order, decision: CustomerDecision): Order | null {
    if (order.status !== 'PAYER_ACTION_REQUIRED') return null;
    const decided = this.put({ ...order, status: decision === 'approve' ? 'APPROVED' : 'VOIDED' });
    if (decision === 'approve') this.events.ofOrder('CHECKOUT.ORDER.APPROVED', decided);
    return decided;
  }

  private pay(order: Order, source: Source, turn: Turn): Order {
    if (source.outcome === 'payer_action') return this.put({ ...order, source, status: 'PAYER_ACTION_REQUIRED' });
    if (source.outcome === 'instrument_declined') throw impossible('INSTRUMENT_DECLINED');
    return this.process({ ...order, source }, turn);
  }

  private process(order: Order, turn: Turn): Order {
    const amount = turn.twist(order.amount);
    const code = this.declineOf(order);
    const asked: Order = { ...order, amount, status: 'COMPLETED' };
    return order.intent === 'AUTHORIZE' ? this.authorize(asked, code, turn) : this.capture(asked, code, turn);
  }

  private declineOf({ source, reference }: Order): PaypalProcessorCode | null {
    const outcome = source?.outcome;
    if (outcome !== undefined && outcome !== 'approve' && outcome !== 'payer_action' && outcome !== 'instrument_declined') return outcome;
    return this.engine.isUnlucky(reference) ? this.engine.chance.pick('decline', reference, chanceCodes) : null;
  }

  private authorize(order: Order, code: PaypalProcessorCode | null, { key }: Turn): Order {
    const { amount, reference } = order;
    const authorization = {
      id: paypalId(),
      status: code === null ? 'CREATED' : 'DENIED',
      amount,
      processorCode: code,
      at: this.at(),
    } as const;
    const movement = { kind: 'authorization', id: authorization.id, amount: amount.value, reference, key } as const;
    const authorized = this.put({ ...order, authorization }, code === null ? movement : undefined, authorization.id);
    this.events.ofAuthorization(code === null ? 'PAYMENT.AUTHORIZATION.CREATED' : 'PAYMENT.AUTHORIZATION.DENIED', authorized);
    return authorized;
  }

  private capture(order: Order, code: PaypalProcessorCode | null, { key }: Turn): Order {
    const { amount, reference } = order;
    const isPaid = code === null;
    const capture = {
      id: paypalId(),
      status: isPaid ? 'COMPLETED' : 'DECLINED',
      amount,
      isFinal: true,
      invoiceId: null,
      processorCode: code,
      at: this.at(),
    } as const;
    const movement = { id: capture.id, amount: amount.value, reference, key };
    const held = isPaid ? this.put(order, { ...movement, kind: 'authorization' }) : order;
    const captured = this.put({ ...held, captures: [capture] }, isPaid ? { ...movement, kind: 'capture' } : undefined, capture.id);
    this.events.ofCapture(isPaid ? 'PAYMENT.CAPTURE.COMPLETED' : 'PAYMENT.CAPTURE.DECLINED', capture, captured);
    return captured;
  }

  private at(): string {
    return this.engine.now().toISOString();
  }
}

interface Draft extends Pick<Order, 'id' | 'intent' | 'amount'> {
  readonly unit: Fields;
  readonly at: string;
}

function drafted({ unit, at, ...order }: Draft): Order {
  const [customId = null, invoiceId = null] = [textOf(unit.custom_id), textOf(unit.invoice_id)];
  const referenceId = textOf(unit.reference_id) ?? 'default';
  const reference = customId ?? invoiceId ?? textOf(unit.reference_id) ?? order.id;
  const empty = { source: null, authorization: null, captures: [], refunds: [], movements: [] };
  return { ...order, ...empty, reference, customId, invoiceId, referenceId, status: 'CREATED', createdAt: at, updatedAt: at };
}
