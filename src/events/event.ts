import type { CollectionSpec } from '../kernel/mongo/collection-spec.js';
import type { Id } from '../kernel/ids.js';

export const eventTypes = [
  'PAYMENT_CREATED',
  'PAYMENT_UPDATED',
  'PAYMENT_STATUS_CHANGED',
  'PAYMENT_ATTEMPTS_RECORDED',
  'PAYMENT_DELETED',
  'USER_REGISTERED',
  'USER_ERASED',
  'TENANT_CREATED',
  'TENANT_UPDATED',
  'STORE_ITEM_CREATED',
  'STORE_ITEM_UPDATED',
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

export const eventsCollection: CollectionSpec = { name: 'events', indexes: [{ name: 'order', key: { tenantId: 1, _id: 1 } }] };
