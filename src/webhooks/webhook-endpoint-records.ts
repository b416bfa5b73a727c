import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import type { Author } from '../audit/audit-entry.js';
import { type Change, ChangeRecords } from '../audit/change-records.js';
import type { EventType } from '../events/event.js';
import type { WebhookEndpoint } from './webhook-endpoint.js';

type EndpointEvent = EventType & `WEBHOOK_ENDPOINT_${string}`;

/** What the event feed and the audit log keep of an endpoint's changes; never a secret. */
@Injectable()
export class WebhookEndpointRecords {
  constructor(private readonly changes: ChangeRecords) {}

  /** Without an author it was the product itself. */
  record(session: ClientSession, type: EndpointEvent, endpoint: WebhookEndpoint, change: Change, by?: Author): Promise<void> {
    const { _id: id, tenantId } = endpoint;
    const action = type.toLowerCase().replace('webhook_endpoint_', 'webhook_endpoint.');
    const event = { type, data: summary(endpoint) };
    return this.changes.record(session, { tenantId, subject: { type: 'webhook_endpoint', id }, action, ...change, event }, by);
  }
}

export const summary = ({ ownerId, url, description, eventTypes, enabled, disabledReason }: WebhookEndpoint) => {
  return { ownerId, url, description, eventTypes: [...eventTypes], enabled, disabledReason };
};
