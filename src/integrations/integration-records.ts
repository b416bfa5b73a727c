import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import type { Author } from '../audit/audit-entry.js';
import { type Change, ChangeRecords } from '../audit/change-records.js';
import type { EventType } from '../events/event.js';
import type { Integration } from './integration.js';

type IntegrationEvent = EventType & `INTEGRATION_${string}`;

/** What the event feed and the audit log keep of an integration's changes; never a secret. */
@Injectable()
export class IntegrationRecords {
  constructor(private readonly changes: ChangeRecords) {}

  record(session: ClientSession, type: IntegrationEvent, integration: Integration, change: Change, by: Author): Promise<void> {
    const { _id: id, tenantId } = integration;
    const action = type.toLowerCase().replace('integration_', 'integration.');
    const event = { type, data: summary(integration) };
    return this.changes.record(session, { tenantId, subject: { type: 'integration', id }, action, ...change, event }, by);
  }
}

export const summary = ({ ownerId, name, provider }: Integration) => ({ ownerId, name, provider });
