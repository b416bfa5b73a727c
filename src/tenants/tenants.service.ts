import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import type { Author } from '../audit/audit-entry.js';
import { type Actor, DEFAULT_TENANT_ID } from '../kernel/actor/actor.js';
import { Clock } from '../kernel/clock.js';
import { raise } from '../kernel/fault/fault.js';
import { type Page, pageById } from '../kernel/http/page.js';
import { newId } from '../kernel/ids.js';
import { UnitOfWork } from '../kernel/mongo/unit-of-work.js';
import { changesOf, firstUserNumber, slugOf, type Tenant, type TenantPatch } from './tenant.js';
import { TenantNotFound, TooManyTeams } from './tenant.faults.js';
import { TenantRecords } from './tenant-records.js';
import { TenantsRepository } from './tenants.repository.js';

/** Runs in the transaction of a tenant's change. */
export type TenantListener = (session: ClientSession, before: Tenant, after: Tenant) => Promise<void>;

/** The companies that use the product. */
@Injectable()
export class TenantsService {
  private readonly listeners: TenantListener[] = [];

  constructor(
    private readonly tenants: TenantsRepository,
    private readonly records: TenantRecords,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Higher features act on a tenant's change in its transaction. */
  onUpdate(listener: TenantListener): void {
    this.listeners.push(listener);
  }

  async ensureDefault(): Promise<void> {
    await this.tenants.ensure(this.fresh(DEFAULT_TENANT_ID, 'default', 'Default'));
  }

  /** @throws TenantNotFound */
  async find(id: string): Promise<Tenant> {
    return (await this.tenants.find(id)) ?? raise(new TenantNotFound());
  }

  findAll(ids: readonly string[]): Promise<Tenant[]> {
    return this.tenants.findAll(ids);
  }

  /** As the caller may see it. @throws TenantNotFound */
  async view(actor: Actor, id: string): Promise<Tenant> {
    if (id !== actor.tenantId && actor.role !== 'system_admin') throw new TenantNotFound();
    return this.find(id);
  }

  /** Every tenant, or those of the ids. @throws Invalid on a cursor of another list */
  async list(limit: number, cursor?: string, ids?: readonly string[]): Promise<Page<Tenant>> {
    return pageById(limit, cursor, (rows, after = '') => this.tenants.list(after, rows, ids));
  }

  /** In the caller's transaction. */
  async create(session: ClientSession, name: string, by: Author): Promise<Tenant> {
    const tenant = this.fresh(newId('ten'), slugOf(name, randomBytes(3).toString('hex')), name);
    await this.tenants.insert(session, tenant);
    await this.records.created(session, tenant, by);
    return tenant;
  }

  /** @throws TenantNotFound */
  async update(actor: Actor, id: string, patch: TenantPatch): Promise<Tenant> {
    await this.view(actor, id);
    return this.unitOfWork.run(async (session) => {
      const before = (await this.tenants.find(id, session)) ?? raise(new TenantNotFound());
      const changes = changesOf(before, patch);
      if (Object.keys(changes).length === 0) return before;
      const after = (await this.tenants.change(session, before, changes)) ?? raise(new TenantNotFound());
      for (const listener of this.listeners) await listener(session, before, after);
      await this.records.updated(session, before, changes, actor);
      return after;
    });
  }

  /**
   * The next number of a user of the tenant. Best outside a transaction, where a number that comes to nothing leaves a gap; inside
   * one, everybody else who joins waits for it. @throws TenantNotFound
   */
  async nextUserNumber(tenantId: string, session?: ClientSession): Promise<number> {
    return (await this.tenants.nextUserNumber(tenantId, session)) ?? raise(new TenantNotFound());
  }

  /** The next number of a team, without gaps: one that comes to nothing is given back with its transaction. @throws TooManyTeams */
  async nextTeamNumber(session: ClientSession, tenantId: string): Promise<number> {
    return (await this.tenants.nextTeamNumber(session, tenantId)) ?? raise(new TooManyTeams());
  }

  private fresh(_id: string, slug: string, name: string): Tenant {
    const settled = { currency: 'GBP', timeZone: 'UTC', settings: {}, nextUserNumber: firstUserNumber, rev: 1 };
    return { _id, slug, name, ...settled, createdAt: this.clock.now() };
  }
}
