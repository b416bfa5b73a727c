import { Injectable } from '@nestjs/common';
import { type ClientSession, type Collection, MongoServerError, type ObjectId } from 'mongodb';
import { updateBatch } from '../kernel/mongo/batch-writes.js';
import { Database } from '../kernel/mongo/database.js';
import { TryAgain } from '../kernel/mongo/unit-of-work.js';
import { TenantsService } from '../tenants/tenants.service.js';
import { type Bucket, type BucketChanges, bucketsCollection, type TotalsBucket } from './payment-buckets.js';

// A request that was let in before an erasure ends within seconds; this many erasures a tenant do not happen meanwhile.
const rememberedErasures = 1_000;

/** Writes a tenant's buckets. */
@Injectable()
export class PaymentBuckets {
  private readonly buckets: Collection<Bucket>;
  private readonly known = new Map<string, TotalsBucket>();

  constructor(
    database: Database,
    private readonly tenants: TenantsService,
  ) {
    this.buckets = database.collection<Bucket>(bucketsCollection.name);
  }

  /** The totals as last seen by this process; a batch finds out when its zone, generation or epoch are old. */
  async counting(tenantId: string): Promise<TotalsBucket> {
    return this.known.get(tenantId) ?? (await this.totals(tenantId));
  }

  /** The tenant's totals as of now; made where the tenant has none yet. */
  async totals(tenantId: string): Promise<TotalsBucket> {
    const totals = (await this.find(tenantId)) ?? (await this.make(tenantId));
    this.known.set(tenantId, totals);
    return totals;
  }

  /** @throws TryAgain where the changes were counted for an epoch that is over */
  async apply(session: ClientSession, changes: BucketChanges): Promise<void> {
    const updates = changes.updates();
    const count = await updateBatch(this.buckets, updates, session);
    if (count === updates.length) return;
    this.known.delete(changes.tenantId);
    throw new TryAgain('The epoch of the day buckets moved');
  }

  /** Starts counting days anew, in the zone; the walk over the payments is resumed until `finish`. */
  async begin(session: ClientSession, tenantId: string, zone: string): Promise<void> {
    const update = {
      $set: { zone, rebuilding: { after: null } },
      $inc: { generation: 1, epoch: 1 },
      $setOnInsert: { counts: {}, erased: [] },
    };
    await this.buckets.updateOne({ _id: tenantId }, update, { session, upsert: true });
  }

  /** In the transaction of `begin`, whose write keeps every batch out meanwhile. */
  async setCounts(session: ClientSession, tenantId: string, counts: Pick<TotalsBucket, 'counts' | 'charges'>): Promise<void> {
    await this.buckets.updateOne({ _id: tenantId }, { $set: counts }, { session });
  }

  /** From the commit on, no batch of any node creates anything for the user. */
  async shutOut(session: ClientSession, tenantId: string, userId: string): Promise<void> {
    const update = { $inc: { epoch: 1 }, $push: { erased: { $each: [userId], $slice: -rememberedErasures } } };
    await this.buckets.updateOne({ _id: tenantId }, update, { session });
  }

  /** Tenants whose days are being counted anew. */
  rebuilding(): Promise<TotalsBucket[]> {
    return this.buckets.find({ rebuilding: { $exists: true } }).toArray() as unknown as Promise<TotalsBucket[]>;
  }

  async advance(session: ClientSession, { _id }: TotalsBucket, last: { _id: ObjectId; initiatedAt: Date } | undefined): Promise<void> {
    const after = last ? { initiatedAt: last.initiatedAt, id: last._id } : null;
    await this.buckets.updateOne({ _id }, { $set: { rebuilding: { after } } }, { session });
  }

  /** Every payment is counted under this generation: the older ones' buckets go. */
  async finish({ _id, generation }: TotalsBucket): Promise<void> {
    await this.buckets.deleteMany({ tenantId: _id, generation: { $lt: generation } });
    await this.buckets.updateOne({ _id, generation }, { $unset: { rebuilding: '' } } as never);
  }

  private async make(tenantId: string): Promise<TotalsBucket> {
    const { timeZone } = await this.tenants.find(tenantId);
    try {
      const $setOnInsert = { zone: timeZone, generation: 1, counts: {}, epoch: 1, erased: [] };
      await this.buckets.updateOne({ _id: tenantId }, { $setOnInsert }, { upsert: true });
    } catch (error) {
      if (!(error instanceof MongoServerError) || error.code !== 11000) throw error;
    }
    return (await this.find(tenantId)) ?? this.totals(tenantId);
  }

  private find(tenantId: string): Promise<TotalsBucket | null> {
    return this.buckets.findOne({ _id: tenantId }) as Promise<TotalsBucket | null>;
  }
}
