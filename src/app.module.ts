import { type DynamicModule, Module } from '@nestjs/common';
import { APP_GUARD, APP_PIPE } from '@nestjs/core';
import { AnalyticsModule } from './analytics/analytics.module.js';
import { AuditModule } from './audit/audit.module.js';
import { AuthModule } from './auth/auth.module.js';
import { CreditsModule } from './credits/credits.module.js';
import { DemoModule } from './demo/demo.module.js';
import { ErasureModule } from './erasure/erasure.module.js';
import { EventsModule } from './events/events.module.js';
import { HealthModule } from './health/health.module.js';
import { AuthenticateGuard } from './kernel/actor/authenticate.guard.js';
import type { Clock } from './kernel/clock.js';
import type { Config } from './kernel/config/config.js';
import { DisownedRouteGuard } from './kernel/dialect/disowned-route.guard.js';
import { HttpOutModule } from './kernel/http-out/http-out.module.js';
import { IntegrationsModule } from './integrations/integrations.module.js';
import { RateLimitGuard } from './kernel/http/rate-limit.guard.js';
import { validationPipe } from './kernel/http/validation.js';
import { KernelModule } from './kernel/kernel.module.js';
import type { Database } from './kernel/mongo/database.js';
import { StorageModule } from './kernel/mongo/storage.module.js';
import { JobsModule } from './jobs/jobs.module.js';
import { KeysModule } from './keys/keys.module.js';
import { LedgerModule } from './ledger/ledger.module.js';
import { OpenApiModule } from './openapi/openapi.module.js';
import { PaymentsModule } from './payments/payments.module.js';
import { ProvidersModule } from './providers/providers.module.js';
import { RoutingModule } from './routing/routing.module.js';
import { StoreModule } from './store/store.module.js';
import { TenantsModule } from './tenants/tenants.module.js';
import { WebhooksModule } from './webhooks/webhooks.module.js';

const features = [
  HealthModule,
  AuditModule,
  EventsModule,
  HttpOutModule,
  WebhooksModule,
  TenantsModule,
  AuthModule,
  JobsModule,
  KeysModule,
  LedgerModule,
  CreditsModule,
  PaymentsModule,
  IntegrationsModule,
  ProvidersModule,
  RoutingModule,
  ErasureModule,
  StoreModule,
  AnalyticsModule,
  DemoModule,
  OpenApiModule,
];

@Module({
  providers: [
    { provide: APP_GUARD, useClass: RateLimitGuard },
    { provide: APP_GUARD, useClass: DisownedRouteGuard },
    { provide: APP_GUARD, useClass: AuthenticateGuard },
    { provide: APP_PIPE, useFactory: validationPipe },
  ],
})
export class AppModule {
  static over(config: Config, database: Database, clock?: Clock): DynamicModule {
    return { module: AppModule, imports: [KernelModule, StorageModule.over(config, database, clock), ...features] };
  }
}
