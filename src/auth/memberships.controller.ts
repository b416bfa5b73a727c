import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { Allow } from '../kernel/actor/allow.decorator.js';
import { By } from '../kernel/actor/by.decorator.js';
import { Answers, Dialect } from '../kernel/dialect/dialect.decorator.js';
import type { Page } from '../kernel/http/page.js';
import type { Tenant } from '../tenants/tenant.js';
import { TenantView } from '../tenants/tenant.view.js';
import { CreateTenantDto, TenantsQuery } from '../tenants/tenants.dto.js';
import { TenantsService } from '../tenants/tenants.service.js';
import { AccountsService } from './accounts.service.js';
import { AuthService } from './auth.service.js';

/** Tenants as their members see them; here, because who is a member is the users' to say. */
@Dialect('traced')
@Controller('api/v1/tenants')
export class MembershipsController {
  constructor(
    private readonly auth: AuthService,
    private readonly accounts: AccountsService,
    private readonly tenants: TenantsService,
  ) {}

  /** Tenants the caller is a member of; for a system administrator all. */
  @Get()
  @Allow('self')
  @Answers(TenantView, { shape: 'page' })
  async list(@By() actor: Actor, @Query() { limit, cursor }: TenantsQuery): Promise<Page<Tenant>> {
    if (actor.role === 'system_admin') return this.tenants.list(limit, cursor);
    const { memberships } = await this.auth.me(actor);
    return this.tenants.list(
      limit,
      cursor,
      memberships.map(({ tenantId }) => tenantId),
    );
  }

  /** Makes another tenant, owned by the caller. */
  @Post()
  @Allow('self')
  @Answers(TenantView, { status: 201 })
  create(@By() actor: Actor, @Body() { name }: CreateTenantDto): Promise<Tenant> {
    return this.accounts.foundAnother(actor, name);
  }
}
