import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { EventsModule } from '../events/events.module.js';
import { TenantsModule } from '../tenants/tenants.module.js';
import { BucketRebuild } from './bucket-rebuild.js';
import { ChargeSettlement } from './charge-settlement.js';
import { ChargesGatewayController } from './charges.gateway.controller.js';
import { ChargesRepository } from './charges.repository.js';
import { ChargesService } from './charges.service.js';
import { PaymentBuckets } from './payment-buckets.repository.js';
import { PaymentDaysRepository } from './payment-days.repository.js';
import { PaymentFiguresService } from './payment-figures.service.js';
import { PaymentsController } from './payments.controller.js';
import { PaymentsErasure } from './payments-erasure.service.js';
import { PaymentsImport } from './payments-import.service.js';
import { PaymentsLane } from './payments.lane.js';
import { PaymentsRepository } from './payments.repository.js';
import { PaymentsRoutingController } from './payments.routing.controller.js';
import { PaymentsService } from './payments.service.js';
import { PaymentsWriter } from './payments.writer.js';

@Module({
  imports: [AuditModule, EventsModule, TenantsModule],
  controllers: [PaymentsRoutingController, ChargesGatewayController, PaymentsController],
  providers: [
    BucketRebuild,
    ChargeSettlement,
    ChargesRepository,
    ChargesService,
    PaymentBuckets,
    PaymentDaysRepository,
    PaymentFiguresService,
    PaymentsErasure,
    PaymentsImport,
    PaymentsLane,
    PaymentsRepository,
    PaymentsService,
    PaymentsWriter,
  ],
  exports: [BucketRebuild, ChargesService, PaymentFiguresService, PaymentsErasure, PaymentsImport, PaymentsLane, PaymentsService],
})
export class PaymentsModule {}
