import { Inject, Injectable } from '@nestjs/common';
import { DEFAULT_TENANT_ID } from '../kernel/actor/actor.js';
import type { Role } from '../kernel/actor/permissions.js';
import { type Config, CONFIG } from '../kernel/config/config.js';
import { raise } from '../kernel/fault/fault.js';
import { UnitOfWork } from '../kernel/mongo/unit-of-work.js';
import { TenantsService } from '../tenants/tenants.service.js';
import { EmailTaken } from './auth.faults.js';
import { Passwords } from './passwords.js';
import type { User } from './user.js';
import { UsersService } from './users.service.js';

export interface Account {
  readonly email: string;
  readonly password: string;
  readonly name: string;
  readonly tenantId: string;
  readonly role: Role;
}
export interface Founder {
  readonly email: string;
  readonly password: string;
  readonly name: string;
  readonly tenantName: string;
}

/** Makes accounts, and tenants for them to own. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly users: UsersService,
    private readonly tenants: TenantsService,
    private readonly passwords: Passwords,
    private readonly unitOfWork: UnitOfWork,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** A merchant of the default tenant. @throws WeakPassword, EmailTaken, PasswordsBusy */
  async register(email: string, password: string): Promise<void> {
    this.passwords.assertGood(password);
    await this.create({ email, password, name: email, tenantId: DEFAULT_TENANT_ID, role: 'merchant' });
  }

  /** A new tenant with its owner. @throws WeakPassword, EmailTaken, PasswordsBusy */
  async found({ email, password, name, tenantName }: Founder): Promise<User> {
    this.passwords.assertGood(password);
    await this.users.assertFree(email);
    const founder = this.users.prepare({ email, name, passwordHash: await this.passwords.hash(password) });
    const membership = await this.unitOfWork.run(async (session) => {
      const tenant = await this.tenants.create(session, tenantName, { userId: founder._id, email, role: 'owner' });
      const owns = await this.users.membership(tenant._id, 'owner', session);
      await this.users.insert(session, founder, owns);
      return owns;
    });
    return { ...founder, memberships: [membership] };
  }

  /** An account with any role and any password, for callers that have judged both. @throws EmailTaken, PasswordsBusy */
  async create({ email, password, name, tenantId, role }: Account): Promise<User> {
    if (role === 'system_admin' && tenantId !== DEFAULT_TENANT_ID) throw new Error('A system administrator belongs to the default tenant');
    await this.users.assertFree(email);
    const newcomer = this.users.prepare({ email, name, passwordHash: await this.passwords.hash(password) });
    const membership = await this.users.membership(tenantId, role);
    // The work returns nothing: its outcome may be kept for a replay, and a user holds a password's hash.
    await this.unitOfWork.run((session) => this.users.insert(session, newcomer, membership));
    return { ...newcomer, memberships: [membership] };
  }

  /** The user of this e-mail, made if there is none; an existing one is left as it is. */
  async ensure(account: Account): Promise<User> {
    try {
      return (await this.users.findByEmail(account.email)) ?? (await this.create(account));
    } catch (error) {
      if (!(error instanceof EmailTaken)) throw error;
      return (await this.users.findByEmail(account.email)) ?? raise(error);
    }
  }

  async ensureSystemAdmin(): Promise<void> {
    const { systemAdminEmail: email, systemAdminPassword: password } = this.config;
    await this.ensure({ email, password, name: 'System administrator', tenantId: DEFAULT_TENANT_ID, role: 'system_admin' });
  }
}
