import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import { type AuditEntry, auditActorOf, type Author } from '../audit/audit-entry.js';
import { AuditService } from '../audit/audit.service.js';
import type { EventType } from '../events/event.js';
import { EventsService } from '../events/events.service.js';
import { Clock } from '../kernel/clock.js';
import { requestContext } from '../kernel/http/request-context.js';
import { newId } from '../kernel/ids.js';
import type { Integration } from './integration.js';

type Change = Pick<AuditEntry, 'before' | 'after'>;
type IntegrationEvent = EventType & `INTEGRATION_${string}`;

/** What the event feed and the audit log keep of an integration's changes; never a secret. */
@Injectable()
export class IntegrationRecords {
  constructor(
    private readonly events: EventsService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  async record(session: ClientSession, type: IntegrationEvent, integration: Integration, change: Change, by: Author): Promise<void> {
    const { _id, tenantId } = integration;
    const common = { tenantId, at: this.clock.now(), subject: { type: 'integration', id: _id }, traceId: requestContext.traceId() };
    const action = type.toLowerCase().replace('integration_', 'integration.');
    const data = summary(integration);
    await this.events.record(session, [{ ...common, _id: newId('evt'), type, version: 1, sourceAgent: by.userId, data }]);
    await this.audit.record(session, [{ ...common, ...change, _id: newId('aud'), actor: auditActorOf(by), action }]);
  }
}

export const summary = ({ ownerId, name, provider }: Integration) => ({ ownerId, name, provider });
