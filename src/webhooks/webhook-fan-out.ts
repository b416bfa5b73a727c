import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import type { SequencedEvent } from '../events/event.js';
import { EventSubscribers, type ReadBatch } from '../events/event-subscribers.js';
import { Members } from '../kernel/actor/members.js';
import { seesTenant } from '../kernel/actor/permissions.js';
import { dottedType, wants } from './event-type.js';
import { type Message, WebhookDeliveries } from './webhook-deliveries.service.js';
import type { WebhookEndpoint } from './webhook-endpoint.js';
import { WebhookEndpointsRepository } from './webhook-endpoints.repository.js';

/** Makes a delivery of each event for each endpoint that wants it, in the transaction that puts the event into the feed. */
@Injectable()
export class WebhookFanOut implements OnModuleInit {
  constructor(
    private readonly subscribers: EventSubscribers,
    private readonly endpoints: WebhookEndpointsRepository,
    private readonly deliveries: WebhookDeliveries,
    private readonly members: Members,
  ) {}

  onModuleInit(): void {
    this.subscribers.subscribe({ onEvents: (session, tenantId, read) => this.deliver(session, tenantId, read) });
  }

  /** Nothing is delivered to whoever is no member any more, and of others' business nothing to a merchant. */
  async deliver(session: ClientSession, tenantId: string, read: ReadBatch): Promise<void> {
    const endpoints = await this.endpoints.enabled(tenantId, session);
    if (endpoints.length === 0) return;
    const owners = await this.members.byIds(
      tenantId,
      endpoints.map(({ ownerId }) => ownerId),
    );
    const sees = ({ ownerId }: WebhookEndpoint, event: SequencedEvent): boolean => {
      const owner = owners.get(ownerId);
      return owner !== undefined && (seesTenant(owner.role) || isAbout(event, ownerId));
    };
    const messages = (await read()).flatMap((event) =>
      endpoints
        .filter((endpoint) => wants(endpoint.eventTypes, dottedType(event)) && sees(endpoint, event))
        .map((endpoint) => messageOf(event, endpoint)),
    );
    if (messages.length > 0) await this.deliveries.add(session, messages);
  }
}

const isAbout = ({ subject, data }: SequencedEvent, userId: string): boolean =>
  data.ownerId === userId || data.userId === userId || (subject.type === 'user' && subject.id === userId);

function messageOf(event: SequencedEvent, { _id, tenantId, ownerId }: WebhookEndpoint): Message {
  const { _id: id, position, at, sourceAgent, subject, data } = event;
  const type = dottedType(event);
  const body = JSON.stringify({ type, timestamp: at.toISOString(), id, position, sourceAgent, subject, data });
  return { tenantId, ownerId, endpointId: _id, messageId: id, eventType: type, body };
}
