import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { WebhooksModule } from '../webhooks/webhooks.module.js';
import { GatewaySource } from './gateway.source.js';
import { GenericSource } from './generic.source.js';
import { IntegrationRecords } from './integration-records.js';
import { IntegrationsController } from './integrations.controller.js';
import { IntegrationsRepository } from './integrations.repository.js';
import { Integrations } from './integrations.service.js';
import { WebhookReceiveGatewayController } from './webhook-receive.gateway.controller.js';
import { WebhookReceiversController } from './webhook-receivers.controller.js';

@Module({
  imports: [AuditModule, WebhooksModule],
  controllers: [IntegrationsController, WebhookReceiversController, WebhookReceiveGatewayController],
  providers: [GatewaySource, GenericSource, IntegrationRecords, Integrations, IntegrationsRepository],
})
export class IntegrationsModule {}
