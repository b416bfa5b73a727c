import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import { InboundWebhooksRepository } from './inbound-webhooks.repository.js';
import { WebhookDeliveriesRepository } from './webhook-deliveries.repository.js';
import { WebhookEndpointsRepository } from './webhook-endpoints.repository.js';

/** Takes out what an erased person had sent to its receivers, the receivers, and what was in the webhooks it got. */
@Injectable()
export class WebhooksErasure {
  constructor(
    private readonly endpoints: WebhookEndpointsRepository,
    private readonly deliveries: WebhookDeliveriesRepository,
    private readonly inbound: InboundWebhooksRepository,
  ) {}

  /** In the caller's transaction. */
  async erase(session: ClientSession, tenantId: string, userId: string): Promise<void> {
    await this.endpoints.removeOf(tenantId, userId, session);
    await this.deliveries.removeOf(tenantId, userId, session);
    await this.inbound.emptyOf(tenantId, userId, session);
  }
}
