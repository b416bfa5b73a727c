import type { CollectionSpec } from '../kernel/mongo/collection-spec.js';
import type { Id } from '../kernel/ids.js';

export const eventTypes = [
  'PAYMENT_CREATED',
  'PAYMENT_UPDATED',
  'PAYMENT_STATUS_CHANGED',
  'PAYMENT_ATTEMPTS_RECORDED',
  'PAYMENT_REFUND_CHANGED',
  'PAYMENT_REVIEW_WANTED',
  'PAYMENT_DELETED',
  'USER_REGISTERED',
  'USER_ERASED',
  'USER_ROLE_CHANGED',
  'KEY_CREATED',
  'KEY_ROTATED',
  'KEY_REVOKED',
  'TENANT_CREATED',
  'TENANT_UPDATED',
  'STORE_ITEM_CREATED',
  'STORE_ITEM_UPDATED',
  'STORE_ITEM_SOLD',
  'CREDITS_GRANTED',
  'CREDITS_SPENT',
  'CREDITS_TRANSFERRED',
  'CREDITS_REVERSED',
  'CREDITS_HELD',
  'HOLD_COMMITTED',
  'HOLD_VOIDED',
  'HOLD_EXPIRED',
  'WEBHOOK_ENDPOINT_CREATED',
  'WEBHOOK_ENDPOINT_UPDATED',
  'WEBHOOK_ENDPOINT_SECRET_ROTATED',
  'WEBHOOK_ENDPOINT_DISABLED',
  'WEBHOOK_ENDPOINT_DELETED',
  'INTEGRATION_CREATED',
  'INTEGRATION_SECRET_ROTATED',
  'INTEGRATION_DELETED',
  'PROVIDER_CREATED',
  'PROVIDER_UPDATED',
  'PROVIDER_DELETED',
  'ROUTING_STRATEGY_CHANGED',
  'INGESTED',
] as const;
export type EventType = (typeof eventTypes)[number];

/** A fact, written in the transaction that made it true. */
export interface Event {
  readonly _id: Id<'evt'>;
  readonly tenantId: string;
  readonly type: EventType;
  /** Version of the shape of `data` for this type. */
  readonly version: 1;
  readonly at: Date;
  readonly sourceAgent: string;
  readonly subject: { readonly type: string; readonly id: string };
  readonly data: Readonly<Record<string, unknown>>;
  /** Null where the fact was written without one. */
  readonly traceId: string | null;
}

/** An event in the feed of its tenant, which counts from 1 without a gap: what is committed later has a greater position. */
export interface SequencedEvent extends Event {
  readonly position: number;
}

/** In the feed, and so with a position. A filter that is partial to it costs nothing where an event is only written. */
const sequenced = { position: { $exists: true } };

export const eventsCollection: CollectionSpec = {
  name: 'events',
  indexes: [
    // An event without a position is one whose position is null, for the server.
    { name: 'unsequenced', key: { tenantId: 1, _id: 1 }, partialFilterExpression: { position: null } },
    { name: 'position', key: { tenantId: 1, position: 1 }, unique: true, partialFilterExpression: sequenced },
    { name: 'type', key: { tenantId: 1, type: 1, position: 1 }, partialFilterExpression: sequenced },
    { name: 'source_agent', key: { tenantId: 1, sourceAgent: 1, position: 1 }, partialFilterExpression: sequenced },
    { name: 'time', key: { tenantId: 1, at: 1, position: 1 }, partialFilterExpression: sequenced },
  ],
};
