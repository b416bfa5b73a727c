import { Long, type ObjectId } from 'mongodb';
import { type Day, dayOf } from '../kernel/time/calendar.js';
import type { Update } from '../kernel/mongo/batch-writes.js';
import type { CollectionSpec } from '../kernel/mongo/collection-spec.js';
import { type Payment, type PaymentStatus, statusOf } from './payment.js';
import { type DayLatencies, type DayTallies, latenciesOf, tallyOf } from './payment-tally.js';

export type StatusCounts = Partial<Record<PaymentStatus, number>>;

/**
 * Four kinds of bucket in one collection, so that a batch updates all of them in one round trip. Every batch writes the tenant's
 * totals first: two nodes that change one tenant's payments meet there, and one of them tries again.
 */
export interface TotalsBucket {
  /** The tenant's id. */
  readonly _id: string;
  readonly zone: string;
  /** Days are counted anew under a new generation when the zone changes. */
  readonly generation: number;
  /** Set while payments of older generations are still being counted again; where the walk has come to. */
  readonly rebuilding?: { readonly after: { readonly initiatedAt: Date; readonly id: ObjectId } | null };
  readonly counts: StatusCounts;
  /** How many of them were charged through the gateway. */
  readonly charges?: number;
  /** Moves whenever what a batch relies on changes: the generation, or who was erased. */
  readonly epoch: number;
  /** How many batches were written; counts read at this number are those of now while it stays. */
  readonly writes?: number;
  /** The latest users who were erased; nothing may be created for them by a request that was let in before. */
  readonly erased: readonly string[];
}
export type Counting = Pick<TotalsBucket, 'zone' | 'generation' | 'epoch' | 'erased'>;
export interface DayBucket {
  readonly _id: string;
  readonly tenantId: string;
  readonly generation: number;
  readonly day: Day;
  readonly tallies?: DayTallies;
  readonly latencies?: DayLatencies;
}
export interface OwnerMonthBucket {
  readonly _id: string;
  readonly tenantId: string;
  readonly generation: number;
  readonly ownerId: string;
  /** `2026-01`. */
  readonly month: string;
  readonly counts?: StatusCounts;
  /** By day of the month, two digits. */
  readonly days?: Readonly<Record<string, DayTallies>>;
  /** Likewise. */
  readonly latencies?: Readonly<Record<string, DayLatencies>>;
}
/** Only counts, so that a year is a dozen small documents to read. */
export interface CalendarBucket {
  readonly _id: string;
  readonly tenantId: string;
  readonly generation: number;
  /** A month: `2026-01`. */
  readonly calendar: string;
  /** By day of the month, two digits. */
  readonly days?: Readonly<Record<string, StatusCounts>>;
}
export type Bucket = TotalsBucket | DayBucket | OwnerMonthBucket | CalendarBucket;

export const bucketsCollection: CollectionSpec = {
  name: 'payment_buckets',
  indexes: [
    { name: 'rebuilding', key: { rebuilding: 1 }, partialFilterExpression: { rebuilding: { $exists: true } } },
    {
      name: 'calendar',
      key: { tenantId: 1, generation: 1, calendar: 1 },
      partialFilterExpression: { calendar: { $exists: true } },
    },
    { name: 'days', key: { tenantId: 1, generation: 1, day: 1 }, partialFilterExpression: { day: { $exists: true } } },
    {
      name: 'owner_months',
      key: { tenantId: 1, generation: 1, ownerId: 1, month: 1 },
      partialFilterExpression: { ownerId: { $exists: true } },
    },
  ],
};

type Increments = Map<string, number>;
type Counted = Pick<Payment, 'tenantId' | 'ownerId' | 'state' | 'amountMinor' | 'currency' | 'attempts' | 'initiatedAt' | 'charge'>;

