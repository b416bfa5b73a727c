import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiBody, ApiQuery } from '@nestjs/swagger';
import type { Actor } from '../kernel/actor/actor.js';
import { Allow } from '../kernel/actor/allow.decorator.js';
import { By } from '../kernel/actor/by.decorator.js';
import { scopeOf } from '../kernel/actor/scope.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import { Invalid, raise } from '../kernel/fault/fault.js';
import { NothingToUpdate, PaymentNotFound, TransitionRefused } from './payment.faults.js';
import type { Payment } from './payment.js';
import { assertMayChange, readNewPayment, readPaymentChange } from './payments.routing.dto.js';
import { RoutingPaymentChangeForm, RoutingPaymentForm, RoutingPaymentsQuery } from './payments.routing.form.js';
import { readFilter } from './payment-filter.js';
import { readPage } from './payments.routing.query.js';
import { RoutingPageView } from './payments.routing.view.js';
import { type NumberedPage, paymentIdOf, PaymentsService } from './payments.service.js';

type QueryFields = Readonly<Record<string, unknown>>;
const idOf = (text: string) => paymentIdOf(text) ?? raise(new Invalid('Invalid ID'));

@Dialect('envelope')
@Controller('api/payments')
export class PaymentsRoutingController {
  constructor(private readonly payments: PaymentsService) {}

  /** Payments of the tenant, of a merchant its own; newest first. */
  @Get()
  @Allow('payments:read')
  @ApiQuery({ type: RoutingPaymentsQuery })
  @Answers(RoutingPageView)
  @Fails(() => new Invalid('Invalid page'))
  list(@By() actor: Actor, @Query() query: QueryFields): Promise<NumberedPage> {
    const { page, limit } = readPage(query);
    return this.payments.page(scopeOf(actor), readFilter(query), page, limit);
  }

  /** Records a payment, always as pending. */
  @Post()
  @Allow('payments:write', ['system_admin', 'owner', 'admin', 'merchant'])
  @ApiBody({ type: RoutingPaymentForm })
  @Answers(null, { status: 201, says: 'Payment created' })
  @Fails(() => new Invalid('Invalid amount'))
  create(@By() actor: Actor, @Body() body: unknown): Promise<Payment> {
    return this.payments.create(actor, readNewPayment(body));
  }

  /** Corrects a payment, sets its status or adds provider attempts; finance only the last two. */
  @Put(':id')
  @Allow('payments:write', ['system_admin', 'owner', 'admin', 'finance'])
  @ApiBody({ type: RoutingPaymentChangeForm })
  @Answers(null, { says: 'Updated' })
  @Fails(() => new Invalid('Invalid ID'), () => new NothingToUpdate(), () => new TransitionRefused(), () => new PaymentNotFound())
  update(@By() actor: Actor, @Param('id') id: string, @Body() body: unknown): Promise<Payment> {
    assertMayChange(body, actor.role);
    return this.payments.update(actor, idOf(id), readPaymentChange(body));
  }

  /** Takes a payment out of lists and analytics; the audit log keeps it. */
  @Delete(':id')
  @Allow('payments:write', ['system_admin', 'owner', 'admin'])
  @Answers(null, { says: 'Deleted' })
  @Fails(() => new Invalid('Invalid ID'), () => new PaymentNotFound())
  remove(@By() actor: Actor, @Param('id') id: string): Promise<void> {
    return this.payments.remove(actor, idOf(id));
  }
}
