import { randomBytes } from 'node:crypto';
import type { Collection } from 'mongodb';
import type { Database } from '../kernel/mongo/database.js';
import { hasCode } from '../kernel/mongo/error-code.js';
import { callOf, LEASE, leaseCollection, type LeaseRow } from './event-feed.schema.js';

/** How much of its time passes before it is written again. */
const renewedAfter = 1 / 3;

/**
 * Of all nodes, one works while the others call it. It only saves them from getting in each other's way: who has lost it unnoticed
 * does no harm.
 */
export class SequencerLease {
  private readonly rows: Collection<LeaseRow>;
  private readonly holder = randomBytes(9).toString('base64url');
  private claimedAt = -Infinity;

  constructor(
    database: Database,
    private readonly leaseMs: number,
  ) {
    this.rows = database.collection<LeaseRow>(leaseCollection.name);
  }

  /** True while this node has it, which takes it where nobody does; else whoever has it is told what there is to do. */
  async claim(due: readonly string[] = []): Promise<boolean> {
    const now = performance.now();
    if (now - this.claimedAt < this.leaseMs * renewedAfter) return true;
    const isFree = { $or: [{ $eq: ['$holder', this.holder] }, { $lte: ['$until', '$$NOW'] }] };
    const update = {
      holder: { $cond: [isFree, this.holder, '$holder'] },
      until: { $cond: [isFree, { $add: ['$$NOW', this.leaseMs] }, '$until'] },
      call: { $cond: [{ $or: [isFree, due.length === 0] }, '$call', { $literal: callOf(due) }] },
    };
    const row = await this.write(update);
    this.claimedAt = row?.holder === this.holder ? now : -Infinity;
    return row?.holder === this.holder;
  }

  /** The next node need not wait until it has run out. */
  async release(): Promise<void> {
    this.claimedAt = -Infinity;
    await this.rows.updateOne({ _id: LEASE, holder: this.holder }, { $set: { until: new Date(0) } });
  }

  private async write(update: object): Promise<LeaseRow | null> {
    try {
      return await this.rows.findOneAndUpdate({ _id: LEASE }, [{ $set: update }], { upsert: true, returnDocument: 'after' });
    } catch (error) {
      // Another node has made the row at this moment, and has it.
      if (hasCode(error, 11000)) return null;
      throw error;
    }
  }
}
