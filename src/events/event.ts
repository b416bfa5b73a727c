import type { CollectionSpec } from '../kernel/mongo/collection-spec.js';
import type { Id } from '../kernel/ids.js';

export type EventType =
  | 'PAYMENT_CREATED'
  | 'PAYMENT_UPDATED'
  | 'PAYMENT_STATUS_CHANGED'
  | 'PAYMENT_ATTEMPTS_RECORDED'
  | 'PAYMENT_DELETED'
  | 'USER_REGISTERED'
  | 'USER_ERASED'
  | 'TENANT_CREATED'
  | 'TENANT_UPDATED'
  | 'STORE_ITEM_CREATED'
  | 'STORE_ITEM_UPDATED';

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
  readonly traceId: string;
}

export const eventsCollection: CollectionSpec = { name: 'events', indexes: [{ name: 'order', key: { tenantId: 1, _id: 1 } }] };
