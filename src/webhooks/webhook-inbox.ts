import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Binary } from 'mongodb';
import type { Event } from '../events/event.js';
import { EventsService } from '../events/events.service.js';
import { Clock } from '../kernel/clock.js';
import { failpoint } from '../kernel/failpoints.js';
import { Unavailable } from '../kernel/fault/fault.js';
import { GroupCommit, type Settled } from '../kernel/group-commit.js';
import { newId } from '../kernel/ids.js';
import { requestContext } from '../kernel/http/request-context.js';
import { LeaseLost, type NewJob, type RunningJob } from '../kernel/jobs/job.js';
import { JobQueue } from '../kernel/jobs/job-queue.js';
import { UnitOfWork } from '../kernel/mongo/unit-of-work.js';
import { type InboundWebhook, inboundIdOf } from './inbound-webhook.js';
import { InboundWebhooksRepository } from './inbound-webhooks.repository.js';
import { InvalidWebhookSignature, type WebhookArrival, type WebhookSource } from './webhook-source.js';

export interface WebhookReceipt {
  readonly id: string;
  /** It had come before, and was not taken a second time. */
  readonly isDuplicate: boolean;
}

const limits = { batch: 100, queue: 2_000, gatherMs: 5 };
const kind = 'webhooks.process';
/** What was acknowledged nobody sends again, so it is tried for a day. Servers that are killed count as tries too. */
const tries = { maxAttempts: 300, longestBackoffMs: 300_000 };

/**
 * Takes in what others send: verified first, then stored as it came together with the job that will do the work, then acknowledged.
 * All that wait are stored in one transaction, and share a job.
 */
@Injectable()
export class WebhookInbox implements OnModuleInit {
  private readonly sources = new Map<string, WebhookSource>();
  private readonly lane = new GroupCommit<InboundWebhook, WebhookReceipt>((_tenantId, batch) => this.store(batch), limits);

  constructor(
    private readonly webhooks: InboundWebhooksRepository,
    private readonly queue: JobQueue,
    private readonly events: EventsService,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.queue.handle({ kind, concurrency: 4, ...tries, run: (job) => this.process(job) });
  }

  /** Features that know a sender register it, when their module is initialised. */
  register(source: WebhookSource): void {
    if (this.sources.has(source.name)) throw new Error(`There is a source ${source.name} already`);
    this.sources.set(source.name, source);
  }

  get names(): readonly string[] {
    return [...this.sources.keys()];
  }

  /** Resolves when it is stored. @throws InvalidWebhookSignature, LaneFull */
  async receive(source: string, arrival: WebhookArrival): Promise<WebhookReceipt> {
    const verified = await this.sourceOf(source).verify(arrival);
    if (!verified) throw new InvalidWebhookSignature();
    await failpoint('webhooks.verified');
    const { recipient, body, headers } = arrival;
    const receipt = await this.lane.submit(verified.tenantId, {
      _id: inboundIdOf(source, recipient, verified.eventId),
      source,
      recipient,
      ...verified,
      body: new Binary(body),
      contentType: headers['content-type'] ?? '',
      receivedAt: this.clock.now(),
      processedAt: null,
    });
    await failpoint('webhooks.stored');
    return receipt;
  }

  private async store(batch: readonly InboundWebhook[]): Promise<Settled<WebhookReceipt>[]> {
    const fresh = await this.unitOfWork.transact(async (session) => {
      const added = await this.webhooks.insertNew(batch, session);
      const [first] = batch;
      const ids = batch.filter((_, index) => added.has(index)).map(({ _id }) => _id);
      if (first && ids.length > 0) await this.queue.enqueue(session, [jobOf(first.tenantId, ids)]);
      return added;
    });
    return batch.map(({ _id: id }, index) => ({ ok: true, value: { id, isDuplicate: !fresh.has(index) } }));
  }

  /** What was stored together is processed together; where that fails each of them is tried for itself, and holds up nobody else. */
  private async process(job: RunningJob): Promise<void> {
    const ids = job.payload.ids as InboundWebhook['_id'][];
    try {
      await this.unitOfWork.run(async (session) => {
        const webhooks = await this.webhooks.markProcessed(ids, this.clock.now(), session);
        for (const webhook of webhooks) await this.sourceOf(webhook.source).process(session, webhook);
        await this.events.record(session, webhooks.map(ingested));
        await job.complete(session);
      });
    } catch (error) {
      if (ids.length === 1 || error instanceof LeaseLost || error instanceof Unavailable) throw error;
      await this.unitOfWork.run(async (session) => {
        await this.queue.enqueue(
          session,
          ids.map((id) => jobOf(job.tenantId, [id])),
        );
        await job.complete(session);
      });
    }
  }

  private sourceOf(name: string): WebhookSource {
    const source = this.sources.get(name);
    if (!source) throw new Error(`There is no source ${name}`);
    return source;
  }
}

const jobOf = (tenantId: string, ids: readonly InboundWebhook['_id'][]): NewJob => ({ kind, tenantId, payload: { ids } });

function ingested({ _id, tenantId, source, recipient, eventId, sourceAgent, body, receivedAt: at }: InboundWebhook): Event {
  const data = { source, recipient, eventId, bytes: body.length() };
  const subject = { type: 'inbound_webhook', id: _id };
  return { _id: newId('evt'), tenantId, type: 'INGESTED', version: 1, at, subject, sourceAgent, data, traceId: requestContext.traceId() };
}
