import { Injectable } from '@nestjs/common';
import type { Author } from '../audit/audit-entry.js';
import { ChangeRecords } from '../audit/change-records.js';
import type { Actor } from '../kernel/actor/actor.js';
import { type Scope, scopeOf } from '../kernel/actor/scope.js';
import { Clock } from '../kernel/clock.js';
import { raise } from '../kernel/fault/fault.js';
import { decodeCursor, type Page, pageOf } from '../kernel/http/page.js';
import { newId } from '../kernel/ids.js';
import { TryAgain, UnitOfWork } from '../kernel/mongo/unit-of-work.js';
import { type AccountPatch, limits, type NewAccount, type ProviderAccount } from './provider-account.js';
import { ProviderAccountsRepository } from './provider-accounts.repository.js';
import { ProviderConnections } from './provider-connections.js';
import { ProviderNotFound, TooManyProviders } from './provider.faults.js';

/** For whom an account is made. */
export type Maker = Author & Pick<Actor, 'tenantId'>;

/** The accounts that tenants have at payment providers. */
@Injectable()
export class ProviderAccounts {
  constructor(
    private readonly accounts: ProviderAccountsRepository,
    private readonly connections: ProviderConnections,
    private readonly changes: ChangeRecords,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** By name. @throws UnknownCursor */
  async list(scope: Scope, limit: number, cursor?: string): Promise<Page<ProviderAccount>> {
    const after = cursor === undefined ? undefined : decodeCursor(cursor, ['text'])[0];
    return pageOf(await this.accounts.list(scope, limit + 1, after), limit, ({ name }) => [name]);
  }

  /** All that the tenant has. */
  all(scope: Scope): Promise<ProviderAccount[]> {
    return this.accounts.list(scope, limits.accountsOfTenant);
  }

  /** @throws ProviderNotFound */
  async find(scope: Scope, id: string): Promise<ProviderAccount> {
    return (await this.accounts.find(scope, id)) ?? raise(new ProviderNotFound());
  }

  /** @throws ValidationFailed, ProviderUnaddressed, ProviderNameTaken, TooManyProviders */
  create({ tenantId, ...by }: Maker, { credentials, ...given }: NewAccount): Promise<ProviderAccount> {
    const [_id, at] = [newId('prv'), this.clock.now()];
    const sealed = this.connections.seal(_id, given, credentials);
    const account: ProviderAccount = { _id, tenantId, ownerId: by.userId, ...given, sealed, createdAt: at, updatedAt: at, rev: 1 };
    return this.unitOfWork.run(async (session) => {
      if ((await this.accounts.count(tenantId, session)) >= limits.accountsOfTenant) throw new TooManyProviders();
      await this.accounts.insert(account, session);
      const event = { type: 'PROVIDER_CREATED' as const, data: summary(account) };
      await this.changes.record(session, { ...recordOf(account, 'created'), at, before: null, after: summary(account), event }, by);
      return account;
    });
  }

  /** @throws ProviderNotFound, ValidationFailed */
  update(actor: Actor, id: string, { credentials, ...given }: AccountPatch): Promise<ProviderAccount> {
    const scope = scopeOf(actor);
    return this.unitOfWork.run(async (session) => {
      const before = (await this.accounts.find(scope, id, session)) ?? raise(new ProviderNotFound());
      const at = this.clock.now();
      const sealed = credentials && { sealed: this.connections.seal(before._id, before, credentials) };
      const changed = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
      const after = (await this.accounts.change(scope, before, { ...changed, ...sealed, updatedAt: at }, session)) ?? raise(new TryAgain());
      const shown = { ...summary(after), ...(credentials && { credentials: '(changed)' }) };
      const event = { type: 'PROVIDER_UPDATED' as const, data: summary(after) };
      await this.changes.record(session, { ...recordOf(after, 'updated'), at, before: summary(before), after: shown, event }, actor);
      return after;
    });
  }

  /** @throws ProviderNotFound */
  remove(actor: Actor, id: string): Promise<void> {
    return this.unitOfWork.run(async (session) => {
      const account = (await this.accounts.find(scopeOf(actor), id, session)) ?? raise(new ProviderNotFound());
      if (!(await this.accounts.remove(account, session))) throw new TryAgain();
      const event = { type: 'PROVIDER_DELETED' as const, data: summary(account) };
      await this.changes.record(session, { ...recordOf(account, 'deleted'), before: summary(account), after: null, event }, actor);
    });
  }
}

const recordOf = ({ _id: id, tenantId }: ProviderAccount, what: string) => {
  return { tenantId, subject: { type: 'provider', id }, action: `provider.${what}` };
};

const summary = ({ name, connector, mode, enabled, prices }: ProviderAccount) => ({ name, connector, mode, enabled, prices });
