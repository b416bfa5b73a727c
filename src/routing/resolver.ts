import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { type Config, CONFIG } from '../kernel/config/config.js';
import { failpoint } from '../kernel/failpoints.js';
import type { ObjectIdHex } from '../kernel/ids.js';
import type { RunningJob } from '../kernel/jobs/job.js';
import { JobQueue } from '../kernel/jobs/job-queue.js';
import type { FlowOperation, PaymentRefund } from '../payments/payment-flow.js';
import { PaymentsService } from '../payments/payments.service.js';
import { none, unknown } from '../providers/outcomes.js';
import type { Outcome, PaymentProvider } from '../providers/payment-provider.js';
import { FlowDriver } from './flow-driver.js';
import { type FlowPayment, isFlow } from './flow-payment.js';
import { FlowWriter, resolveKind } from './flow-writer.js';
import { answered, known, reviewed } from './lifecycle.js';
import { ProviderCalls } from './provider-calls.js';
import { refundAnswered } from './refund-lifecycle.js';
import { Refunds } from './refunds.service.js';

const concurrency = 50;
/** After the time-out of a call it is certain that whoever made it does not wait for it any more. */
const graceMs = 500;
/** Between two questions: as long as half of what has passed, within these. What the provider has taken on it will tell by itself. */
const longestMs = { doubt: 30_000, accepted: 300_000, refund: 3_600_000, review: 3_600_000 };
const hourMs = 3_600_000;
const marginHours = 2;

/**
 * Finds out what came of everything that providers were asked, and of which nobody knows: after a time-out, a broken connection, a crash.
 * The provider is asked where it can be; else the same is said again with the same key, which has the effect of once.
 */
@Injectable()
export class Resolver implements OnModuleInit {
  constructor(
    private readonly queue: JobQueue,
    private readonly payments: PaymentsService,
    private readonly calls: ProviderCalls,
    private readonly driver: FlowDriver,
    private readonly refunds: Refunds,
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
    const doubted = open.isSent ? await this.found(payment, open, unknown('Nobody has told what came of it')) : payment;
    const after = await this.resolve(doubted, open, ageMs);
    await failpoint('payments.resolved');
    const still = openOf(after, payload.asked as string);
    if (!still) return;
    // A refund may be pending for days.
    const isPending = 'refund' in still && still.isAccepted;
    if (ageMs > reviewAfterMs && !isPending) await this.writer.tell(after, (current, moment) => reviewed(current, 'unresolved', moment));
    const usual = isPending ? longestMs.refund : still.isAccepted ? longestMs.accepted : longestMs.doubt;
    const longest = after.flow.review ? longestMs.review : usual;
    return this.later(Math.min(Math.max(ageMs / 2, this.config.resolveAfterMs), longest));
  }

  private async resolve(payment: FlowPayment, open: Open, ageMs: number): Promise<FlowPayment> {
    const provider = await this.calls.providerOf(payment);
    if (!provider) return payment;
    const isAsked = provider.capabilities.resolvedBy === 'query';
    const found = isAsked ? await this.calls.query(payment, ageMs) : undefined;
    // The books say most: what they hold was done, whoever asked for it.
    const seen =
      found?.outcome === 'found' ? await this.writer.tell(payment, (current, moment) => known(current, found.payment, moment)) : payment;
    const still = seen && openOf(seen, open.id);
    if (!seen || !still || seen.flow.review) return seen ?? payment;
    if (isKeyAlive(provider, ageMs)) return wantsRepeat(seen, still) ? this.repeat(seen, still) : seen;
    return found && found.outcome !== 'unknown' && !still.isAccepted ? this.giveUp(seen, still) : seen;
  }

  private async repeat(payment: FlowPayment, open: Open): Promise<FlowPayment> {
    if ('operation' in open) return this.driver.repeat(payment);
    await this.refunds.send(payment, open.refund, true);
    return (await this.find(payment.tenantId, payment.id)) ?? payment;
  }

  /** Hours have passed, and the books know nothing of it: it has never arrived. */
  private async giveUp(payment: FlowPayment, open: Open): Promise<FlowPayment> {
    return this.found(payment, open, none({ category: 'refused', code: 'never_arrived', message: 'It has never arrived at the provider' }));
  }

  private async found(payment: FlowPayment, open: Open, outcome: Outcome): Promise<FlowPayment> {
    const after = await this.writer.tell(payment, (current, moment) =>
      'operation' in open
        ? answered(current, { key: open.id, outcome }, moment)
        : refundAnswered(current, { id: open.refund.id, outcome }, moment),
    );
    return after ?? payment;
  }

  private async find(tenantId: string, id: ObjectIdHex): Promise<FlowPayment | null> {
    const payment = await this.payments.findInTenant(tenantId, id);
    return isFlow(payment) ? payment : null;
  }

  private later(ms: number): Date {
    return new Date(this.clock.now().getTime() + ms);
  }
}

interface OpenState {
  readonly id: string;
  readonly since: Date;
  readonly isSent: boolean;
  readonly isAccepted: boolean;
}
type Open = OpenState & ({ readonly operation: FlowOperation } | { readonly refund: PaymentRefund });

function openOf({ flow: { operation, refunds } }: FlowPayment, id: string): Open | undefined {
  if (operation?.key === id) {
    const { phase, since } = operation;
    return { id, since, operation, isSent: phase === 'sent', isAccepted: phase === 'accepted' };
  }
  const refund = refunds.find((row) => row.id === id && row.state !== 'succeeded' && row.state !== 'failed');
  return refund && { id, since: refund.at, refund, isSent: refund.state === 'sent', isAccepted: refund.state === 'pending' };
}

/** Whether the same said again is still the same; later it would be done a second time. */
const isKeyAlive = ({ capabilities }: PaymentProvider, ageMs: number): boolean =>
  ageMs < (capabilities.keysLastHours - marginHours) * hourMs;

/** What the provider has taken on needs no repeat, but for a customer who has done what was wanted of them. */
const wantsRepeat = ({ state, flow }: FlowPayment, { isAccepted }: Open): boolean =>
  !isAccepted || (state === 'requires_action' && flow.actionUrl === undefined);
