import { Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { scopeOf } from '../kernel/actor/scope.js';
import { failpoint } from '../kernel/failpoints.js';
import { raise } from '../kernel/fault/fault.js';
import { type ObjectIdHex, objectIdHex } from '../kernel/ids.js';
import type { Payment } from '../payments/payment.js';
import { newPayment, type NewPayment } from '../payments/payment-changes.js';
import { type Confirmation, PaymentConfirmer } from '../payments/payment-confirmer.js';
import type { ReturnedWith } from '../payments/payment-flow.js';
import { PaymentsService, visible } from '../payments/payments.service.js';
import { FlowDriver } from './flow-driver.js';
import { awaitsCustomer, type FlowPayment, isFlow } from './flow-payment.js';
import { FlowWriter } from './flow-writer.js';
import { Inquiry, openOf } from './inquiry.js';
import { begun, confirmed, withReturn } from './lifecycle.js';
import { Router } from './router.service.js';
import { AmountExceeded, NotRouted, OperationRefused, OperationUnderWay } from './routing.faults.js';

/** Sends payments to providers, captures and gives them up. What is asked is written before a provider hears of it. */
@Injectable()
export class PaymentFlows extends PaymentConfirmer {
  constructor(
    private readonly payments: PaymentsService,
    private readonly router: Router,
    private readonly writer: FlowWriter,
    private readonly driver: FlowDriver,
    private readonly inquiry: Inquiry,
  ) {
    super();
  }

  /** @throws NoProvider, ProvidersFailing */
  async create(actor: Actor, given: NewPayment, confirmation: Confirmation): Promise<Payment> {
    const moment = this.writer.moment();
    const payment = newPayment(objectIdHex(), actor, given, moment.at);
    const sent = confirmed(payment, await this.router.route(payment, confirmation), moment);
    await this.writer.make(sent, actor);
    await failpoint('payments.begun');
    return this.driver.drive(sent);
  }

  /** @throws PaymentNotFound, OperationRefused, NoProvider, ProvidersFailing */
  async confirm(actor: Actor, id: ObjectIdHex, confirmation: Confirmation): Promise<Payment> {
    const found = await this.payments.find(scopeOf(actor), id);
    assertState(found, 'confirmed', ['created']);
    const moment = this.writer.moment();
    const routed = await this.router.route(found, confirmation);
    return this.begin(actor, found, (current) => {
      assertState(current, 'confirmed', ['created']);
      return confirmed(current, routed, moment);
    });
  }

  /**
   * Goes on after the customer has come back from what they were to do, with the query parameters of the address to which they came. Where
   * the end is known by then, nothing is left to do. @throws PaymentNotFound, NotRouted
   */
  async complete(actor: Actor, id: ObjectIdHex, returned: ReturnedWith): Promise<Payment> {
    const found = flowOf(await this.payments.find(scopeOf(actor), id));
    const key = found.flow.operation?.key ?? '';
    const moment = this.writer.moment();
    const change = (current: Payment) => withReturn(flowOf(visible(current, actor)), key, returned, moment);
    const payment = flowOf(visible(await this.writer.ask(found, actor, moment, change), actor));
    await failpoint('payments.begun');
    const open = awaitsCustomer(payment) ? openOf(payment, key) : undefined;
    return open ? this.inquiry.about(payment, open, moment.at.getTime() - open.since.getTime()) : payment;
  }

  /** As much as is given, or all that was authorized. @throws PaymentNotFound, OperationRefused, OperationUnderWay, AmountExceeded */
  async capture(actor: Actor, id: ObjectIdHex, amountMinor?: number): Promise<Payment> {
    const found = await this.payments.find(scopeOf(actor), id);
    const moment = this.writer.moment();
    return this.begin(actor, found, (current) => {
      const payment = idle(current, 'captured', ['authorized']);
      const { authorizedMinor } = payment.flow;
      if (amountMinor !== undefined && amountMinor > authorizedMinor) throw new AmountExceeded(authorizedMinor);
      return begun(payment, 'capture', amountMinor ?? authorizedMinor, moment);
    });
  }

  /** Before anything is captured; nobody is asked of a payment that was never sent. @throws as `capture` */
  async cancel(actor: Actor, id: ObjectIdHex): Promise<Payment> {
    const found = await this.payments.find(scopeOf(actor), id);
    const moment = this.writer.moment();
    return this.begin(actor, found, (current) => {
      if (current.state === 'created' && !current.charge) return { ...current, state: 'cancelled' };
      return begun(idle(current, 'cancelled', ['authorized', 'requires_action']), 'void', 0, moment);
    });
  }

  /** With the decision by which it was routed. @throws PaymentNotFound, NotRouted */
  async routed(actor: Actor, id: ObjectIdHex): Promise<FlowPayment> {
    return flowOf(await this.payments.find(scopeOf(actor), id));
  }

  private async begin(actor: Actor, found: Payment, change: (current: Payment) => Payment): Promise<Payment> {
    const after = await this.writer.ask(found, actor, this.writer.moment(), (current) => change(visible(current, actor)));
    await failpoint('payments.begun');
    const payment = visible(after, actor);
    return isFlow(payment) ? this.driver.drive(payment) : payment;
  }
}

const flowOf = (payment: Payment): FlowPayment => (isFlow(payment) ? payment : raise(new NotRouted()));

function assertState({ state, charge }: Payment, asked: string, states: readonly Payment['state'][]): void {
  if (!states.includes(state) || charge) throw new OperationRefused(asked, state);
}

/** Nothing is under way, but for an authorization that waits for the customer. @throws OperationRefused, OperationUnderWay */
function idle(payment: Payment, asked: string, states: readonly Payment['state'][]): FlowPayment {
  if (!isFlow(payment)) throw new OperationRefused(asked, payment.state);
  if (payment.flow.operation && !awaitsCustomer(payment)) throw new OperationUnderWay();
  assertState(payment, asked, states);
  return payment;
}
