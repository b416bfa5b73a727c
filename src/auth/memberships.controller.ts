import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { Allow } from '../kernel/actor/allow.decorator.js';
import { By } from '../kernel/actor/by.decorator.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import type { Page } from '../kernel/http/page.js';
import type { Tenant } from '../tenants/tenant.js';
import { TenantView } from '../tenants/tenant.view.js';
import { TooManyTenants } from './auth.faults.js';
import { CreateTenantDto, TenantsQuery } from './memberships.dto.js';
import { MembershipsService } from './memberships.service.js';

/** Tenants as their members see them; here, because who is a member is the users' to say. */
@Dialect('traced')
@Controller('api/v1/tenants')
export class MembershipsController {
  constructor(private readonly memberships: MembershipsService) {}

  /** Tenants the caller is a member of; for a system administrator all. */
  @Get()
  @Allow('self')
  @Answers(TenantView, { shape: 'page' })
  list(@By() actor: Actor, @Query() { limit, cursor }: TenantsQuery): Promise<Page<Tenant>> {
    return this.memberships.list(actor, limit, cursor);
  }

  /** Makes another tenant, owned by the caller. */
  @Post()
  @Allow('self')
  @Answers(TenantView, { status: 201 })
  @Fails(() => new TooManyTenants())
  create(@By() actor: Actor, @Body() { name }: CreateTenantDto): Promise<Tenant> {
    return this.memberships.found(actor, name);
  }
}
