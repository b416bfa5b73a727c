import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import { auditActorOf, type Author } from '../audit/audit-entry.js';
import { AuditService } from '../audit/audit.service.js';
import type { EventType } from '../events/event.js';
import { EventsService } from '../events/events.service.js';
import { Clock } from '../kernel/clock.js';
import { requestContext } from '../kernel/http/request-context.js';
import { newId } from '../kernel/ids.js';
import type { Tenant, TenantPatch } from './tenant.js';

/** What the event feed and the audit log keep of a tenant's changes. */
@Injectable()
export class TenantRecords {
  constructor(
    private readonly events: EventsService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  async created(session: ClientSession, tenant: Tenant, by: Author): Promise<void> {
    const { name, currency, timeZone, settings } = tenant;
    await this.record(session, 'TENANT_CREATED', tenant._id, by, null, { name, currency, timeZone, settings });
  }

  async updated(session: ClientSession, tenant: Tenant, changes: TenantPatch, by: Author): Promise<void> {
    const before = Object.fromEntries(Object.keys(changes).map((field) => [field, tenant[field as keyof TenantPatch]]));
    await this.record(session, 'TENANT_UPDATED', tenant._id, by, before, changes);
  }

  private async record(
    session: ClientSession,
    type: EventType & `TENANT_${string}`,
    tenantId: string,
    by: Author,
    before: TenantPatch | null,
    after: TenantPatch,
  ): Promise<void> {
    const common = { tenantId, at: this.clock.now(), subject: { type: 'tenant', id: tenantId }, traceId: requestContext.traceId() };
    const action = type === 'TENANT_CREATED' ? 'tenant.created' : 'tenant.updated';
    await this.events.record(session, [{ ...common, _id: newId('evt'), type, version: 1, sourceAgent: by.userId, data: after }]);
    await this.audit.record(session, [{ ...common, _id: newId('aud'), actor: auditActorOf(by), action, before, after }]);
  }
}
