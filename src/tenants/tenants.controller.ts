import { Body, Controller, Get, Param, Patch } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { Allow } from '../kernel/actor/allow.decorator.js';
import { By } from '../kernel/actor/by.decorator.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import type { Tenant } from './tenant.js';
import { TenantNotFound } from './tenant.faults.js';
import { TenantView } from './tenant.view.js';
import { UpdateTenantDto } from './tenants.dto.js';
import { TenantsService } from './tenants.service.js';

@Dialect('traced')
@Controller('api/v1/tenants')
export class TenantsController {
  constructor(private readonly tenants: TenantsService) {}

  /** The caller's tenant; a system administrator may ask for any. */
  @Get(':id')
  @Allow('tenants:read')
  @Answers(TenantView)
  @Fails(() => new TenantNotFound())
  find(@By() actor: Actor, @Param('id') id: string): Promise<Tenant> {
    return this.tenants.view(actor, id);
  }

  /** Changes name, currency, time zone or settings; a new time zone has the days of the reports counted anew. */
  @Patch(':id')
  @Allow('tenants:write')
  @Answers(TenantView)
  @Fails(() => new TenantNotFound())
  update(@By() actor: Actor, @Param('id') id: string, @Body() { name, currency, timeZone, settings }: UpdateTenantDto): Promise<Tenant> {
    return this.tenants.update(actor, id, { name, currency, timeZone, settings });
  }
}
