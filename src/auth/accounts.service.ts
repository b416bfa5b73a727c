import { Inject, Injectable } from '@nestjs/common';
import { type Config, CONFIG } from '../kernel/config/config.js';
import { type Actor, DEFAULT_TENANT_ID } from '../kernel/actor/actor.js';
import { raise } from '../kernel/fault/fault.js';
import { UnitOfWork } from '../kernel/mongo/unit-of-work.js';
import type { Tenant } from '../tenants/tenant.js';
import { TenantsService } from '../tenants/tenants.service.js';
import { EmailTaken } from './auth.faults.js';
import { assertPassword } from './password-policy.js';
import { Passwords } from './passwords.js';
import { SessionsService } from './sessions.service.js';
import type { User } from './user.js';
import { type NewUser, UsersService } from './users.service.js';

type Account = Omit<NewUser, 'passwordHash'> & { readonly password: string };

/** Makes accounts. */
@Injectable()
export class AccountsService {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly tenants: TenantsService,
    private readonly passwords: Passwords,
    private readonly unitOfWork: UnitOfWork,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** A merchant of the default tenant. @throws WeakPassword, EmailTaken */
  async register(email: string, password: string): Promise<User> {
    assertPassword(password, this.config.passwordPolicy);
    return this.make({ email, password, name: '', tenantId: DEFAULT_TENANT_ID, role: 'merchant' });
  }

  /** A new tenant with its owner. @throws WeakPassword, EmailTaken */
  async found(email: string, password: string, name: string, tenantName: string): Promise<User> {
    assertPassword(password, this.config.passwordPolicy);
    const passwordHash = await this.passwords.hash(password);
    return this.unitOfWork.run(async (session) => {
      const tenant = await this.tenants.create(session, tenantName, { userId: 'registration', email, role: 'owner' });
      return this.users.create(session, { email, name, passwordHash, tenantId: tenant._id, role: 'owner' });
    });
  }

  /** Another tenant for a user, who becomes its owner. */
  async foundAnother(by: Actor, name: string): Promise<Tenant> {
    return this.unitOfWork.run(async (session) => {
      const tenant = await this.tenants.create(session, name, by);
      await this.users.join(session, by.userId, tenant._id, 'owner');
      return tenant;
    });
  }

  /** Ends every other session of the user, on every node within seconds. @throws WeakPassword */
  async setPassword(actor: Actor, password: string): Promise<void> {
    assertPassword(password, this.config.passwordPolicy);
    const passwordHash = await this.passwords.hash(password);
    await this.unitOfWork.run(async (session) => {
      await this.users.setPassword(session, actor.userId, passwordHash);
      await this.sessions.revokeAll(session, actor.userId, actor.sessionId);
    });
  }

  /** The user of this e-mail, made if there is none; for accounts that the installation itself brings. */
  async ensure(account: Account): Promise<User> {
    const found = await this.users.findByEmail(account.email);
    if (found) return found;
    try {
      return await this.make(account);
    } catch (error) {
      if (!(error instanceof EmailTaken)) throw error;
      return (await this.users.findByEmail(account.email)) ?? raise(error);
    }
  }

  async ensureSystemAdmin(): Promise<void> {
    const { systemAdminEmail: email, systemAdminPassword: password } = this.config;
    await this.ensure({ email, password, name: 'System administrator', tenantId: DEFAULT_TENANT_ID, role: 'system_admin' });
  }

  private async make({ password, ...account }: Account): Promise<User> {
    const passwordHash = await this.passwords.hash(password);
    return this.unitOfWork.run((session) => this.users.create(session, { ...account, passwordHash }));
  }
}
