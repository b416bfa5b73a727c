import { Injectable } from '@nestjs/common';
import { type Document, type Filter, ObjectId } from 'mongodb';
import type { Scope } from '../kernel/actor/scope.js';
import type { ObjectIdHex } from '../kernel/ids.js';
import { isCurrency } from '../kernel/money/currencies.js';
import { Database } from '../kernel/mongo/database.js';
import type { ScopedCollection } from '../kernel/mongo/scoped-collection.js';
import type { Payment } from './payment.js';
import type { PaymentFilter } from './payment-filter.js';
import type { DayTallies } from './payment-buckets.js';
import { fromDocument, isInReview, type PaymentDocument, paymentsCollection } from './payment.schema.js';

/** Where a page begins: after a payment, or a number of payments past a moment. */
export interface PageStart {
  readonly skip?: number;
  readonly before?: Date;
  /** The skipped ones are the oldest since this moment, so the page ends there; it must be a whole one. */
  readonly since?: Date;
  readonly after?: { readonly initiatedAt: Date; readonly id: ObjectIdHex };
}

/** Reads payments; every list is newest first, then by id. */
@Injectable()
export class PaymentsRepository {
  private readonly payments: ScopedCollection<PaymentDocument>;

  constructor(database: Database) {
    this.payments = database.scoped<PaymentDocument>(paymentsCollection.name);
  }

  async find(scope: Scope, id: ObjectIdHex): Promise<Payment | null> {
    const document = await this.payments.findOne(scope, { _id: new ObjectId(id), live: true });
    return document && fromDocument(document);
  }

  /** By the provider's name for it, at one of the tenant's accounts. */
  async findAtProvider(scope: Scope, accountId: string, providerId: string): Promise<Payment | null> {
    const at = { 'flow.tries': { $elemMatch: { accountId, providerId } } };
    const document = await this.payments.findOne(scope, { 'flow.tries.providerId': { $eq: providerId, $gt: '' }, ...at, live: true });
    return document && fromDocument(document);
  }

  async list(scope: Scope, filter: PaymentFilter, { skip = 0, before, since, after }: PageStart, limit: number): Promise<Payment[]> {
    const narrowed = { ...filter, range: { ...filter.range, ...(before && { before }), ...(since && { from: since }) } };
    const where = after ? { $and: [matching(narrowed), beyond(after)] } : matching(narrowed);
    const direction = since ? 1 : -1;
    const documents = await this.payments.find(scope, where, { sort: { initiatedAt: direction, _id: direction }, skip, limit });
    return (since ? documents.reverse() : documents).map(fromDocument);
  }

  count(scope: Scope, filter: PaymentFilter): Promise<number> {
    return this.payments.count(scope, matching(filter));
  }

  /** Counts from the payments themselves what a bucket holds; for days that a range cuts, and while buckets are rebuilt. */
  async tally(scope: Scope, filter: PaymentFilter): Promise<DayTallies> {
    const [row] = await this.payments.aggregate<{ volume: VolumeRow[]; providers: ProviderRow[] }>(scope, matching(filter), tallyStages);
    const tallies: Record<string, MutableTally> = {};
    for (const { _id, n, sum } of row?.volume ?? []) {
      const tally = (tallies[_id.status] ??= { n: 0, volume: {}, providers: {} });
      tally.n += n;
      if (isCurrency(_id.currency)) tally.volume[_id.currency] = { n, sum };
    }
    for (const { _id, n, ms, ok } of row?.providers ?? []) {
      const tally = tallies[_id.status];
      if (tally) tally.providers[_id.provider] = { n, ms, ok };
    }
    return tallies;
  }
}

interface MutableTally {
  n: number;
  readonly volume: Record<string, { n: number; sum: number }>;
  readonly providers: Record<string, { n: number; ms: number; ok: number }>;
}
interface VolumeRow {
  readonly _id: { readonly status: string; readonly currency: string };
  readonly n: number;
  readonly sum: number;
}
interface ProviderRow {
  readonly _id: { readonly status: string; readonly provider: string };
  readonly n: number;
  readonly ms: number;
  readonly ok: number;
}
const tallyStages: Document[] = [
  { $project: { status: 1, currency: 1, amountMinor: 1, attempts: 1 } },
  {
    $facet: {
      volume: [
        { $group: { _id: { status: '$status', currency: '$currency' }, n: { $sum: 1 }, sum: { $sum: { $toLong: '$amountMinor' } } } },
      ],
      providers: [
        { $unwind: '$attempts' },
        {
          $group: {
            _id: { status: '$status', provider: '$attempts.provider' },
            n: { $sum: 1 },
            ms: { $sum: { $toLong: '$attempts.latencyMs' } },
            ok: { $sum: { $cond: [{ $eq: ['$attempts.result', 'success'] }, 1, 0] } },
          },
        },
      ],
    },
  },
];

function matching({ status, range, isInReview: inReview }: PaymentFilter): Filter<PaymentDocument> {
  const bounds = { ...(range.from && { $gte: range.from }), ...(range.before && { $lt: range.before }) };
  return {
    live: true,
    ...(status && { status }),
    ...(inReview && isInReview),
    ...(Object.keys(bounds).length > 0 && { initiatedAt: bounds }),
  };
}

/** `{$or}` alone would scan from the newest; the bound on the date lets the index begin at the page. */
function beyond({ initiatedAt, id }: NonNullable<PageStart['after']>): Filter<PaymentDocument> {
  return {
    initiatedAt: { $lte: initiatedAt },
    $or: [{ initiatedAt: { $lt: initiatedAt } }, { initiatedAt, _id: { $lt: new ObjectId(id) } }],
  };
}
