import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { PaymentsModule } from '../payments/payments.module.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { RoutePreviews } from './route-previews.service.js';
import { RoutingController } from './routing.controller.js';
import { StrategiesRepository } from './strategies.repository.js';
import { Strategies } from './strategies.service.js';

@Module({
  imports: [AuditModule, PaymentsModule, ProvidersModule],
  controllers: [RoutingController],
  providers: [RoutePreviews, Strategies, StrategiesRepository],
})
export class RoutingModule {}
