import { Body, Controller, Get, Param, Patch, Post } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { Allow } from '../kernel/actor/allow.decorator.js';
import { By } from '../kernel/actor/by.decorator.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import { NeedsKey } from '../kernel/idempotency/keeps-key.decorator.js';
import { ConfirmationBody, confirmationOf } from '../payments/confirmation.js';
import type { Payment } from '../payments/payment.js';
import { NoProvider, PaymentNotFound, ProvidersFailing } from '../payments/payment.faults.js';
import type { RefundOfPayment } from '../payments/payment-flow.js';
import { PaymentView, RefundView } from '../payments/payment.view.js';
import { publicIdOf } from '../payments/payments.service.js';
import type { FlowPayment } from './flow-payment.js';
import { PaymentFlows } from './payment-flows.service.js';
import { Refunds } from './refunds.service.js';
import { CaptureDto, CompleteDto, RefundDecisionDto, RefundDto, returnedWith } from './routing.dto.js';
import {
  AmountExceeded,
  NotRouted,
  OperationRefused,
  OperationUnderWay,
  RefundNotFound,
  RefundSettled,
  TooManyRefunds,
} from './routing.faults.js';
import { RoutingView } from './routing.view.js';

const notFound = () => new PaymentNotFound();
const failing = () => new ProvidersFailing('No provider is left: stripe is failing.');

/** Whatever a provider answers, the answer is the payment: its `state`, and how the `last` operation ended. */
@Dialect('traced')
@Controller('api/v1/payments')
export class PaymentFlowsController {
  constructor(
    private readonly flows: PaymentFlows,
    private readonly refunds: Refunds,
  ) {}

  /** Sends a recorded payment to the tenant's providers, one after the other as long as that may help. */
  @Post(':id/confirm')
  @Allow('payments:write', ['system_admin', 'owner', 'admin', 'merchant'])
  @NeedsKey()
  @Answers(PaymentView)
  @Fails(notFound, () => new OperationRefused('confirmed', 'captured'), () => new NoProvider('No provider is known.'), failing)
  confirm(@By() actor: Actor, @Param('id') id: string, @Body() body: ConfirmationBody): Promise<Payment> {
    return this.flows.confirm(actor, publicIdOf(id), confirmationOf(body));
  }

  /** Goes on once the customer has come back from `actionUrl`, approving or not; a webhook would say so too, but later. */
  @Post(':id/complete')
  @Allow('payments:write', ['system_admin', 'owner', 'admin', 'merchant'])
  @Answers(PaymentView)
  @Fails(notFound, () => new NotRouted())
  complete(@By() actor: Actor, @Param('id') id: string, @Body() body: CompleteDto): Promise<Payment> {
    return this.flows.complete(actor, publicIdOf(id), returnedWith(body));
  }

  /** Takes what was authorized, or a part of it; the rest is given up. */
  @Post(':id/capture')
  @Allow('payments:write', ['system_admin', 'owner', 'admin', 'merchant'])
  @NeedsKey()
  @Answers(PaymentView)
  @Fails(notFound, () => new OperationRefused('captured', 'declined'), () => new OperationUnderWay(), () => new AmountExceeded(1299))
  capture(@By() actor: Actor, @Param('id') id: string, @Body() { amountMinor }: CaptureDto): Promise<Payment> {
    return this.flows.capture(actor, publicIdOf(id), amountMinor);
  }

  /** Gives a payment up that was not captured. */
  @Post(':id/cancel')
  @Allow('payments:write', ['system_admin', 'owner', 'admin', 'merchant'])
  @NeedsKey()
  @Answers(PaymentView)
  @Fails(notFound, () => new OperationRefused('cancelled', 'captured'), () => new OperationUnderWay())
  cancel(@By() actor: Actor, @Param('id') id: string): Promise<Payment> {
    return this.flows.cancel(actor, publicIdOf(id));
  }

  /** Gives captured money back, wholly or in part, and never more than was captured. */
  @Post(':id/refunds')
  @Allow('payments:write', ['system_admin', 'owner', 'admin', 'finance', 'merchant'])
  @NeedsKey()
  @Answers(RefundView, { status: 201 })
  @Fails(notFound, () => new OperationRefused('refunded', 'declined'), () => new AmountExceeded(500), () => new TooManyRefunds())
  refund(@By() actor: Actor, @Param('id') id: string, @Body() body: RefundDto): Promise<RefundOfPayment> {
    return this.refunds.refund(actor, publicIdOf(id), body);
  }

  /** Ends a refund of which nobody can find out what became of it, of a payment that waits for a person. */
  @Patch(':id/refunds/:refundId')
  @Allow('payments:write', ['system_admin', 'owner', 'admin', 'finance'])
  @Answers(RefundView)
  @Fails(notFound, () => new RefundNotFound(), () => new RefundSettled())
  decide(
    @By() actor: Actor,
    @Param('id') id: string,
    @Param('refundId') refundId: string,
    @Body() body: RefundDecisionDto,
  ): Promise<RefundOfPayment> {
    return this.refunds.decide(actor, publicIdOf(id), refundId, body);
  }

  /** Where a payment went, and why: the decision with every candidate, and what came of each attempt. */
  @Get(':id/routing')
  @Allow('payments:read')
  @Answers(RoutingView)
  @Fails(notFound, () => new NotRouted())
  routing(@By() actor: Actor, @Param('id') id: string): Promise<FlowPayment> {
    return this.flows.routed(actor, publicIdOf(id));
  }
}
