import { Global, Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { PaymentConfirmer } from '../payments/payment-confirmer.js';
import { PaymentsModule } from '../payments/payments.module.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { FlowDriver } from './flow-driver.js';
import { FlowWriter } from './flow-writer.js';
import { HealthSharing } from './health-sharing.js';
import { Inquiry } from './inquiry.js';
import { PaymentFlowsController } from './payment-flows.controller.js';
import { PaymentFlows } from './payment-flows.service.js';
import { ProviderCalls } from './provider-calls.js';
import { ProviderHealth } from './provider-health.js';
import { ProviderHealthRepository } from './provider-health.repository.js';
import { ProviderNews } from './provider-news.js';
import { Refunds } from './refunds.service.js';
import { Resolver } from './resolver.js';
import { RoutePreviews } from './route-previews.service.js';
import { Router } from './router.service.js';
import { RoutingController } from './routing.controller.js';
import { StrategiesRepository } from './strategies.repository.js';
import { Strategies } from './strategies.service.js';

/** Global for the one port that payments know of it. */
@Global()
@Module({
  imports: [AuditModule, PaymentsModule, ProvidersModule],
  controllers: [RoutingController, PaymentFlowsController],
  providers: [
    FlowDriver,
    FlowWriter,
    HealthSharing,
    Inquiry,
    PaymentFlows,
    { provide: PaymentConfirmer, useExisting: PaymentFlows },
    ProviderCalls,
    ProviderHealth,
    ProviderHealthRepository,
    ProviderNews,
    Refunds,
    Resolver,
    RoutePreviews,
    Router,
    Strategies,
    StrategiesRepository,
  ],
  exports: [PaymentConfirmer],
})
export class RoutingModule {}
