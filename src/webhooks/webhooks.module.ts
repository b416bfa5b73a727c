import { Global, Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { EventsModule } from '../events/events.module.js';
import { AllowedTargets } from './allowed-targets.js';
import { DeliveryAttempts } from './delivery-attempts.service.js';
import { DeliveryWorker } from './delivery-worker.js';
import { InboundWebhooksRepository } from './inbound-webhooks.repository.js';
import { TestMessages } from './test-messages.service.js';
import { WebhookDeliveries } from './webhook-deliveries.service.js';
import { WebhookDeliveriesController } from './webhook-deliveries.controller.js';
import { WebhookDeliveriesRepository } from './webhook-deliveries.repository.js';
import { WebhookEndpointRecords } from './webhook-endpoint-records.js';
import { WebhookEndpoints } from './webhook-endpoints.service.js';
import { WebhookEndpointsController } from './webhook-endpoints.controller.js';
import { WebhookEndpointsRepository } from './webhook-endpoints.repository.js';
import { WebhookFanOut } from './webhook-fan-out.js';
import { WebhookInbox } from './webhook-inbox.js';
import { WebhookSender } from './webhook-sender.js';
import { WebhooksErasure } from './webhooks-erasure.service.js';
import { WebhookTargets } from './webhook-targets.js';

/** Global for the port that it provides: where may be sent to. */
@Global()
@Module({
  imports: [AuditModule, EventsModule],
  controllers: [WebhookEndpointsController, WebhookDeliveriesController],
  providers: [
    DeliveryAttempts,
    DeliveryWorker,
    InboundWebhooksRepository,
    TestMessages,
    WebhookDeliveries,
    WebhookDeliveriesRepository,
    WebhookEndpointRecords,
    WebhookEndpoints,
    WebhookEndpointsRepository,
    WebhookFanOut,
    WebhookInbox,
    WebhookSender,
    WebhooksErasure,
    { provide: WebhookTargets, useClass: AllowedTargets },
  ],
  exports: [WebhookInbox, WebhooksErasure, WebhookTargets],
})
export class WebhooksModule {}
