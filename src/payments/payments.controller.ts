import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { Allow } from '../kernel/actor/allow.decorator.js';
import { By } from '../kernel/actor/by.decorator.js';
import { isAdmin } from '../kernel/actor/permissions.js';
import { scopeOf } from '../kernel/actor/scope.js';
import { AccessDenied, ValidationFailed } from '../kernel/fault/common-faults.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import { raise } from '../kernel/fault/fault.js';
import { decodeCursor, type Page, UnknownCursor } from '../kernel/http/page.js';
import { requestContext } from '../kernel/http/request-context.js';
import { KeyRequired } from '../kernel/idempotency/idempotency-record.js';
import { rangeOf, readMoment } from '../kernel/time/calendar.js';
import { confirmationOf } from './confirmation.js';
import type { Payment } from './payment.js';
import type { CoreChange, PaymentChange } from './payment-changes.js';
import { PaymentConfirmer } from './payment-confirmer.js';
import { NoProvider, NothingToUpdate, PaymentNotFound, TooManyAttempts, TransitionRefused, ProvidersFailing } from './payment.faults.js';
import { PaymentView } from './payment.view.js';
import { AttemptDto, CreatePaymentDto, CustomerDto, PaymentsQuery, UpdatePaymentDto } from './payments.dto.js';
import { paymentIdOf, PaymentsService, publicIdOf } from './payments.service.js';

@Dialect('traced')
@Controller('api/v1/payments')
export class PaymentsController {
  constructor(
    private readonly payments: PaymentsService,
    private readonly confirmer: PaymentConfirmer,
  ) {}

  /** Payments of the tenant, of a merchant its own; newest first. */
  @Get()
  @Allow('payments:read')
  @Answers(PaymentView, { shape: 'page' })
  list(@By() actor: Actor, @Query() { limit, cursor, status, review, from, to }: PaymentsQuery): Promise<Page<Payment>> {
    const filter = {
      range: rangeOf(from ? moment('from', from) : undefined, to ? moment('to', to) : undefined),
      ...(status && { status }),
      ...(review && { isInReview: true }),
    };
    return this.payments.browse(scopeOf(actor), filter, limit, cursor === undefined ? undefined : afterOf(cursor));
  }

  /** One payment with its attempts and manual decisions. */
  @Get(':id')
  @Allow('payments:read')
  @Answers(PaymentView)
  @Fails(() => new PaymentNotFound())
  find(@By() actor: Actor, @Param('id') id: string): Promise<Payment> {
    return this.payments.find(scopeOf(actor), publicIdOf(id));
  }

  /** Records a payment, always as pending; with `confirm` it is sent to the tenant's providers at once. */
  @Post()
  @Allow('payments:write', ['system_admin', 'owner', 'admin', 'merchant'])
  @Answers(PaymentView, { status: 201 })
  @Fails(
    () => new KeyRequired(),
    () => new NoProvider('No provider is known.'),
    () => new ProvidersFailing('No provider is left: stripe is failing.'),
  )
  create(@By() actor: Actor, @Body() { customer, attempts = [], confirm, confirmation, ...given }: CreatePaymentDto): Promise<Payment> {
    const payment = { ...given, customer: whole(customer), attempts: attempts.map(plain) };
    if (!confirm) return this.payments.create(actor, payment);
    if (!requestContext.current()?.key) throw new KeyRequired();
    if (!confirmation) throw new ValidationFailed([{ field: 'confirmation', message: 'confirmation is required with confirm' }]);
    return this.confirmer.create(actor, payment, confirmationOf(confirmation, 'confirmation.'));
  }

  /** Corrects a payment, sets its status or adds provider attempts; finance only the last two. */
  @Patch(':id')
  @Allow('payments:write', ['system_admin', 'owner', 'admin', 'finance'])
  @Answers(PaymentView)
  @Fails(() => new NothingToUpdate(), () => new PaymentNotFound(), () => new TransitionRefused(), () => new TooManyAttempts('payment', 100))
  update(@By() actor: Actor, @Param('id') id: string, @Body() body: UpdatePaymentDto): Promise<Payment> {
    const change = changeOf(body);
    if (Object.keys(change.core).length > 0 && !isAdmin(actor.role)) throw new AccessDenied();
    return this.payments.update(actor, publicIdOf(id), change);
  }

  /** Takes a payment out of lists and analytics; the audit log keeps it. */
  @Delete(':id')
  @Allow('payments:write', ['system_admin', 'owner', 'admin'])
  @Answers(null)
  @Fails(() => new PaymentNotFound())
  remove(@By() actor: Actor, @Param('id') id: string): Promise<void> {
    return this.payments.remove(actor, publicIdOf(id));
  }
}

function moment(field: string, text: string) {
  return readMoment(text) ?? raise(new ValidationFailed([{ field, message: `${field} must be a date or a date with time` }]));
}

function afterOf(cursor: string) {
  const [initiatedAt, id] = decodeCursor(cursor, ['moment', 'text']);
  return { initiatedAt, id: paymentIdOf(id) ?? raise(new UnknownCursor()) };
}

function changeOf({ status, reason, attempts, customer, initiatedAt, ...rest }: UpdatePaymentDto): PaymentChange {
  const given: CoreChange = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined && value !== null));
  const core = {
    ...given,
    ...(customer && { customer: whole(customer) }),
    ...(initiatedAt && { initiatedAt: moment('initiatedAt', initiatedAt).at }),
  };
  return { core, ...(status && { status }), ...(reason && { reason }), ...(attempts && { attempts: attempts.map(plain) }) };
}

const plain = ({ provider, result, latencyMs }: AttemptDto) => ({ provider, result, latencyMs });
const whole = ({ name = '', email = '', country = '' }: CustomerDto = {}) => ({ name, email, country });
