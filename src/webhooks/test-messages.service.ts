import { Injectable } from '@nestjs/common';
import type { Scope } from '../kernel/actor/scope.js';
import { Clock } from '../kernel/clock.js';
import { raise } from '../kernel/fault/fault.js';
import { newId } from '../kernel/ids.js';
import { UnitOfWork } from '../kernel/mongo/unit-of-work.js';
import type { WebhookDelivery } from './webhook-delivery.js';
import { WebhookDeliveries } from './webhook-deliveries.service.js';
import { WebhookEndpoints } from './webhook-endpoints.service.js';
import { EndpointDisabled } from './webhook.faults.js';

const eventType = 'webhook.test';

/** Messages that somebody sends to see whether they arrive. */
@Injectable()
export class TestMessages {
  constructor(
    private readonly endpoints: WebhookEndpoints,
    private readonly deliveries: WebhookDeliveries,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** @throws EndpointNotFound, EndpointDisabled */
  async send(scope: Scope, endpointId: string): Promise<WebhookDelivery> {
    const { _id, tenantId, ownerId, enabled } = await this.endpoints.find(scope, endpointId);
    if (!enabled) throw new EndpointDisabled();
    const id = newId('evt');
    const body = JSON.stringify({ type: eventType, timestamp: this.clock.now().toISOString(), id, data: { endpointId: _id } });
    const message = { tenantId, ownerId, endpointId: _id, messageId: id, eventType, body };
    return this.unitOfWork.run(async (session) => {
      const [delivery] = await this.deliveries.add(session, [message]);
      return delivery ?? raise(new Error('A message became no delivery'));
    });
  }
}
