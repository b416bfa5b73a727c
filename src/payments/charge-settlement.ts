import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Author } from '../audit/audit-entry.js';
import { Clock } from '../kernel/clock.js';
import { requestContext } from '../kernel/http/request-context.js';
import type { ObjectIdHex } from '../kernel/ids.js';
import type { NewJob, RunningJob } from '../kernel/jobs/job.js';
import { JobQueue } from '../kernel/jobs/job-queue.js';
import { type ChargedPayment, completionText, noticeKind, settled } from './charge.js';
import type { Payment } from './payment.js';
import { PaymentsLane } from './payments.lane.js';

const kind = 'payments.settle';
/** As many as one batch of the lane takes. */
const concurrency = 200;
const clerk: Author = { userId: 'gateway', email: '', role: 'system' };

export const settlementOf = ({ id, tenantId, createdAt }: ChargedPayment, afterMs: number): NewJob => {
  return { kind, tenantId, payload: { paymentId: id }, runAt: new Date(createdAt.getTime() + afterMs) };
};

/** Completes charges when their time has come, and has it told to whoever wants to know: both, or neither, and once. */
@Injectable()
export class ChargeSettlement implements OnModuleInit {
  constructor(
    private readonly queue: JobQueue,
    private readonly lane: PaymentsLane,
    private readonly clock: Clock,
  ) {}

  /** Nobody looks after it, so it is tried until it succeeds. */
  onModuleInit(): void {
    this.queue.handle({ kind, concurrency, maxAttempts: Infinity, run: (job) => this.settle(job) });
  }

  private async settle({ tenantId, payload }: RunningJob): Promise<void> {
    const at = this.clock.now();
    await this.lane.submit(tenantId, {
      paymentId: payload.paymentId as ObjectIdHex,
      isNew: false,
      context: { actor: clerk, at, traceId: requestContext.traceId() },
      decide: (current) => settled(current, at),
      effects: (after) => ({ jobs: notices(after, at) }),
    });
  }
}

function notices(payment: Payment | null, at: Date): NewJob[] {
  const { tenantId, ownerId, charge } = payment ?? {};
  if (!payment || tenantId === undefined || !charge?.webhookUrl) return [];
  const body = completionText({ ...payment, charge }, at);
  return [{ kind: noticeKind, tenantId, payload: { url: charge.webhookUrl, userId: ownerId, body }, dedupeKey: charge.id }];
}
