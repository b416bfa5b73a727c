import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import { type Actor, DEFAULT_TENANT_ID } from '../kernel/actor/actor.js';
import { type GatewayCredential, GatewayCredentials } from '../kernel/actor/gateway-credentials.js';
import { raise } from '../kernel/fault/fault.js';
import { UnitOfWork } from '../kernel/mongo/unit-of-work.js';
import { ActorCache } from './actor-cache.js';
import { Passwords } from './passwords.js';
import type { User } from './user.js';
import type { GatewayRegistration, GatewayRole } from './users.gateway.dto.js';
import { GatewayUserNotFound, OnlySystemAdmin, OwnRole } from './users.gateway.faults.js';
import { type Newcomer, UsersService } from './users.service.js';

export interface GatewayNewcomer {
  readonly user: Newcomer;
  readonly credential: GatewayCredential;
}

/** Accounts of the gateway: users of the default tenant who get an API key and a webhook secret, and their roles. */
@Injectable()
export class GatewayAccounts {
  constructor(
    private readonly users: UsersService,
    private readonly passwords: Passwords,
    private readonly credentials: GatewayCredentials,
    private readonly actors: ActorCache,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** The surface has a rule for passwords of its own, which the request was read by. @throws EmailTaken, PasswordsBusy */
  async register({ name, email, password }: GatewayRegistration): Promise<GatewayNewcomer> {
    await this.users.assertFree(email);
    const user = this.users.prepare({ email, name, passwordHash: await this.passwords.hash(password) });
    const membership = await this.users.membership(DEFAULT_TENANT_ID, 'user');
    const { tenantId, role } = membership;
    const credential = await this.unitOfWork.run(async (session) => {
      await this.users.insert(session, user, membership);
      return this.credentials.issue(session, { userId: user._id, tenantId, email, role });
    });
    return { user, credential };
  }

  /** In the tenant of the caller. @throws OnlySystemAdmin, OwnRole, GatewayUserNotFound */
  async changeRole(actor: Actor, gatewayId: string, role: GatewayRole): Promise<{ readonly userId: string; readonly role: GatewayRole }> {
    if (actor.role !== 'system_admin') throw new OnlySystemAdmin();
    return this.unitOfWork.run(async (session) => {
      const user = (await this.find(actor, gatewayId, session)) ?? raise(new GatewayUserNotFound());
      if (user._id === actor.userId) throw new OwnRole();
      await this.users.changeRole(session, actor, user, role);
      this.actors.forgetUserAfter(session, user._id);
      return { userId: gatewayId, role };
    });
  }

  /** A member of the caller's tenant, by what the gateway calls it. */
  find({ tenantId }: Actor, gatewayId: string, session?: ClientSession): Promise<User | null> {
    return this.users.findInGateway(tenantId, gatewayId, session);
  }
}
