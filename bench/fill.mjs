import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';
import { demoPayments } from '../dist/demo/demo-payments.js';
import { updateBatch } from '../dist/kernel/mongo/batch-writes.js';
import { migrations } from '../dist/migrations/schema.js';
import { BucketChanges, bucketsCollection } from '../dist/payments/payment-buckets.js';
import { paymentsCollection, toDocument } from '../dist/payments/payment.schema.js';
import { codeOf } from './resources.mjs';

/**
 * @typedef {object} Filling
 * @property {string} uri
 * @property {string} tenantId
 * @property {number} count
 * @property {number} seed
 * @property {string} until the payments lie in the 365 days before
 */

const owners = [
  { id: 'usr_bench_one', email: 'one@payops.test' },
  { id: 'usr_bench_two', email: 'two@payops.test' },
];
const batchSize = 5_000;
const batchesAtOnce = 2;
const self = fileURLToPath(import.meta.url);

/**
 * Fills an empty database, in a process of its own because a million payments need more memory than Node takes by itself.
 * @param {Filling} filling
 */
export async function fill(filling) {
  const child = spawn(process.execPath, ['--max-old-space-size=4096', self, JSON.stringify(filling)], { stdio: 'inherit' });
  const code = await codeOf(child);
  if (code !== 0) throw new Error(`Filling ${filling.uri} ended with ${code}`);
}

/**
 * Payments straight into the collection; the indexes come with the first server, which is quicker than keeping them up.
 * @param {import('mongodb').Db} db
 * @param {Filling} filling
 */
async function write(db, { tenantId, count, seed, until }) {
  const counting = { zone: 'UTC', generation: 1, epoch: 1, erased: [] };
  const changes = new BucketChanges(tenantId, counting);
  const payments = demoPayments({ tenantId, owners, count, seed, until: new Date(until) });
  const collection = db.collection(paymentsCollection.name);
  let next = 0;
  const insert = async () => {
    for (let at = next; at < count; at = next) {
      next = at + batchSize;
      const batch = payments.slice(at, next);
      for (const payment of batch) changes.count(payment);
      await collection.insertMany(
        batch.map((payment) => toDocument(payment, counting.generation)),
        { ordered: false },
      );
    }
  };
  await Promise.all(Array.from({ length: batchesAtOnce }, insert));
  await writeBuckets(db, tenantId, counting, changes);
  // Nothing here is of before.
  await db.collection('migrations').insertMany(migrations.map(({ version, name }) => ({ _id: version, name, at: new Date() })));
}

/** The product's own counting. Its `analytics rebuild` counts days only, and changes every payment once more. */
async function writeBuckets(db, tenantId, counting, changes) {
  const buckets = db.collection(bucketsCollection.name);
  await buckets.insertOne({ _id: tenantId, counts: {}, ...counting });
  const writeConcern = { w: 'majority', journal: true };
  const update = (session) => updateBatch(buckets, changes.updates(), session);
  await db.client.withSession((session) => session.withTransaction(() => update(session), { writeConcern }));
}

if (process.argv[1] === self) {
  /** @type {Filling} */
  const filling = JSON.parse(process.argv[2] ?? '{}');
  const client = new MongoClient(filling.uri, { writeConcern: { w: 1 } });
  try {
    await write(client.db(), filling);
  } finally {
    await client.close();
  }
}
