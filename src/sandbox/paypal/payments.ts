import type { Engine } from '../engine/engine.js';
import { type Amount, type Fields, textOf, type Turn } from '../engine/wire.js';
import { impossible, missing } from './errors.js';
import { readMoney } from './money.js';
import { type Authorization, type Capture, capturedOf, type Order, paypalId, type Refund, refundedOf } from './order.js';
import type { Orders } from './orders.js';
import type { PaypalEvents } from './paypal-events.js';

export interface Paid<Payment> {
  readonly order: Order;
  readonly payment: Payment;
}

/** What is done with the money of an order that was paid. */
export class Payments {
  constructor(
    private readonly engine: Engine,
    private readonly orders: Orders,
    private readonly events: PaypalEvents,
  ) {}

  authorization(id: string): Paid<Authorization> {
    const order = this.orders.owning(id);
    return { order, payment: order.authorization?.id === id ? order.authorization : lost() };
  }

  capture(id: string): Paid<Capture> {
    const order = this.orders.owning(id);
    return { order, payment: order.captures.find((one) => one.id === id) ?? lost() };
  }

  refund(id: string): Paid<Refund> {
    const order = this.orders.owning(id);
    return { order, payment: order.refunds.find((one) => one.id === id) ?? lost() };
  }

  /** Of a part, more may follow, unless it is said to be the last. */
  captureAuthorization(id: string, body: Fields, turn: Turn): Paid<Capture> {
    const { order, payment: authorization } = this.authorization(id);
    if (authorization.status === 'VOIDED') throw impossible('AUTHORIZATION_VOIDED');
    if (authorization.status === 'CAPTURED' || authorization.status === 'DENIED') throw impossible('AUTHORIZATION_ALREADY_CAPTURED');
    const rest = authorization.amount.value - capturedOf(order);
    const asked = body.amount === undefined ? { ...authorization.amount, value: rest } : readMoney(body.amount, '/amount');
    if (asked.value > rest || asked.currency !== authorization.amount.currency) throw impossible('MAX_CAPTURE_AMOUNT_EXCEEDED');
    const amount = turn.twist(asked);
    const isFinal = body.final_capture === true || amount.value === rest;
    const invoiceId = textOf(body.invoice_id) ?? null;
    const capture: Capture = { id: paypalId(), status: 'COMPLETED', amount, isFinal, invoiceId, processorCode: null, at: this.at() };
    const changed: Authorization = { ...authorization, status: isFinal ? 'CAPTURED' : 'PARTIALLY_CAPTURED' };
    const movement = { kind: 'capture', id: capture.id, amount: amount.value, reference: invoiceId, key: turn.key } as const;
    const captured = this.orders.put({ ...order, authorization: changed, captures: [...order.captures, capture] }, movement, capture.id);
    this.events.ofCapture('PAYMENT.CAPTURE.COMPLETED', capture, captured);
    return { order: captured, payment: capture };
  }

  void(id: string, turn: Turn): Paid<Authorization> {
    const { order, payment } = this.authorization(id);
    if (payment.status === 'VOIDED') throw impossible('PREVIOUSLY_VOIDED');
    if (payment.status !== 'CREATED') throw impossible('PREVIOUSLY_CAPTURED');
    const authorization: Authorization = { ...payment, status: 'VOIDED' };
    const movement = { kind: 'void', id, amount: payment.amount.value, reference: null, key: turn.key } as const;
    const voided = this.orders.put({ ...order, authorization }, movement);
    this.events.ofAuthorization('PAYMENT.AUTHORIZATION.VOIDED', voided);
    return { order: voided, payment: authorization };
  }

  refundCapture(id: string, body: Fields, turn: Turn): Paid<Refund> {
    const { order, payment: capture } = this.capture(id);
    const amount = turn.twist(this.refundable(order, capture, body));
    const customId = textOf(body.custom_id) ?? null;
    const invoiceId = textOf(body.invoice_id) ?? null;
    const isLate = order.source?.refund === 'later';
    const texts = { customId, invoiceId, note: textOf(body.note_to_payer) ?? null };
    const refund: Refund = { ...texts, id: paypalId(), capture: id, status: isLate ? 'PENDING' : 'COMPLETED', amount, at: this.at() };
    const isWhole = refundedOf(order, id) + amount.value === capture.amount.value;
    const status = isWhole ? 'REFUNDED' : 'PARTIALLY_REFUNDED';
    const captures = order.captures.map((one): Capture => (one.id === id ? { ...one, status } : one));
    const movement = { kind: 'refund', id: refund.id, amount: amount.value, reference: invoiceId ?? customId, key: turn.key } as const;
    const refunded = this.orders.put({ ...order, captures, refunds: [...order.refunds, refund] }, movement, refund.id);
    if (isLate) this.engine.defer(refund.id);
    this.events.ofRefund(isLate ? 'PAYMENT.REFUND.PENDING' : 'PAYMENT.CAPTURE.REFUNDED', refund, refunded);
    return { order: refunded, payment: refund };
  }

  /** A refund that was pending has arrived. */
  settle(effect: unknown): void {
    const { order, payment } = this.refund(String(effect));
    const refund: Refund = { ...payment, status: 'COMPLETED' };
    const refunds = order.refunds.map((one) => (one.id === refund.id ? refund : one));
    this.events.ofRefund('PAYMENT.CAPTURE.REFUNDED', refund, this.orders.put({ ...order, refunds }));
  }

  private refundable(order: Order, capture: Capture, body: Fields): Amount {
    if (capture.status === 'DECLINED') throw impossible('REFUND_NOT_ALLOWED');
    const rest = capture.amount.value - refundedOf(order, capture.id);
    if (rest === 0) throw impossible('CAPTURE_FULLY_REFUNDED');
    if (body.amount === undefined) return { ...capture.amount, value: rest };
    const asked = readMoney(body.amount, '/amount');
    if (asked.currency !== capture.amount.currency) throw impossible('REFUND_CAPTURE_CURRENCY_MISMATCH');
    if (asked.value > rest) throw impossible('REFUND_AMOUNT_EXCEEDED');
    return asked;
  }

  private at(): string {
    return this.engine.now().toISOString();
  }
}

function lost(): never {
  throw missing();
}