/** The merged effect of many payments on one tenant's buckets. */
export class BucketChanges {
  private readonly totals: Increments = new Map();
  private readonly days = new Map<Day, Increments>();
  private readonly calendar = new Map<string, Increments>();
  private readonly months = new Map<string, { readonly ownerId: string; readonly month: string; readonly increments: Increments }>();

  constructor(
    readonly tenantId: string,
    private readonly counting: Counting,
  ) {}

  count(payment: Counted): void {
    add(this.totals, `counts.${statusOf[payment.state]}`, 1);
    if (payment.charge) add(this.totals, 'charges', 1);
    this.countDay(payment, 1);
  }

  /** Takes a payment out; its day only where it was counted under this generation. */
  uncount(payment: Counted, countedIn: number): void {
    add(this.totals, `counts.${statusOf[payment.state]}`, -1);
    if (payment.charge) add(this.totals, 'charges', -1);
    if (countedIn === this.counting.generation) this.countDay(payment, -1);
  }

  /** Counts a payment's day alone, for payments that the totals hold already. */
  countDay(payment: Counted, sign: 1 | -1 = 1): void {
    const status = statusOf[payment.state];
    const date = dayOf(payment.initiatedAt, this.counting.zone);
    const [month, dayOfMonth] = [date.slice(0, 7), date.slice(8)];
    const { ownerId } = payment;
    const day = entry(this.days, date, () => new Map<string, number>());
    const owned = entry(this.months, `${ownerId}:${month}`, () => ({ ownerId, month, increments: new Map<string, number>() })).increments;
    add(owned, `counts.${status}`, sign);
    add(
      entry(this.calendar, month, () => new Map<string, number>()),
      `days.${dayOfMonth}.${status}`,
      sign,
    );
    for (const [path, by] of tallyOf(payment, sign)) {
      add(day, `tallies.${status}.${path}`, by);
      add(owned, `days.${dayOfMonth}.${status}.${path}`, by);
    }
    for (const [path, by] of latenciesOf(payment, sign)) {
      add(day, `latencies.${status}.${path}`, by);
      add(owned, `latencies.${dayOfMonth}.${status}.${path}`, by);
    }
  }

  /** The first one matches only in the epoch that was counted for; the caller compares the number of matches. */
  updates(): Update<Bucket>[] {
    const { tenantId } = this;
    const { generation, epoch } = this.counting;
    const days = [...this.days].flatMap(([day, increments]) =>
      upsert(`${tenantId}:${generation}:${day}`, { tenantId, generation, day }, increments),
    );
    const calendar = [...this.calendar].flatMap(([month, increments]) =>
      upsert(`${tenantId}:${generation}:${month}`, { tenantId, generation, calendar: month }, increments),
    );
    const months = [...this.months.values()].flatMap(({ ownerId, month, increments }) =>
      upsert(`${tenantId}:${generation}:${ownerId}:${month}`, { tenantId, generation, ownerId, month }, increments),
    );
    // Written even where no count changes, because it is the lock.
    const lock = { $inc: { ...numbers(this.totals), writes: 1 } };
    return [{ q: { _id: tenantId, epoch }, u: lock }, ...calendar, ...days, ...months];
  }
}

function upsert(_id: string, fields: object, increments: Increments): Update<Bucket>[] {
  const $inc = numbers(increments);
  if (Object.keys($inc).length === 0) return [];
  return [{ q: { _id }, u: { $setOnInsert: fields, $inc }, upsert: true }];
}

function add(increments: Increments, path: string, by: number): void {
  increments.set(path, (increments.get(path) ?? 0) + by);
}

/** Sums are 64-bit integers: a double loses a penny beyond 2^53. */
const numbers = (increments: Increments): Record<string, number | Long> =>
  Object.fromEntries(
    [...increments].flatMap(([path, by]) => {
      if (by === 0) return [];
      return [[path, path.endsWith('.sum') || path.endsWith('.ms') ? Long.fromNumber(by) : by]];
    }),
  );

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}
