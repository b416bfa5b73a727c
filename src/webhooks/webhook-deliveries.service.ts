import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import type { Scope } from '../kernel/actor/scope.js';
import { Clock } from '../kernel/clock.js';
import { raise } from '../kernel/fault/fault.js';
import { type Page, pageById } from '../kernel/http/page.js';
import { newId } from '../kernel/ids.js';
import { JobQueue } from '../kernel/jobs/job-queue.js';
import { UnitOfWork } from '../kernel/mongo/unit-of-work.js';
import { laneOf } from './delivery-lanes.js';
import { jobKinds, type WebhookDelivery } from './webhook-delivery.js';
import { type DeliveryFilter, WebhookDeliveriesRepository } from './webhook-deliveries.repository.js';
import { DeliveryNotFound, DeliveryUnderWay } from './webhook.faults.js';

/** What is to be sent to whom. */
export type Message = Pick<WebhookDelivery, 'tenantId' | 'ownerId' | 'endpointId' | 'url' | 'messageId' | 'eventType' | 'body'>;

/** How many one request replays; the rest it may ask for again. */
export const mostReplayed = 1_000;

/** What was sent, what was answered, and what is still to be tried. */
@Injectable()
export class WebhookDeliveries {
  constructor(
    private readonly deliveries: WebhookDeliveriesRepository,
    private readonly jobs: JobQueue,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Newest first. @throws Invalid on a cursor of another list */
  async list(scope: Scope, filter: DeliveryFilter, limit: number, cursor?: string): Promise<Page<WebhookDelivery>> {
    return pageById(limit, cursor, (rows, after) => this.deliveries.list(scope, filter, rows, after));
  }

  /** @throws DeliveryNotFound */
  async find(scope: Scope, id: string): Promise<WebhookDelivery> {
    return (await this.deliveries.find(scope, id)) ?? raise(new DeliveryNotFound());
  }

  /** In the caller's transaction: with the rows goes a job for each. */
  async add(session: ClientSession, messages: readonly Message[]): Promise<readonly WebhookDelivery[]> {
    const now = this.clock.now();
    const fresh = { state: 'waiting', tries: [], triesNow: 0, nextTryAt: now, createdAt: now } as const;
    const rows = messages.map((message): WebhookDelivery => ({ _id: newId('dlv'), ...message, ...fresh }));
    await this.deliveries.insert(rows, session);
    await this.enqueue(session, rows);
    return rows;
  }

  /** Sends it again, with all its tries. @throws DeliveryNotFound, DeliveryUnderWay */
  replay(scope: Scope, id: string): Promise<WebhookDelivery> {
    return this.unitOfWork.run(async (session) => {
      const delivery = (await this.deliveries.find(scope, id, session)) ?? raise(new DeliveryNotFound());
      if (!(await this.restart(session, scope, [delivery]))) throw new DeliveryUnderWay();
      return (await this.deliveries.find(scope, id, session)) ?? raise(new DeliveryNotFound());
    });
  }

  /** The oldest of those that match and have ended; how many there were. */
  replayAll(scope: Scope, filter: DeliveryFilter): Promise<number> {
    return this.unitOfWork.run(async (session) => {
      const found = await this.deliveries.ended(scope, filter, mostReplayed, session);
      return this.restart(session, scope, found);
    });
  }

  private async restart(session: ClientSession, scope: Scope, found: readonly WebhookDelivery[]): Promise<number> {
    const ids = found.map(({ _id }) => _id);
    // Read in this snapshot as ended; another who restarts one of them conflicts with this write.
    const restarted = await this.deliveries.restart(scope, ids, this.clock.now(), session);
    if (restarted > 0) await this.enqueue(session, found);
    return restarted;
  }

  private async enqueue(session: ClientSession, rows: readonly WebhookDelivery[]): Promise<void> {
    const jobs = rows.map((row) => ({
      kind: jobKinds.deliver,
      tenantId: row.tenantId,
      payload: { deliveryId: row._id, lane: laneOf(row) },
    }));
    await this.jobs.enqueue(session, jobs);
  }
}
