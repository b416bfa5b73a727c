import type { Migration } from './migrator.js';

/** Buckets of before lack latencies, declines and what failover saved: every tenant's days are counted anew, as after a change of zone. */
export const attemptFigures: Migration = {
  version: 2,
  name: 'attempt-figures',
  async run(db) {
    const anew = { $inc: { generation: 1, epoch: 1 }, $set: { rebuilding: { after: null } } };
    await db.collection('payment_buckets').updateMany({ zone: { $exists: true } }, anew);
  },
};
