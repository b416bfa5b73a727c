import { Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { scopeOf } from '../kernel/actor/scope.js';
import { failpoint } from '../kernel/failpoints.js';
import { raise } from '../kernel/fault/fault.js';
import { newId, type ObjectIdHex } from '../kernel/ids.js';
import { committedMinor, flowLimits, isRefundOpen, type PaymentRefund, refundOf, type RefundOfPayment } from '../payments/payment-flow.js';
import type { Payment } from '../payments/payment.js';
import { PaymentsService, visible } from '../payments/payments.service.js';
import { type FlowPayment, isFlow } from './flow-payment.js';
import { FlowWriter } from './flow-writer.js';
import { ProviderCalls } from './provider-calls.js';
import { refundAnswered, refundBegun, refundDecided, type RefundDecision } from './refund-lifecycle.js';
import { AmountExceeded, OperationRefused, RefundNotFound, RefundSettled, TooManyRefunds } from './routing.faults.js';

export interface RefundRequest {
  /** All that is left, where there is none. */
  readonly amountMinor?: number | undefined;
  readonly reason: string;
}
const refundable: readonly Payment['state'][] = ['captured', 'partially_refunded', 'refunded'];

/** Gives captured money back, and never more than was captured: what is being refunded counts until it has failed. */
@Injectable()
export class Refunds {
  constructor(
    private readonly payments: PaymentsService,
    private readonly writer: FlowWriter,
    private readonly calls: ProviderCalls,
  ) {}

  /** @throws PaymentNotFound, OperationRefused, AmountExceeded, TooManyRefunds */
  async refund(actor: Actor, paymentId: ObjectIdHex, { amountMinor, reason }: RefundRequest): Promise<RefundOfPayment> {
    const found = await this.payments.find(scopeOf(actor), paymentId);
    const moment = this.writer.moment();
    const { at, requestId } = moment;
    const asked = { id: newId('ref'), reason, state: 'sent', by: actor.userId, at, ...(requestId !== undefined && { requestId }) } as const;
    const refund: PaymentRefund = { ...asked, amountMinor: amountMinor ?? leftOf(found) };
    const change = (current: Payment) => refundBegun(room(visible(current, actor), refund.amountMinor), refund);
    const begun = await this.writer.ask(found, actor, moment, change, () => refundOf(found, refund));
    await failpoint('payments.refund-begun');
    const after = isFlow(begun) ? await this.send(begun, refund, false) : found;
    return refundOf(after, after.flow?.refunds.find(({ id }) => id === refund.id) ?? refund);
  }

  /** Ends one that waits for a person, by their word. @throws PaymentNotFound, RefundNotFound, RefundSettled */
  async decide(actor: Actor, paymentId: ObjectIdHex, refundId: string, decision: RefundDecision): Promise<RefundOfPayment> {
    const found = await this.payments.find(scopeOf(actor), paymentId);
    const change = (current: Payment) => {
      const payment = visible(current, actor);
      const refund = rowOf(payment, refundId);
      return refundDecided(waiting(payment, refund), refund, decision);
    };
    const answer = (after: Payment) => refundOf(after, rowOf(after, refundId));
    return answer(visible(await this.writer.ask(found, actor, this.writer.moment(), change, answer), actor));
  }

  /** Sends a refund that is written, again where `isRepeat`; the payment after what came of it. */
  async send(payment: FlowPayment, refund: PaymentRefund, isRepeat: boolean): Promise<FlowPayment> {
    const outcome = await this.calls.refund(payment, refund, isRepeat);
    await failpoint('payments.refund-answered');
    const after = await this.writer.tell(payment, (current, moment) =>
      refundAnswered(current, { id: refund.id, outcome, isFirst: !isRepeat }, moment),
    );
    await failpoint('payments.refund-settled');
    return after ?? payment;
  }
}

const leftOf = ({ flow }: Payment): number => (flow ? flow.capturedMinor - committedMinor(flow) : 0);

/** @throws RefundNotFound */
const rowOf = ({ flow }: Payment, id: string): PaymentRefund => flow?.refunds.find((row) => row.id === id) ?? raise(new RefundNotFound());

/** @throws RefundSettled where it is over, or nobody has been called */
function waiting(payment: Payment, refund: PaymentRefund): FlowPayment {
  if (!isFlow(payment) || !payment.flow.review || !isRefundOpen(refund)) throw new RefundSettled();
  return payment;
}

/** @throws OperationRefused, AmountExceeded, TooManyRefunds */
function room(payment: Payment, amountMinor: number): FlowPayment {
  if (!isFlow(payment) || !refundable.includes(payment.state)) throw new OperationRefused('refunded', payment.state);
  const left = leftOf(payment);
  if (amountMinor < 1 || amountMinor > left) throw new AmountExceeded(left);
  if (payment.flow.refunds.length >= flowLimits.refunds) throw new TooManyRefunds();
  return payment;
}
