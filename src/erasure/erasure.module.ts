import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { KeysModule } from '../keys/keys.module.js';
import { PaymentsModule } from '../payments/payments.module.js';
import { ErasureService } from './erasure.service.js';
import { DeletionsGatewayController } from './deletions.gateway.controller.js';
import { GatewayDeletions } from './gateway-deletions.service.js';
import { MeRoutingController } from './me.routing.controller.js';

@Module({
  imports: [AuditModule, AuthModule, KeysModule, PaymentsModule],
  controllers: [MeRoutingController, DeletionsGatewayController],
  providers: [ErasureService, GatewayDeletions],
})
export class ErasureModule {}
