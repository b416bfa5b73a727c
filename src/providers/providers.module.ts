import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { WebhooksModule } from '../webhooks/webhooks.module.js';
import { ProviderAccounts } from './provider-accounts.service.js';
import { ProviderAccountsRepository } from './provider-accounts.repository.js';
import { ProviderConnections } from './provider-connections.js';
import { ProviderSources } from './provider-sources.js';
import { ProviderWebhooksController } from './provider-webhooks.controller.js';
import { ProvidersController } from './providers.controller.js';

@Module({
  imports: [AuditModule, WebhooksModule],
  controllers: [ProvidersController, ProviderWebhooksController],
  providers: [ProviderAccounts, ProviderAccountsRepository, ProviderConnections, ProviderSources],
  exports: [ProviderAccounts, ProviderConnections],
})
export class ProvidersModule {}
