import { Module } from '@nestjs/common';
import { PaymentsModule } from '../payments/payments.module.js';
import { HealthController } from './health.controller.js';
import { HealthRoutingController } from './health.routing.controller.js';
import { HealthService } from './health.service.js';
import { StatusGatewayController } from './status.gateway.controller.js';

@Module({
  imports: [PaymentsModule],
  controllers: [HealthController, HealthRoutingController, StatusGatewayController],
  providers: [HealthService],
  exports: [HealthService],
})
export class HealthModule {}
