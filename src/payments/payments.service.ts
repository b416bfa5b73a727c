import { Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { type Scope, scopeOf, tenantScope } from '../kernel/actor/scope.js';
import { Clock } from '../kernel/clock.js';
import { raise } from '../kernel/fault/fault.js';
import { type Page, pageOf } from '../kernel/http/page.js';
import { requestContext } from '../kernel/http/request-context.js';
import { isObjectIdHex, type ObjectIdHex, objectIdHex } from '../kernel/ids.js';
import type { Payment } from './payment.js';
import {
  assertChangesSomething,
  assertRemovable,
  changePayment,
  newPayment,
  type NewPayment,
  type PaymentChange,
} from './payment-changes.js';
import { PaymentNotFound } from './payment.faults.js';
import { PaymentFiguresService } from './payment-figures.service.js';
import type { PaymentFilter } from './payment-filter.js';
import type { ChangeContext } from './payment-record.js';
import { PaymentsLane } from './payments.lane.js';
import { type PageStart, PaymentsRepository } from './payments.repository.js';

export interface NumberedPage {
  readonly payments: readonly Payment[];
  readonly page: number;
  readonly limit: number;
  readonly total: number;
}

/** What the product can do with payments, whichever surface asks. */
@Injectable()
export class PaymentsService {
  constructor(
    private readonly payments: PaymentsRepository,
    private readonly figures: PaymentFiguresService,
    private readonly lane: PaymentsLane,
    private readonly clock: Clock,
  ) {}

  /** A page by its number; past the end it is empty. */
  async page(scope: Scope, filter: PaymentFilter, page: number, limit: number): Promise<NumberedPage> {
    const skip = Math.min((page - 1) * limit, Number.MAX_SAFE_INTEGER);
    // The first pages begin nowhere else, so both questions can be asked at once.
    const first = skip === 0 ? this.payments.list(scope, filter, {}, limit) : undefined;
    const [position, firstPage] = await Promise.all([this.figures.position(scope, filter, { skip, limit }), first]);
    const payments = firstPage ?? (skip < position.total ? await this.payments.list(scope, filter, position, limit) : []);
    return { payments, page, limit, total: position.total };
  }

  /** A page after a cursor. */
  async browse(scope: Scope, filter: PaymentFilter, limit: number, after?: PageStart['after']): Promise<Page<Payment>> {
    const [rows, { total }] = await Promise.all([
      this.payments.list(scope, filter, after ? { after } : {}, limit + 1),
      this.figures.position(scope, filter, { skip: 0, limit }),
    ]);
    return { ...pageOf(rows, limit, ({ initiatedAt, id }) => [initiatedAt.getTime(), id]), total };
  }

  /** @throws PaymentNotFound */
  async find(scope: Scope, id: ObjectIdHex): Promise<Payment> {
    return (await this.payments.find(scope, id)) ?? raise(new PaymentNotFound());
  }

  /** Whoever's it is; for work that no caller asked for. */
  findInTenant(tenantId: string, id: ObjectIdHex): Promise<Payment | null> {
    return this.payments.find(tenantScope(tenantId), id);
  }

  /** By the provider's name for it, at an account of the tenant. */
  findAtProvider(tenantId: string, accountId: string, providerId: string): Promise<Payment | null> {
    return this.payments.findAtProvider(tenantScope(tenantId), accountId, providerId);
  }

  async create(actor: Actor, given: NewPayment): Promise<Payment> {
    const context = this.context(actor);
    const payment = newPayment(objectIdHex(), actor, given, context.at);
    await this.lane.submit(actor.tenantId, { paymentId: payment.id, isNew: true, context, decide: () => payment });
    return payment;
  }

  /** @throws NothingToUpdate, PaymentNotFound, TransitionRefused, TooManyAttempts */
  async update(actor: Actor, id: ObjectIdHex, change: PaymentChange): Promise<Payment> {
    assertChangesSomething(change);
    const context = this.context(actor);
    const decide = (current: Payment | null) => changePayment(visible(current, actor), actor, change, context.at);
    const after = await this.lane.submit(actor.tenantId, { paymentId: id, isNew: false, context, decide });
    return after ?? raise(new PaymentNotFound());
  }

  /** `answer` is what a request that says more than that is answered again. @throws PaymentNotFound, TransitionRefused */
  async remove(actor: Actor, id: ObjectIdHex, answer?: unknown): Promise<void> {
    const decide = (current: Payment | null) => {
      assertRemovable(visible(current, actor));
      return null;
    };
    await this.lane.submit(actor.tenantId, {
      paymentId: id,
      isNew: false,
      context: this.context(actor),
      decide,
      answer: () => answer ?? null,
    });
  }

  private context(actor: Actor): ChangeContext {
    return { actor, at: this.clock.now(), traceId: requestContext.traceId() };
  }
}

/** What the caller may not see is not there. */
export function visible(payment: Payment | null, actor: Actor): Payment {
  const { ownerId } = scopeOf(actor);
  if (!payment || (ownerId !== undefined && payment.ownerId !== ownerId)) throw new PaymentNotFound();
  return payment;
}

/** The platform's id as a route carries it; an id of another form names no payment. @throws PaymentNotFound */
export const publicIdOf = (text: string): ObjectIdHex =>
  (text.startsWith('pay_') ? paymentIdOf(text.slice(4)) : undefined) ?? raise(new PaymentNotFound());

/** The id as a route carries it, if it is one: 24 hex digits. */
export const paymentIdOf = (text: string): ObjectIdHex | undefined =>
  isObjectIdHex(text) ? (text.toLowerCase() as ObjectIdHex) : undefined;
