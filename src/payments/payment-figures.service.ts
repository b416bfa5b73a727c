import { Injectable } from '@nestjs/common';
import type { Scope } from '../kernel/actor/scope.js';
import { type Day, plusDays, startOfDay } from '../kernel/time/calendar.js';
import { planRange, type RangePlan } from './bucket-range.js';
import type { PaymentStatus } from './payment.js';
import type { DayTallies, StatusCounts, TotalsBucket } from './payment-buckets.js';
import { PaymentBuckets } from './payment-buckets.repository.js';
import { type CountedSpan, PaymentDaysRepository } from './payment-days.repository.js';
import { countOf, sumTallies } from './payment-figures.js';
import type { PaymentFilter } from './payment-filter.js';
import { PaymentsRepository } from './payments.repository.js';

export interface DailyFigures {
  readonly zone: string;
  /** The days are being counted anew; those shown are still incomplete. */
  readonly rebuilding: boolean;
  readonly days: readonly (readonly [Day, DayTallies])[];
}
export interface Position {
  readonly total: number;
  /** Where to look for the page: past this moment, so many payments further. */
  readonly before?: Date;
  readonly skip: number;
}

/** Below this many rows an index skip is cheaper than reading the counts of the days. */
const shallow = 1_000;

/** What lists and analytics need to know about many payments without reading them. */
@Injectable()
export class PaymentFiguresService {
  constructor(
    private readonly payments: PaymentsRepository,
    private readonly buckets: PaymentBuckets,
    private readonly days: PaymentDaysRepository,
  ) {}

  /** Sums over the payments of a scope; from buckets for whole days. */
  async figures(scope: Scope, filter: PaymentFilter, part?: 'n' | 'volume' | 'providers'): Promise<DayTallies> {
    const totals = await this.buckets.totals(scope.tenantId);
    if (totals.rebuilding) return sumTallies([await this.payments.tally(scope, filter)]);
    const { days, edges } = planRange(filter.range, totals.zone);
    if (part === 'n' && scope.ownerId === undefined && isOpen({ days, edges })) return tallied(totals.counts, filter.status);
    const [whole, ...cut] = await Promise.all([
      days ? this.days.days(scope, totals.generation, days, part) : [],
      ...edges.map((range) => this.payments.tally(scope, { ...filter, range })),
    ]);
    return sumTallies([...whole.map(([, tallies]) => tallies), ...cut], filter.status);
  }

  /** The zone whose days are counted. */
  async zone(scope: Scope): Promise<string> {
    return (await this.buckets.totals(scope.tenantId)).zone;
  }

  /** Figures of each day that has any. */
  async daily(scope: Scope, first: Day, last: Day): Promise<DailyFigures> {
    const { zone, generation, rebuilding } = await this.buckets.totals(scope.tenantId);
    const days = await this.days.days(scope, generation, { first, last });
    return { zone, rebuilding: rebuilding !== undefined, days: days.map(([day, tallies]) => [day, sumTallies([tallies])]) };
  }

  /** The number of payments that match, and where a page after `skip` of them begins. */
  async position(scope: Scope, filter: PaymentFilter, skip: number): Promise<Position> {
    const totals = await this.buckets.totals(scope.tenantId);
    const plan = planRange(filter.range, totals.zone);
    if (totals.rebuilding) return { total: await this.payments.count(scope, filter), skip };
    if (isOpen(plan)) return this.positionInAll(scope, filter, skip, totals);
    const spans = plan.days ? this.days.counts(scope, totals.generation, plan.days) : [];
    const [counted, ...cut] = await Promise.all([spans, ...plan.edges.map((range) => this.payments.count(scope, { ...filter, range }))]);
    const inDays = counted.reduce((sum, { counts }) => sum + countOf(counts, filter.status), 0);
    return { total: cut.reduce((sum, count) => sum + count, inDays), skip };
  }

  private async positionInAll(scope: Scope, { status }: PaymentFilter, skip: number, totals: TotalsBucket): Promise<Position> {
    if (scope.ownerId !== undefined) {
      const months = await this.days.ownedMonths(scope, totals.generation);
      const total = months.reduce((sum, { counts }) => sum + countOf(counts, status), 0);
      return { total, ...seek(months, status, skip, (start) => startOfNextMonth(start, totals.zone)) };
    }
    const total = countOf(totals.counts, status);
    if (skip < shallow || skip >= total) return { total, skip };
    const days = await this.days.counts(scope, totals.generation, {});
    return { total, ...seek(days, status, skip, (start) => startOfDay(plusDays(start, 1), totals.zone)) };
  }
}

/** The counts of the totals in the form of the days'. */
const tallied = (counts: StatusCounts, only?: PaymentStatus): DayTallies =>
  sumTallies([Object.fromEntries(Object.entries(counts).map(([status, n]) => [status, { n }]))], only);

const isOpen = ({ days, edges }: RangePlan): boolean => days !== null && !days.first && !days.last && edges.length === 0;

/** Walks the counted spans from the newest to the one in which the page begins. */
function seek(
  spans: readonly CountedSpan[],
  status: PaymentFilter['status'],
  skip: number,
  endOf: (start: Day) => Date,
): Omit<Position, 'total'> {
  let left = skip;
  for (const { start, counts } of spans) {
    const count = countOf(counts, status);
    if (left < count) return skip < shallow ? { skip } : { before: endOf(start), skip: left };
    left -= count;
  }
  return { skip };
}

function startOfNextMonth(start: Day, zone: string): Date {
  const within = plusDays(start, 31);
  return startOfDay(`${within.slice(0, 7)}-01` as Day, zone);
}
