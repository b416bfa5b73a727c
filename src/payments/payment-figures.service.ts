import { Injectable } from '@nestjs/common';
import type { Scope } from '../kernel/actor/scope.js';
import { type Day, plusDays, startOfDay } from '../kernel/time/calendar.js';
import { planRange, type RangePlan } from './bucket-range.js';
import type { DayTallies, StatusCounts, TotalsBucket } from './payment-buckets.js';
import { PaymentBuckets } from './payment-buckets.repository.js';
import { type CountedSpan, PaymentDaysRepository } from './payment-days.repository.js';
import { countOf, countsOf, sumCounts, sumTallies } from './payment-figures.js';
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

  /** Volume or provider figures, or both, over the payments of a scope; from buckets for whole days. */
  async figures(scope: Scope, filter: PaymentFilter, part?: 'volume' | 'providers'): Promise<DayTallies> {
    const totals = await this.buckets.totals(scope.tenantId);
    if (totals.rebuilding) return sumTallies([await this.payments.tally(scope, filter)]);
    const { days, edges } = planRange(filter.range, totals.zone);
    const [whole, ...cut] = await Promise.all([
      days ? this.days.days(scope, totals.generation, days, part) : [],
      ...edges.map((range) => this.payments.tally(scope, { ...filter, range })),
    ]);
    return sumTallies([...whole.map(([, tallies]) => tallies), ...cut], filter.status);
  }

  /** How many payments of each status; only the wanted one where the filter names it. */
  async counts(scope: Scope, filter: PaymentFilter): Promise<StatusCounts> {
    const totals = await this.buckets.totals(scope.tenantId);
    if (totals.rebuilding) return countsOf(await this.payments.tally(scope, filter));
    const plan = planRange(filter.range, totals.zone);
    if (isOpen(plan) && scope.ownerId === undefined) return sumCounts([totals.counts], filter.status);
    const [spans, ...cut] = await Promise.all([
      isOpen(plan) ? this.days.ownedMonths(scope, totals.generation) : this.spans(scope, plan, totals),
      ...plan.edges.map((range) => this.payments.tally(scope, { ...filter, range })),
    ]);
    return sumCounts([...spans.map(({ counts }) => counts), ...cut.map(countsOf)], filter.status);
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
    const { status } = filter;
    const [spans, ...cut] = await Promise.all([
      this.spans(scope, plan, totals),
      ...plan.edges.map((range) => this.payments.count(scope, { ...filter, range })),
    ]);
    const total = [...cut, ...spans.map(({ counts }) => countOf(counts, status))].reduce((sum, count) => sum + count, 0);
    // Newer than all whole days is what the range cuts off the last one.
    const newer = plan.edges.reduce((sum, { before }, index) => (before === filter.range.before ? sum + (cut[index] ?? 0) : sum), 0);
    if (plan.days === null || skip < newer) return { total, skip };
    return { total, ...seek(spans, status, { skip, passed: newer }, (start) => startOfDay(plusDays(start, 1), totals.zone)) };
  }

  private spans(scope: Scope, { days }: RangePlan, { generation }: TotalsBucket): Promise<CountedSpan[]> | CountedSpan[] {
    return days ? this.days.counts(scope, generation, days) : [];
  }

  private async positionInAll(scope: Scope, { status }: PaymentFilter, skip: number, totals: TotalsBucket): Promise<Position> {
    if (scope.ownerId !== undefined) {
      const months = await this.days.ownedMonths(scope, totals.generation);
      const total = months.reduce((sum, { counts }) => sum + countOf(counts, status), 0);
      return { total, ...seek(months, status, { skip, passed: 0 }, (start) => startOfNextMonth(start, totals.zone)) };
    }
    const total = countOf(totals.counts, status);
    if (skip < shallow || skip >= total) return { total, skip };
    const days = await this.days.counts(scope, totals.generation, {});
    return { total, ...seek(days, status, { skip, passed: 0 }, (start) => startOfDay(plusDays(start, 1), totals.zone)) };
  }
}

const isOpen = ({ days, edges }: RangePlan): boolean => days !== null && !days.first && !days.last && edges.length === 0;

/** Walks the counted spans from the newest, past so many payments already, to the one in which the page begins. */
function seek(
  spans: readonly CountedSpan[],
  status: PaymentFilter['status'],
  { skip, passed }: { readonly skip: number; readonly passed: number },
  endOf: (start: Day) => Date,
): Omit<Position, 'total'> {
  let left = skip - passed;
  for (const { start, counts } of skip < shallow ? [] : spans) {
    const count = countOf(counts, status);
    if (left < count) return { before: endOf(start), skip: left };
    left -= count;
  }
  return { skip };
}

function startOfNextMonth(start: Day, zone: string): Date {
  const within = plusDays(start, 31);
  return startOfDay(`${within.slice(0, 7)}-01` as Day, zone);
}
