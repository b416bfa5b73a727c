import { Injectable } from '@nestjs/common';
import type { ClientSession, Filter } from 'mongodb';
import { type Scope, tenantScope, visibleTo } from '../kernel/actor/scope.js';
import { Database } from '../kernel/mongo/database.js';
import type { ScopedCollection } from '../kernel/mongo/scoped-collection.js';
import {
  type DeliveryState,
  type DeliveryTry,
  mostTriesKept,
  type WebhookDelivery,
  webhookDeliveriesCollection,
} from './webhook-delivery.js';

export interface DeliveryFilter {
  readonly endpointId?: string;
  readonly state?: DeliveryState;
  readonly eventType?: string;
  /** Made at this time or later. */
  readonly from?: Date;
  /** Made before this time. */
  readonly before?: Date;
}
export interface TryOutcome {
  readonly state: DeliveryState;
  readonly nextTryAt: Date | null;
}

@Injectable()
export class WebhookDeliveriesRepository {
  private readonly deliveries: ScopedCollection<WebhookDelivery>;

  constructor(private readonly database: Database) {
    this.deliveries = database.scoped<WebhookDelivery>(webhookDeliveriesCollection.name);
  }

  find(scope: Scope, id: string, session?: ClientSession): Promise<WebhookDelivery | null> {
    return this.deliveries.findOne(scope, { _id: id as WebhookDelivery['_id'] }, { session });
  }

  list(scope: Scope, filter: DeliveryFilter, limit: number, after?: string): Promise<WebhookDelivery[]> {
    const older = after === undefined ? {} : { _id: { $lt: after as WebhookDelivery['_id'] } };
    return this.deliveries.find(scope, { ...matching(filter), ...older }, { sort: { _id: -1 }, limit });
  }

  /** Oldest first, without those that are still being tried. */
  ended(scope: Scope, filter: DeliveryFilter, limit: number, session: ClientSession): Promise<WebhookDelivery[]> {
    const state = filter.state ?? ({ $ne: 'waiting' } as const);
    return this.deliveries.find(scope, { ...matching(filter), state }, { sort: { _id: 1 }, limit, session });
  }

  async insert(rows: readonly WebhookDelivery[], session: ClientSession): Promise<void> {
    if (rows.length > 0) await this.rows.insertMany([...rows], { session });
  }

  /** Null where it is not waiting for a try any more. */
  noteTry({ _id, tenantId }: WebhookDelivery, one: DeliveryTry, outcome: TryOutcome): Promise<WebhookDelivery | null> {
    const kept = { $push: { tries: { $each: [one], $slice: -mostTriesKept } }, $inc: { triesNow: 1 } };
    return this.deliveries.change(tenantScope(tenantId), { _id, state: 'waiting' }, { $set: outcome, ...kept });
  }

  /** Those of them that had ended wait again, with all their tries; the others are left as they are. */
  async restart(scope: Scope, ids: readonly WebhookDelivery['_id'][], now: Date, session: ClientSession): Promise<number> {
    const filter = { _id: { $in: [...ids] }, state: { $ne: 'waiting' as const }, ...visibleTo(scope) };
    const set = { state: 'waiting' as const, triesNow: 0, nextTryAt: now };
    return (await this.rows.updateMany(filter, { $set: set }, { session })).modifiedCount;
  }

  async removeOf(tenantId: string, ownerId: string, session: ClientSession): Promise<void> {
    await this.rows.deleteMany({ tenantId, ownerId }, { session });
  }

  private get rows() {
    return this.database.collection<WebhookDelivery>(webhookDeliveriesCollection.name);
  }
}

function matching({ endpointId, state, eventType, from, before }: DeliveryFilter): Filter<WebhookDelivery> {
  const createdAt = { ...(from && { $gte: from }), ...(before && { $lt: before }) };
  return {
    ...(endpointId !== undefined && { endpointId: endpointId as NonNullable<WebhookDelivery['endpointId']> }),
    ...(state !== undefined && { state }),
    ...(eventType !== undefined && { eventType }),
    ...((from || before) && { createdAt }),
  };
}
