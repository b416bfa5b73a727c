import { updateBatch } from '../dist/kernel/mongo/batch-writes.js';
import { recordOf } from '../dist/payments/payment-record.js';
import { toDocument } from '../dist/payments/payment.schema.js';
import { BucketChanges } from '../dist/payments/payment-buckets.js';

const transaction = { readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority', journal: true } };

/**
 * Creates a payment with everything the product writes, in a transaction of its own: what group commit is there to avoid.
 * @param {import('mongodb').MongoClient} client
 * @param {string} tenantId
 */
export async function naiveCreate(client, tenantId) {
  const db = client.db();
  const counting = { zone: 'UTC', generation: 1, epoch: 1, erased: [] };
  const $setOnInsert = { counts: {}, ...counting };
  await db.collection('payment_buckets').updateOne({ _id: tenantId }, { $setOnInsert }, { upsert: true });

  return async (payment, actor) => {
    const changes = new BucketChanges(tenantId, counting);
    changes.count(payment);
    const { audit, events } = recordOf(null, payment, { actor, at: payment.createdAt, traceId: payment.id });
    const write = async (session) => {
      await updateBatch(db.collection('payment_buckets'), changes.updates(), session);
      await db.collection('payments').insertOne(toDocument(payment, counting.generation), { session });
      await db.collection('events').insertMany([...events], { session });
      await db.collection('audit').insertOne(audit, { session });
    };
    await client.withSession((session) => session.withTransaction(() => write(session), transaction));
  };
}
