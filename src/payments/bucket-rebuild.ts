import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { ClientSession, Collection } from 'mongodb';
import { type Config, CONFIG } from '../kernel/config/config.js';
import { Database } from '../kernel/mongo/database.js';
import { UnitOfWork } from '../kernel/mongo/unit-of-work.js';
import { TenantsService } from '../tenants/tenants.service.js';
import { BucketChanges, type TotalsBucket } from './payment-buckets.js';
import { PaymentBuckets } from './payment-buckets.repository.js';
import { type PaymentDocument, paymentsCollection } from './payment.schema.js';

type Place = Pick<PaymentDocument, '_id' | 'initiatedAt'>;

const batchSize = 1_000;

/**
 * Counts a tenant's days anew, in its present time zone, while payments go on: each payment carries the generation it is counted
 * in, and whoever touches one first, this walk or a request, moves it. Two nodes walking at once conflict on the totals and one
 * of them tries again, so the walk needs no lease; it goes on after a crash from where it last committed.
 */
@Injectable()
export class BucketRebuild implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly payments: Collection<PaymentDocument>;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;

  constructor(
    database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly buckets: PaymentBuckets,
    private readonly tenants: TenantsService,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    this.payments = database.collection<PaymentDocument>(paymentsCollection.name);
  }

  onApplicationBootstrap(): void {
    this.tenants.onUpdate(async (session, before, after) => {
      if (before.timeZone !== after.timeZone) await this.buckets.begin(session, after._id, after.timeZone);
    });
    this.timer = setInterval(() => this.poll(), this.config.backgroundIntervalMs).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running?.catch(() => {});
  }

  /** Recomputes every tenant's buckets, or one tenant's; resolves with the number of payments when they are whole. */
  async rebuild(tenantId?: string): Promise<number> {
    const ids = tenantId === undefined ? await this.payments.distinct('tenantId') : [tenantId];
    for (const id of ids) {
      const { zone } = await this.buckets.totals(id);
      await this.unitOfWork.transact(async (session) => {
        await this.buckets.begin(session, id, zone);
        await this.buckets.setCounts(session, id, await this.countAll(session, id));
      });
    }
    await this.finishAll();
    return this.payments.countDocuments({ tenantId: { $in: ids }, live: true });
  }

  private async countAll(session: ClientSession, tenantId: string): Promise<Pick<TotalsBucket, 'counts' | 'charges'>> {
    const charged = { $cond: [{ $gt: ['$charge.id', null] }, 1, 0] };
    const stages = [{ $match: { tenantId, live: true } }, { $group: { _id: '$status', n: { $sum: 1 }, charged: { $sum: charged } } }];
    const groups = await this.payments.aggregate<{ _id: string; n: number; charged: number }>(stages, { session }).toArray();
    const charges = groups.reduce((sum, group) => sum + group.charged, 0);
    return { counts: Object.fromEntries(groups.map(({ _id, n }) => [_id, n])), ...(charges > 0 && { charges }) };
  }

  private poll(): void {
    this.running ??= this.finishAll()
      // The next poll tries again from where this one stopped.
      .catch(() => {})
      .finally(() => (this.running = undefined));
  }

  private async finishAll(): Promise<void> {
    for (const { _id: tenantId } of await this.buckets.rebuilding()) while (await this.step(tenantId));
  }

  /** Moves one stretch of payments; false when there is none left. */
  private async step(tenantId: string): Promise<boolean> {
    const totals = await this.buckets.totals(tenantId);
    if (!totals.rebuilding) return false;
    const stretch = await this.stretch(totals);
    if (stretch.length === 0) await this.buckets.finish(totals);
    else await this.unitOfWork.transact((session) => this.move(session, totals, stretch));
    return stretch.length > 0;
  }

  private stretch({ _id: tenantId, rebuilding }: TotalsBucket): Promise<Place[]> {
    const after = rebuilding?.after;
    const beyond = after && {
      initiatedAt: { $gte: after.initiatedAt },
      $or: [{ initiatedAt: { $gt: after.initiatedAt } }, { initiatedAt: after.initiatedAt, _id: { $gt: after.id } }],
    };
    return this.payments
      .find({ tenantId, live: true, ...beyond })
      .sort({ initiatedAt: 1, _id: 1 })
      .limit(batchSize)
      .project<Place>({ initiatedAt: 1 })
      .toArray();
  }

  private async move(session: ClientSession, walked: TotalsBucket, stretch: readonly Place[]): Promise<void> {
    const { _id: tenantId, generation } = walked;
    const totals = await this.buckets.totals(tenantId);
    // Days are being counted anew once more: the next step begins there.
    if (totals.generation !== generation) return;
    const ids = stretch.map(({ _id }) => _id);
    const stale = await this.payments.find({ _id: { $in: ids }, live: true, generation: { $ne: generation } }, { session }).toArray();
    const changes = new BucketChanges(tenantId, totals);
    for (const payment of stale) changes.countDay(payment);
    await this.buckets.apply(session, changes);
    await this.buckets.advance(session, totals, stretch.at(-1));
    await this.payments.updateMany({ _id: { $in: stale.map(({ _id }) => _id) } }, { $set: { generation } }, { session });
  }
}
