import { Injectable } from '@nestjs/common';
import type { Collection, Document } from 'mongodb';
import type { Scope } from '../kernel/actor/scope.js';
import { Database } from '../kernel/mongo/database.js';
import type { Day } from '../kernel/time/calendar.js';
import {
  type Bucket,
  bucketsCollection,
  type CalendarBucket,
  type DayBucket,
  type DayTallies,
  type OwnerMonthBucket,
  type StatusCounts,
} from './payment-buckets.js';
import { statuses } from './payment.js';
import { countsOf } from './payment-figures.js';

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

/** Reads what the day buckets hold for a tenant, or for one owner from its months. */
@Injectable()
export class PaymentDaysRepository {
  private readonly buckets: Collection<Bucket>;

  constructor(database: Database) {
    this.buckets = database.collection<Bucket>(bucketsCollection.name);
  }

  /** In order of the days. `part` names the only piece of each tally that is wanted. */
  async days(scope: Scope, generation: number, range: DayRange, part?: 'volume' | 'providers'): Promise<[Day, DayTallies][]> {
    if (scope.ownerId !== undefined) return this.ownedDays(scope, generation, range);
    const rows = await this.find<DayBucket>({ ...at(scope, generation), day: between(range) }, { day: 1 }, projection(part));
    return rows.map(({ day, tallies }) => [day, tallies ?? {}]);
  }

  /** Counts of an owner's months, newest first. */
  async ownedMonths(scope: Scope, generation: number): Promise<CountedSpan[]> {
    const filter = { ...at(scope, generation), ownerId: scope.ownerId, month: { $exists: true } };
    const rows = await this.find<OwnerMonthBucket>(filter, { month: -1 }, { month: 1, counts: 1 });
    return rows.map(({ month, counts }) => ({ start: `${month}-01` as Day, counts: counts ?? {} }));
  }

  /** Counts of days, newest first. */
  async counts(scope: Scope, generation: number, range: DayRange): Promise<CountedSpan[]> {
    const days =
      scope.ownerId === undefined ? await this.calendar(scope, generation, range) : await this.ownedCounts(scope, generation, range);
    return days.sort((one, other) => (one.start < other.start ? 1 : -1));
  }

  private async calendar(scope: Scope, generation: number, range: DayRange): Promise<CountedSpan[]> {
    const rows = await this.find<CalendarBucket>({ ...at(scope, generation), calendar: between(monthsOf(range)) }, { calendar: 1 });
    const days = rows.flatMap(({ calendar, days: found = {} }) =>
      Object.entries(found).map(([date, counts]): CountedSpan => ({ start: `${calendar}-${date}` as Day, counts })),
    );
    return days.filter(({ start }) => isWithin(start, range));
  }

  private async ownedCounts(scope: Scope, generation: number, range: DayRange): Promise<CountedSpan[]> {
    const days = await this.ownedDays(scope, generation, range);
    return days.map(([start, tallies]) => ({ start, counts: countsOf(tallies) }));
  }

  private async ownedDays(scope: Scope, generation: number, range: DayRange): Promise<[Day, DayTallies][]> {
    const months = between(monthsOf(range));
    const rows = await this.find<OwnerMonthBucket>({ ...at(scope, generation), ownerId: scope.ownerId, month: months }, { month: 1 });
    const days = rows.flatMap(({ month, days: found = {} }) =>
      Object.entries(found).map(([date, tallies]): [Day, DayTallies] => [`${month}-${date}` as Day, tallies]),
    );
    const within = days.filter(([day]) => isWithin(day, range));
    return within.sort(([one], [other]) => (one < other ? -1 : 1));
  }

  private find<Row>(filter: Document, sort: Document, fields?: Document): Promise<Row[]> {
    return this.buckets.find(filter, { sort: sort as never, ...(fields && { projection: fields }) }).toArray() as unknown as Promise<Row[]>;
  }
}

const at = ({ tenantId }: Scope, generation: number) => ({ tenantId, generation });

const isWithin = (day: Day, { first = '' as Day, last = '9999-12-31' as Day }: DayRange): boolean => day >= first && day <= last;
const monthsOf = ({ first, last }: DayRange) => ({ ...(first && { first: first.slice(0, 7) }), ...(last && { last: last.slice(0, 7) }) });

/** The lower bound is never absent, so that the filter implies the partial index. */
const between = ({ first, last }: { readonly first?: string; readonly last?: string }) => ({
  $exists: true,
  $gte: first ?? '',
  ...(last && { $lte: last }),
});

function projection(part: 'volume' | 'providers' | undefined): Document | undefined {
  if (!part) return undefined;
  const paths = statuses.map((status) => [`tallies.${status}.${part}`, 1]);
  return { day: 1, ...(Object.fromEntries(paths) as Document) };
}
