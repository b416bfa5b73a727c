import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import { auditActorOf, type Author } from '../audit/audit-entry.js';
import { AuditService } from '../audit/audit.service.js';
import { EventsService } from '../events/events.service.js';
import type { Actor } from '../kernel/actor/actor.js';
import { requestContext } from '../kernel/http/request-context.js';
import { newId } from '../kernel/ids.js';
import type { ItemPatch, StoreItem } from './store-item.js';

export type Clerk = Author & Pick<Actor, 'tenantId'>;

/** What the event feed and the audit log keep of the catalogue's changes. */
@Injectable()
export class StoreItemRecords {
  constructor(
    private readonly events: EventsService,
    private readonly audit: AuditService,
  ) {}

  /** `before` is null for a new item; else the fields that change, as they were. */
  async record(session: ClientSession, item: StoreItem, before: ItemPatch | null, by: Clerk): Promise<void> {
    const { tenantId, number, name, price, archived, updatedAt: at } = item;
    const data = { number, name, price, archived };
    const after = before ? Object.fromEntries(Object.keys(before).map((field) => [field, item[field as keyof ItemPatch]])) : data;
    const common = { tenantId, at, subject: { type: 'store_item', id: String(number) }, traceId: requestContext.traceId() };
    const type = before ? 'STORE_ITEM_UPDATED' : 'STORE_ITEM_CREATED';
    const action = before ? 'store_item.updated' : 'store_item.created';
    await this.events.record(session, [{ ...common, _id: newId('evt'), type, version: 1, sourceAgent: by.userId, data }]);
    await this.audit.record(session, [{ ...common, _id: newId('aud'), actor: auditActorOf(by), action, before, after }]);
  }
}
