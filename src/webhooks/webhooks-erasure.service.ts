import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import { WebhookDeliveriesRepository } from './webhook-deliveries.repository.js';
import { WebhookEndpointsRepository } from './webhook-endpoints.repository.js';

/** Takes out what an erased person had sent to its receivers, and the receivers. */
@Injectable()
export class WebhooksErasure {
  constructor(
    private readonly endpoints: WebhookEndpointsRepository,
    private readonly deliveries: WebhookDeliveriesRepository,
  ) {}

  /** In the caller's transaction. */
  async erase(session: ClientSession, tenantId: string, userId: string): Promise<void> {
    await this.endpoints.removeOf(tenantId, userId, session);
    await this.deliveries.removeOf(tenantId, userId, session);
  }
}
