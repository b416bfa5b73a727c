import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Collection, Document } from 'mongodb';
import type { Scope } from '../kernel/actor/scope.js';
import { Database } from '../kernel/mongo/database.js';
import type { Day } from '../kernel/time/calendar.js';
import {
  type Bucket,
  bucketsCollection,
  type CalendarBucket,
  type DayBucket,
  type OwnerMonthBucket,
  type StatusCounts,
  type TotalsBucket,
} from './payment-buckets.js';
import { statuses } from './payment.js';
import { countsOf } from './payment-figures.js';
import type { DayLatencies, DayTallies, TallyPart } from './payment-tally.js';

/** Whole days, ends included; an open end is undefined. */
export interface DayRange {
  readonly first?: Day;
  readonly last?: Day;
}
export interface CountedSpan {
  /** A day, or for one owner a month, by its first date. */
  readonly start: Day;
  readonly counts: StatusCounts;
}
/** Which counts are meant: those of a generation, after so many batches of it were written. */
export type Counted = Pick<TotalsBucket, '_id' | 'generation' | 'writes'>;

const rememberedDays = 50_000;

/** Reads what the day buckets hold for a tenant, or for one owner from its months. */
@Injectable()
export class PaymentDaysRepository {
  private readonly buckets: Collection<Bucket>;
  private readonly calendars = new LRUCache<string, { readonly of: Counted; readonly days: readonly CountedSpan[] }>({
    maxSize: rememberedDays,
    sizeCalculation: ({ days }) => days.length + 1,
  });

  constructor(database: Database) {
    this.buckets = database.collection<Bucket>(bucketsCollection.name);
  }

  /** In order of the days. `parts` names the pieces of each tally that are wanted; an owner's months hold few days, and have all but latencies. */
  async days(scope: Scope, generation: number, range: DayRange, parts: readonly TallyPart[]): Promise<[Day, DayTallies][]> {
    if (scope.ownerId !== undefined) return this.ownedDays(scope, generation, range, parts.includes('latencies'));
    const rows = await this.find<DayBucket>({ ...at(scope, generation), day: between(range) }, { day: 1 }, projection(parts));
    return rows.map(({ day, tallies, latencies }) => [day, joined(tallies, latencies)]);
  }

  /** Counts of an owner's months, newest first. */
  async ownedMonths(scope: Scope, generation: number): Promise<CountedSpan[]> {
    const filter = { ...at(scope, generation), ownerId: scope.ownerId, month: { $exists: true } };
    const rows = await this.find<OwnerMonthBucket>(filter, { month: -1 }, { month: 1, counts: 1 });
    return rows.map(({ month, counts }) => ({ start: `${month}-01` as Day, counts: counts ?? {} }));
  }

  /** Counts of days, newest first; of a whole tenant they are read again only when more was counted than `counted` says. */
  async counts(scope: Scope, counted: Counted, range: DayRange): Promise<readonly CountedSpan[]> {
    if (scope.ownerId !== undefined) return newestFirst(await this.ownedCounts(scope, counted.generation, range));
    const days = await this.calendar(counted);
    return range.first || range.last ? days.filter(({ start }) => isWithin(start, range)) : days;
  }

  private async calendar(counted: Counted): Promise<readonly CountedSpan[]> {
    const { _id: tenantId, generation, writes } = counted;
    const known = this.calendars.get(tenantId);
    if (known?.of.generation === generation && known.of.writes === writes) return known.days;
    const rows = await this.find<CalendarBucket>({ tenantId, generation, calendar: { $exists: true } }, { calendar: 1 });
    const days = rows.flatMap(({ calendar, days: found = {} }) =>
      Object.entries(found).map(([date, counts]): CountedSpan => ({ start: `${calendar}-${date}` as Day, counts })),
    );
    this.calendars.set(tenantId, { of: counted, days: newestFirst(days) });
    return days;
  }

  private async ownedCounts(scope: Scope, generation: number, range: DayRange): Promise<CountedSpan[]> {
    const days = await this.ownedDays(scope, generation, range, false);
    return days.map(([start, tallies]) => ({ start, counts: countsOf(tallies) }));
  }

  private async ownedDays(scope: Scope, generation: number, range: DayRange, timed: boolean): Promise<[Day, DayTallies][]> {
    const filter = { ...at(scope, generation), ownerId: scope.ownerId, month: between(monthsOf(range)) };
    const rows = await this.find<OwnerMonthBucket>(filter, { month: 1 }, timed ? undefined : { latencies: 0 });
    const days = rows.flatMap(({ month, days: found = {}, latencies = {} }) =>
      Object.entries(found).map(([date, tallies]): [Day, DayTallies] => [`${month}-${date}` as Day, joined(tallies, latencies[date])]),
    );
    const within = days.filter(([day]) => isWithin(day, range));
    return within.sort(([one], [other]) => (one < other ? -1 : 1));
  }

  private find<Row>(filter: Document, sort: Document, fields?: Document): Promise<Row[]> {
    return this.buckets.find(filter, { sort: sort as never, ...(fields && { projection: fields }) }).toArray() as unknown as Promise<Row[]>;
  }
}

const newestFirst = (days: CountedSpan[]): CountedSpan[] => days.sort((one, other) => (one.start < other.start ? 1 : -1));
const at = ({ tenantId }: Scope, generation: number) => ({ tenantId, generation });

const isWithin = (day: Day, { first = '' as Day, last = '9999-12-31' as Day }: DayRange): boolean => day >= first && day <= last;
const monthsOf = ({ first, last }: DayRange) => ({ ...(first && { first: first.slice(0, 7) }), ...(last && { last: last.slice(0, 7) }) });

/** The lower bound is never absent, so that the filter implies the partial index. */
const between = ({ first, last }: { readonly first?: string; readonly last?: string }) => ({
  $exists: true,
  $gte: first ?? '',
  ...(last && { $lte: last }),
});

function projection(parts: readonly TallyPart[]): Document {
  const paths = parts.flatMap((part) => (part === 'latencies' ? part : statuses.map((status) => `tallies.${status}.${part}`)));
  return { day: 1, ...Object.fromEntries(paths.map((path) => [path, 1])) };
}

function joined(tallies: DayTallies = {}, latencies: DayLatencies = {}): DayTallies {
  const timed = statuses.flatMap((status) => (latencies[status] ? [[status, { ...tallies[status], latencies: latencies[status] }]] : []));
  return { ...tallies, ...(Object.fromEntries(timed) as DayTallies) };
}
