import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { type ClientSession, MongoServerError } from 'mongodb';
import { AuditService } from '../audit/audit.service.js';
import { EventsService } from '../events/events.service.js';
import { type Actor, DEFAULT_TENANT_ID } from '../kernel/actor/actor.js';
import { Clock } from '../kernel/clock.js';
import { raise } from '../kernel/fault/fault.js';
import { decodeCursor, type Page, pageOf } from '../kernel/http/page.js';
import { requestContext } from '../kernel/http/request-context.js';
import { newId } from '../kernel/ids.js';
import { UnitOfWork } from '../kernel/mongo/unit-of-work.js';
import { firstUserNumber, type Tenant, type TenantPatch } from './tenant.js';
import { TenantNotFound } from './tenant.faults.js';
import { TenantsRepository } from './tenants.repository.js';

/** Runs in the transaction of a tenant's change. */
export type TenantListener = (session: ClientSession, before: Tenant, after: Tenant) => Promise<void>;
/** What a change leaves behind. */
interface TenantRecords {
  readonly events: EventsService;
  readonly audit: AuditService;
}

@Injectable()
export class TenantsService {
  private readonly listeners: TenantListener[] = [];
  private readonly records: TenantRecords;

  constructor(
    private readonly tenants: TenantsRepository,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    events: EventsService,
    audit: AuditService,
  ) {
    this.records = { events, audit };
  }

  /** Higher features act on a tenant's change in its transaction. */
  onUpdate(listener: TenantListener): void {
    this.listeners.push(listener);
  }

  async ensureDefault(): Promise<void> {
    try {
      await this.tenants.ensure(this.fresh(DEFAULT_TENANT_ID, 'default', 'Default'));
    } catch (error) {
      // Another process made it at the same moment.
      if (!(error instanceof MongoServerError) || error.code !== 11000) throw error;
    }
  }

  /** @throws TenantNotFound */
  async find(id: string): Promise<Tenant> {
    return (await this.tenants.find(id)) ?? raise(new TenantNotFound());
  }

  /** As the caller may see it. @throws TenantNotFound */
  async view(actor: Actor, id: string): Promise<Tenant> {
    if (id !== actor.tenantId && actor.role !== 'system_admin') throw new TenantNotFound();
    return this.find(id);
  }

  /** Every tenant, or those of the ids. */
  async list(limit: number, cursor?: string, ids?: readonly string[]): Promise<Page<Tenant>> {
    const after = cursor === undefined ? '' : String(decodeCursor(cursor, 1)[0]);
    return pageOf(await this.tenants.list(after, limit + 1, ids), limit, ({ _id }) => [_id]);
  }

  /** In the caller's transaction. */
  async create(session: ClientSession, name: string, by: Pick<Actor, 'userId' | 'email' | 'role'>): Promise<Tenant> {
    const id = newId('ten');
    const tenant = this.fresh(id, `${slugOf(name)}-${randomBytes(3).toString('hex')}`, name);
    await this.tenants.insert(tenant, session);
    await this.record(session, 'TENANT_CREATED', by, null, tenant);
    return tenant;
  }

  /** @throws TenantNotFound */
  async update(actor: Actor, id: string, patch: TenantPatch): Promise<Tenant> {
    await this.view(actor, id);
    return this.unitOfWork.run(async (session) => {
      const before = (await this.tenants.find(id, session)) ?? raise(new TenantNotFound());
      const after = (await this.tenants.change(session, before, patch)) ?? raise(new TenantNotFound());
      for (const listener of this.listeners) await listener(session, before, after);
      await this.record(session, 'TENANT_UPDATED', actor, before, after);
      return after;
    });
  }

  async nextUserNumber(session: ClientSession, tenantId: string): Promise<number> {
    return (await this.tenants.nextUserNumber(session, tenantId)) ?? raise(new TenantNotFound());
  }

  private fresh(_id: string, slug: string, name: string): Tenant {
    const settled = { currency: 'GBP', timeZone: 'UTC', settings: {}, nextUserNumber: firstUserNumber, rev: 1 };
    return { _id, slug, name, ...settled, createdAt: this.clock.now() };
  }

  private async record(
    session: ClientSession,
    type: 'TENANT_CREATED' | 'TENANT_UPDATED',
    by: Pick<Actor, 'userId' | 'email' | 'role'>,
    before: Tenant | null,
    after: Tenant,
  ): Promise<void> {
    const { _id: tenantId } = after;
    const common = { tenantId, at: this.clock.now(), subject: { type: 'tenant', id: tenantId }, traceId: requestContext.traceId() };
    const shown = ({ name, currency, timeZone, settings }: Tenant) => ({ name, currency, timeZone, settings });
    await this.records.events.record(session, [
      { ...common, _id: newId('evt'), type, version: 1, sourceAgent: by.userId, data: shown(after) },
    ]);
    const actor = { id: by.userId, email: by.email, role: by.role };
    const action = before ? 'tenant.updated' : 'tenant.created';
    await this.records.audit.record(session, [
      { ...common, _id: newId('aud'), actor, action, before: before && shown(before), after: shown(after) },
    ]);
  }
}

const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40) || 'tenant';
