import { Injectable } from '@nestjs/common';
import { type AnyBulkWriteOperation, Binary, type ClientSession, type Collection } from 'mongodb';
import { Database } from '../kernel/mongo/database.js';
import { type InboundWebhook, inboundWebhooksCollection } from './inbound-webhook.js';

/** By id, whoever's it is: the id is made of what was verified. */
@Injectable()
export class InboundWebhooksRepository {
  private readonly rows: Collection<InboundWebhook>;

  constructor(database: Database) {
    this.rows = database.collection<InboundWebhook>(inboundWebhooksCollection.name);
  }

  /** The places of those that were not there before; of two that are the same, the first. An upsert, because a duplicate would end the transaction. */
  async insertNew(webhooks: readonly InboundWebhook[], session: ClientSession): Promise<ReadonlySet<number>> {
    const operations = webhooks.map(({ _id, ...fields }): AnyBulkWriteOperation<InboundWebhook> => {
      return { updateOne: { filter: { _id }, update: { $setOnInsert: fields }, upsert: true } };
    });
    const { upsertedIds } = await this.rows.bulkWrite(operations, { session });
    return new Set(Object.keys(upsertedIds).map(Number));
  }

  /** Those for which that was not done before, as they came. */
  async markProcessed(ids: readonly InboundWebhook['_id'][], processedAt: Date, session: ClientSession): Promise<InboundWebhook[]> {
    const unprocessed = { _id: { $in: [...ids] }, processedAt: null };
    const webhooks = await this.rows.find(unprocessed, { session, sort: { receivedAt: 1 } }).toArray();
    if (webhooks.length > 0) await this.rows.updateMany(unprocessed, { $set: { processedAt } }, { session });
    return webhooks;
  }

  /** That it came stays, so that it is not taken a second time; what was in it goes. */
  async emptyOf(tenantId: string, recipient: string, session: ClientSession): Promise<void> {
    await this.rows.updateMany({ tenantId, recipient }, { $set: { body: new Binary() } }, { session });
  }
}
