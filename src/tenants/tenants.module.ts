import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { TenantRecords } from './tenant-records.js';
import { TenantsController } from './tenants.controller.js';
import { TenantsRepository } from './tenants.repository.js';
import { TenantsService } from './tenants.service.js';

@Module({
  imports: [AuditModule],
  controllers: [TenantsController],
  providers: [TenantRecords, TenantsRepository, TenantsService],
  exports: [TenantsService],
})
export class TenantsModule {}
