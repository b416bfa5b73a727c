import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { type Config, CONFIG } from '../kernel/config/config.js';
import { failpoint } from '../kernel/failpoints.js';
import type { ObjectIdHex } from '../kernel/ids.js';
import type { RunningJob } from '../kernel/jobs/job.js';
import { JobQueue } from '../kernel/jobs/job-queue.js';
import { PaymentsService } from '../payments/payments.service.js';
import { FlowDriver } from './flow-driver.js';
import { awaitsCustomer, type FlowPayment, isFlow, type Moment } from './flow-payment.js';
import { FlowWriter, resolveKind } from './flow-writer.js';
import { Inquiry, openOf } from './inquiry.js';
import { begun, reviewed } from './lifecycle.js';

const concurrency = 50;
/** After the time-out of a call it is certain that whoever made it does not wait for it any more. */
const graceMs = 500;
/** Between two questions: as long as half of what has passed, within these. What the provider has taken on it will tell by itself. */
const longestMs = { doubt: 30_000, accepted: 300_000, refund: 3_600_000, review: 3_600_000 };

/**
 * Finds out what came of everything that providers were asked, and of which nobody knows: after a time-out, a broken connection, a crash.
 * Gives up what waits for a customer who does not come back, and tells a person of what nobody can find out.
 */
@Injectable()
export class Resolver implements OnModuleInit {
  constructor(
    private readonly queue: JobQueue,
    private readonly payments: PaymentsService,
    private readonly inquiry: Inquiry,
    private readonly driver: FlowDriver,
    private readonly writer: FlowWriter,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Pick<Config, 'providerTimeoutMs' | 'resolveAfterMs' | 'reviewAfterMs'>,
  ) {}

  onModuleInit(): void {
    // What fails here is the database, and it may have been busy for no more than a moment.
    const tries = { maxAttempts: Infinity, backoffMs: this.config.resolveAfterMs, longestBackoffMs: longestMs.doubt };
    this.queue.handle({ kind: resolveKind, concurrency, ...tries, run: (job) => this.run(job) });
  }

  private async run({ tenantId, payload }: RunningJob): Promise<Date | void> {
    const payment = await this.find(tenantId, payload.paymentId as ObjectIdHex);
    const open = payment && openOf(payment, payload.asked as string);
    if (!payment || !open) return;
    const ageMs = this.clock.now().getTime() - open.since.getTime();
    const { providerTimeoutMs, reviewAfterMs } = this.config;
    // Who sent it may still be waiting for the answer.
    if (open.isSent && ageMs < providerTimeoutMs + graceMs) return new Date(open.since.getTime() + providerTimeoutMs + graceMs);
    // What is wrong does not come right by asking; what nobody knew may be known by now.
    if (payment.flow.review && payment.flow.review.reason !== 'unresolved') return this.later(longestMs.review);
    // Whoever sent it may still be alive: from now on it is not theirs to say that it was not taken.
    const doubted = open.isSent ? await this.inquiry.doubt(payment, open) : payment;
    const after = await this.inquiry.about(doubted, open, ageMs);
    await failpoint('payments.resolved');
    const still = openOf(after, payload.asked as string);
    if (!still) return;
    if (ageMs > reviewAfterMs && awaitsCustomer(after)) return this.giveUp(after);
    // A refund may be pending for days.
    const isPending = 'refund' in still && still.isAccepted;
    if (ageMs > reviewAfterMs && !isPending) await this.writer.tell(after, (current, moment) => reviewed(current, 'unresolved', moment));
    const usual = isPending ? longestMs.refund : still.isAccepted ? longestMs.accepted : longestMs.doubt;
    const longest = after.flow.review ? longestMs.review : usual;
    return this.later(Math.min(Math.max(ageMs / 2, this.config.resolveAfterMs), longest));
  }

  /** A challenge that was left lying. */
  private async giveUp(payment: FlowPayment): Promise<void> {
    const begin = (current: FlowPayment, moment: Moment) => (awaitsCustomer(current) ? begun(current, 'void', 0, moment) : current);
    const given = await this.writer.tell(payment, begin);
    if (given) await this.driver.drive(given);
  }

  private async find(tenantId: string, id: ObjectIdHex): Promise<FlowPayment | null> {
    const payment = await this.payments.findInTenant(tenantId, id);
    return isFlow(payment) ? payment : null;
  }

  private later(ms: number): Date {
    return new Date(this.clock.now().getTime() + ms);
  }
}
