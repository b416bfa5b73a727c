import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import type { Author } from '../audit/audit-entry.js';
import { ChangeRecords } from '../audit/change-records.js';
import type { Tenant, TenantPatch } from './tenant.js';

/** What the event feed and the audit log keep of a tenant's changes. */
@Injectable()
export class TenantRecords {
  constructor(private readonly changes: ChangeRecords) {}

  created(session: ClientSession, { _id: id, name, currency, timeZone, settings }: Tenant, by: Author): Promise<void> {
    const after = { name, currency, timeZone, settings };
    const event = { type: 'TENANT_CREATED', data: after } as const;
    const subject = { type: 'tenant', id };
    return this.changes.record(session, { tenantId: id, subject, action: 'tenant.created', before: null, after, event }, by);
  }

  updated(session: ClientSession, tenant: Tenant, after: TenantPatch, by: Author): Promise<void> {
    const { _id: id } = tenant;
    const before = Object.fromEntries(Object.keys(after).map((field) => [field, tenant[field as keyof TenantPatch]]));
    const event = { type: 'TENANT_UPDATED', data: { ...after } } as const;
    const subject = { type: 'tenant', id };
    return this.changes.record(session, { tenantId: id, subject, action: 'tenant.updated', before, after: event.data, event }, by);
  }
}
