import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import { type AuditEntry, auditActorOf, type Author } from '../audit/audit-entry.js';
import { AuditService } from '../audit/audit.service.js';
import type { EventType } from '../events/event.js';
import { EventsService } from '../events/events.service.js';
import { Clock } from '../kernel/clock.js';
import { requestContext } from '../kernel/http/request-context.js';
import { newId } from '../kernel/ids.js';
import type { WebhookEndpoint } from './webhook-endpoint.js';

type Change = Pick<AuditEntry, 'before' | 'after'>;
type EndpointEvent = EventType & `WEBHOOK_ENDPOINT_${string}`;

/** What the event feed and the audit log keep of an endpoint's changes; never a secret. */
@Injectable()
export class WebhookEndpointRecords {
  constructor(
    private readonly events: EventsService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** Without an author it was the product itself. */
  async record(session: ClientSession, type: EndpointEvent, endpoint: WebhookEndpoint, change: Change, by?: Author): Promise<void> {
    const { _id, tenantId } = endpoint;
    const common = { tenantId, at: this.clock.now(), subject: { type: 'webhook_endpoint', id: _id }, traceId: requestContext.traceId() };
    const action = type.toLowerCase().replace('webhook_endpoint_', 'webhook_endpoint.');
    const actor = by ? auditActorOf(by) : { id: 'system', email: '', role: 'system' };
    await this.events.record(session, [{ ...common, _id: newId('evt'), type, version: 1, sourceAgent: actor.id, data: summary(endpoint) }]);
    await this.audit.record(session, [{ ...common, ...change, _id: newId('aud'), actor, action }]);
  }
}

export const summary = ({ ownerId, url, description, eventTypes, enabled, disabledReason }: WebhookEndpoint) => {
  return { ownerId, url, description, eventTypes: [...eventTypes], enabled, disabledReason };
};
