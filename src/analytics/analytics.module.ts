import { Module } from '@nestjs/common';
import { PaymentsModule } from '../payments/payments.module.js';
import { AnalyticsController } from './analytics.controller.js';
import { AnalyticsRoutingController } from './analytics.routing.controller.js';
import { AnalyticsService } from './analytics.service.js';

@Module({ imports: [PaymentsModule], controllers: [AnalyticsRoutingController, AnalyticsController], providers: [AnalyticsService] })
export class AnalyticsModule {}
