import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import type { Author } from '../audit/audit-entry.js';
import { ChangeRecords } from '../audit/change-records.js';
import type { Actor } from '../kernel/actor/actor.js';
import type { ItemPatch, StoreItem } from './store-item.js';

export type Clerk = Author & Pick<Actor, 'tenantId'>;

/** What the event feed and the audit log keep of the catalogue's changes. */
@Injectable()
export class StoreItemRecords {
  constructor(private readonly changes: ChangeRecords) {}

  /** `before` is null for a new item; else the fields that change, as they were. */
  record(session: ClientSession, item: StoreItem, before: ItemPatch | null, by: Clerk): Promise<void> {
    const { tenantId, number, name, price, archived, updatedAt: at } = item;
    const data = { number, name, price, archived };
    const after = before ? Object.fromEntries(Object.keys(before).map((field) => [field, item[field as keyof ItemPatch]])) : data;
    const event = { type: before ? ('STORE_ITEM_UPDATED' as const) : ('STORE_ITEM_CREATED' as const), data };
    const action = before ? 'store_item.updated' : 'store_item.created';
    const subject = { type: 'store_item', id: String(number) };
    return this.changes.record(session, { tenantId, subject, at, action, before: before && { ...before }, after, event }, by);
  }
}
