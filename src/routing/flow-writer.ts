import { Inject, Injectable } from '@nestjs/common';
import type { Author } from '../audit/audit-entry.js';
import { Clock } from '../kernel/clock.js';
import { type Config, CONFIG } from '../kernel/config/config.js';
import { requestContext } from '../kernel/http/request-context.js';
import type { NewJob } from '../kernel/jobs/job.js';
import type { Payment } from '../payments/payment.js';
import { isRefundOpen, refundOf, withoutTokens } from '../payments/payment-flow.js';
import { stamped } from '../payments/payment-changes.js';
import { type PaymentEffects, PaymentsLane } from '../payments/payments.lane.js';
import { type FlowPayment, isFlow, type Moment } from './flow-payment.js';

/** Finds out what came of what a provider was asked; one job for each thing asked, from before it is asked until that is known. */
export const resolveKind = 'payments.resolve';
/** Whom a provider's answers are put down to. */
const router: Author = { userId: 'routing', email: '', role: 'system' };

/** Something asked of a provider: an operation by its key, a refund by its id. */
export interface Asked {
  readonly id: string;
  readonly since: Date;
  readonly isOpen: boolean;
  readonly phase: string;
  readonly requestId?: string | undefined;
  /** What the request that asked for it is answered. */
  readonly answer: unknown;
}

type Named = Pick<Payment, 'id' | 'tenantId'>;
interface Decided {
  readonly isNew?: boolean;
  readonly decide: (current: Payment | null) => Payment | null;
  readonly answer?: AnswerOf | undefined;
}
type AnswerOf = (after: Payment) => unknown;

/** Writes what happens to payments at providers; the job that looks after what is asked begins and ends with it. */
@Injectable()
export class FlowWriter {
  constructor(
    private readonly lane: PaymentsLane,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Pick<Config, 'resolveAfterMs'>,
  ) {}

  /** When, and at whose request; for what is to be decided. */
  moment(): Moment {
    return { at: this.clock.now(), requestId: requestContext.current()?.key?.id };
  }

  /** A new payment, on its way already. */
  async make(payment: FlowPayment, by: Author): Promise<void> {
    await this.submit(payment, by, payment.createdAt, { isNew: true, decide: () => payment });
  }

  /**
   * What somebody asks for. `change` throws what refuses it, and is asked again where another change came first. The request is answered
   * by the payment, unless there is another `answer`.
   */
  async ask(payment: Named, by: Author, { at }: Moment, change: (current: Payment) => Payment, answer?: AnswerOf): Promise<Payment | null> {
    return this.submit(payment, by, at, { decide: (current) => current && stamped(current, change(current), at), answer });
  }

  /** What a provider has told. Null where the payment is gone. */
  async tell(payment: Named, change: (current: FlowPayment, moment: Moment) => FlowPayment): Promise<FlowPayment | null> {
    const at = this.clock.now();
    const decide = (current: Payment | null) => (isFlow(current) ? stamped(current, change(current, { at }), at) : current);
    const after = await this.submit(payment, router, at, { decide });
    return isFlow(after) ? after : null;
  }

  private submit(
    { id: paymentId, tenantId }: Named,
    actor: Author,
    at: Date,
    { isNew = false, decide, answer }: Decided,
  ): Promise<Payment | null> {
    const context = { actor, at, traceId: requestContext.traceId() };
    const effects = (after: Payment | null, before: Payment | null) => this.effects(after, before);
    const kept = (after: Payment | null) => after && (answer ?? withoutTokens)(after);
    return this.lane.submit(tenantId, { paymentId, isNew, context, decide, effects, answer: kept });
  }

  private effects(after: Payment | null, before: Payment | null): PaymentEffects {
    const [now, then] = [askedOf(after), askedOf(before)];
    const isOpenIn = (list: readonly Asked[], { id }: Asked) => list.some((asked) => asked.id === id && asked.isOpen);
    const ended = then.filter((asked) => asked.isOpen && !isOpenIn(now, asked));
    const begun = now.filter((asked) => asked.isOpen && !isOpenIn(then, asked));
    return {
      jobs: after ? begun.map((asked) => this.resolution(after, asked)) : [],
      done: { kind: resolveKind, keys: ended.map(({ id }) => id) },
      restated: then.flatMap(({ id, phase, requestId }) => {
        const asked = now.find((one) => one.id === id);
        return requestId === undefined || asked?.phase === phase
          ? []
          : [{ requestId, value: asked?.answer ?? (after && withoutTokens(after)) }];
      }),
    };
  }

  private resolution({ id: paymentId, tenantId }: Payment, { id, since }: Asked): NewJob {
    const runAt = new Date(since.getTime() + this.config.resolveAfterMs);
    return { kind: resolveKind, tenantId, payload: { paymentId, asked: id }, runAt, dedupeKey: id };
  }
}

/** Whatever is asked of a provider for the payment, or was and is not forgotten. */
export function askedOf(payment: Payment | null): readonly Asked[] {
  if (!isFlow(payment)) return [];
  const { operation, refunds } = payment.flow;
  const asked = refunds.map((refund) => {
    const { id, at: since, state: phase, requestId } = refund;
    return { id, since, isOpen: isRefundOpen(refund), phase, requestId, answer: refundOf(payment, refund) };
  });
  if (!operation) return asked;
  const { key: id, since, phase, requestId } = operation;
  return [...asked, { id, since, isOpen: true, phase, requestId, answer: withoutTokens(payment) }];
}
