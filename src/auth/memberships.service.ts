import { Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import type { Page } from '../kernel/http/page.js';
import { UnitOfWork } from '../kernel/mongo/unit-of-work.js';
import type { Tenant } from '../tenants/tenant.js';
import { TenantsService } from '../tenants/tenants.service.js';
import { UsersService } from './users.service.js';

/** Who belongs to which tenant. */
@Injectable()
export class MembershipsService {
  constructor(
    private readonly users: UsersService,
    private readonly tenants: TenantsService,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** The caller's tenants; for a system administrator all. @throws Invalid on a cursor of another list */
  async list(actor: Actor, limit: number, cursor?: string): Promise<Page<Tenant>> {
    if (actor.role === 'system_admin') return this.tenants.list(limit, cursor);
    const { memberships } = await this.users.ofActor(actor);
    const own = memberships.map(({ tenantId }) => tenantId);
    return this.tenants.list(limit, cursor, own);
  }

  /** A new tenant, whose owner is the caller. @throws TooManyTenants */
  found(actor: Actor, name: string): Promise<Tenant> {
    return this.unitOfWork.run(async (session) => {
      const tenant = await this.tenants.create(session, name, { ...actor, role: 'owner' });
      await this.users.join(session, actor.userId, await this.users.membership(tenant._id, 'owner', session));
      return tenant;
    });
  }
}
