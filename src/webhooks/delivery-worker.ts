import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { JobFailed, type RunningJob } from '../kernel/jobs/job.js';
import { JobQueue } from '../kernel/jobs/job-queue.js';
import { UnitOfWork } from '../kernel/mongo/unit-of-work.js';
import { DeliveryAttempts } from './delivery-attempts.service.js';
import { DeliveryLanes } from './delivery-lanes.js';
import { jobKinds } from './webhook-delivery.js';
import { WebhookDeliveries } from './webhook-deliveries.service.js';

/** Most of them wait for somebody else's server, and the lanes keep one receiver from having them all. */
const atOnce = 500;
const putBackMs = 1_000;

/** Runs the jobs of deliveries. */
@Injectable()
export class DeliveryWorker implements OnModuleInit, OnModuleDestroy {
  private readonly lanes = new DeliveryLanes();
  private readonly stop = new AbortController();

  constructor(
    private readonly queue: JobQueue,
    private readonly attempts: DeliveryAttempts,
    private readonly deliveries: WebhookDeliveries,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.queue.handle({ kind: jobKinds.deliver, concurrency: atOnce, run: (job) => this.deliver(job) });
    this.queue.handle({ kind: jobKinds.send, run: (job) => this.accept(job) });
  }

  /** A stop does not wait for slow receivers: what is broken off here, another node sends. */
  onModuleDestroy(): void {
    this.stop.abort();
  }

  private async deliver({ tenantId, payload: { lane, deliveryId } }: RunningJob): Promise<Date | void> {
    if (this.stop.signal.aborted) return this.after(putBackMs);
    const turn = await this.lanes.run(String(lane), () => this.attempts.attempt(tenantId, String(deliveryId), this.stop.signal));
    if (turn.isTurnedAway) return this.after(turn.forMs);
    return turn.value ?? undefined;
  }

  /** A charge that named an address of its own is completed: what it says becomes a delivery like any other. */
  private async accept(job: RunningJob): Promise<void> {
    const { url, userId, body } = job.payload;
    if (typeof url !== 'string' || typeof userId !== 'string' || typeof body !== 'string')
      throw new JobFailed('The message is not complete');
    const message = { tenantId: job.tenantId, ownerId: userId, url, messageId: job.id, eventType: eventTypeOf(body), body };
    await this.unitOfWork.run(async (session) => {
      await this.deliveries.add(session, [message]);
      await job.complete(session);
    });
  }

  private after(ms: number): Date {
    return new Date(this.clock.now().getTime() + ms);
  }
}

function eventTypeOf(body: string): string {
  const { event } = JSON.parse(body) as { readonly event?: unknown };
  return typeof event === 'string' ? event : 'unknown';
}
