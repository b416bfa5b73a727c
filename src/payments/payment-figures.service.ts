import { Injectable } from '@nestjs/common';
import type { Scope } from '../kernel/actor/scope.js';
import { type Day, plusDays, startOfDay } from '../kernel/time/calendar.js';
import { planRange, type RangePlan } from './bucket-range.js';
import type { StatusCounts, TotalsBucket } from './payment-buckets.js';
import { PaymentBuckets } from './payment-buckets.repository.js';
import { type CountedSpan, PaymentDaysRepository } from './payment-days.repository.js';
import { countOf, countsOf, sumCounts, sumTallies } from './payment-figures.js';
import type { PaymentFilter } from './payment-filter.js';
import type { DayTallies, TallyPart } from './payment-tally.js';
import { type PageStart, PaymentsRepository } from './payments.repository.js';

export interface DailyFigures {
  readonly zone: string;
  /** The days are being counted anew; those shown are still incomplete. */
  readonly rebuilding: boolean;
  readonly days: readonly (readonly [Day, DayTallies])[];
}
export interface Position extends PageStart {
  readonly total: number;
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

  /** The named figures over the payments of a scope, by status; from buckets for whole days. */
  async figures(scope: Scope, filter: PaymentFilter, parts: readonly TallyPart[]): Promise<DayTallies> {
    const totals = await this.buckets.totals(scope.tenantId);
    if (totals.rebuilding) return sumTallies([await this.payments.tally(scope, filter, parts)]);
    const { days, edges } = planRange(filter.range, totals.zone);
    const [whole, ...cut] = await Promise.all([
      days ? this.days.days(scope, totals.generation, days, parts) : [],
      ...edges.map((range) => this.payments.tally(scope, { ...filter, range }, parts)),
    ]);
    return sumTallies([...whole.map(([, tallies]) => tallies), ...cut], filter.status);
  }

  /** How many payments of each status; only the wanted one where the filter names it. */
  async counts(scope: Scope, filter: PaymentFilter): Promise<StatusCounts> {
    const totals = await this.buckets.totals(scope.tenantId);
    if (totals.rebuilding) return countsOf(await this.payments.tally(scope, filter, []));
    const plan = planRange(filter.range, totals.zone);
    if (isOpen(plan) && scope.ownerId === undefined) return sumCounts([totals.counts], filter.status);
    const [spans, ...cut] = await Promise.all([
      this.spans(scope, plan, totals, 0),
      ...plan.edges.map((range) => this.payments.tally(scope, { ...filter, range }, [])),
    ]);
    return sumCounts([...spans.map(({ counts }) => counts), ...cut.map(countsOf)], filter.status);
  }

  /** The zone whose days are counted. */
  async zone(scope: Scope): Promise<string> {
    return (await this.buckets.totals(scope.tenantId)).zone;
  }

  /** Numbers and volume of each day that has any. */
  async daily(scope: Scope, first: Day, last: Day): Promise<DailyFigures> {
    const { zone, generation, rebuilding } = await this.buckets.totals(scope.tenantId);
    const days = await this.days.days(scope, generation, { first, last }, ['n', 'volume']);
    return { zone, rebuilding: rebuilding !== undefined, days: days.map(([day, tallies]) => [day, sumTallies([tallies])]) };
  }

  /** The number of payments that match, and where a page of `limit` after `skip` of them is found soonest. */
  async position(
    scope: Scope,
    filter: PaymentFilter,
    { skip, limit }: { readonly skip: number; readonly limit: number },
  ): Promise<Position> {
    // No bucket counts them, and they are few.
    if (filter.isInReview) return { total: await this.payments.count(scope, filter), skip };
    // What was true a moment ago mostly still is: so the counts are read together with the totals that say so.
    const guess = await this.buckets.counting(scope.tenantId);
    const [totals, guessed] = await Promise.all([this.buckets.totals(scope.tenantId), this.countIn(scope, filter, skip, guess)]);
    if (totals.rebuilding) return { total: await this.payments.count(scope, filter), skip };
    const { plan, cut, ...found } = totals.generation === guess.generation ? guessed : await this.countIn(scope, filter, skip, totals);
    // An owner's are never remembered.
    const areCurrent = totals.writes === guess.writes || scope.ownerId !== undefined;
    const spans = areCurrent ? found.spans : await this.spans(scope, plan, totals, skip);
    const { status } = filter;
    const inAll = isOpen(plan) && scope.ownerId === undefined;
    const counted = inAll ? [countOf(totals.counts, status)] : [...cut, ...spans.map(({ counts }) => countOf(counts, status))];
    const total = counted.reduce((sum, count) => sum + count, 0);
    // Newer than all whole days is what the range cuts off the last one.
    const newer = plan.edges.reduce((sum, { before }, index) => (before === filter.range.before ? sum + (cut[index] ?? 0) : sum), 0);
    if (plan.days === null || skip < shallow || skip < newer || skip >= total) return { total, skip };
    const monthly = isOpen(plan) && !inAll;
    return { total, ...seek(spans, status, { skip, passed: newer, limit }, (start) => boundsOf(start, monthly, totals.zone)) };
  }

  /** Counts of whole days, or of an owner's months where the range is open, and of what the range cuts off. */
  private async countIn(scope: Scope, filter: PaymentFilter, skip: number, totals: TotalsBucket) {
    const plan = planRange(filter.range, totals.zone);
    const [spans, ...cut] = await Promise.all([
      this.spans(scope, plan, totals, skip),
      ...plan.edges.map((range) => this.payments.count(scope, { ...filter, range })),
    ]);
    return { plan, spans, cut };
  }

  private async spans(scope: Scope, plan: RangePlan, totals: TotalsBucket, skip: number): Promise<readonly CountedSpan[]> {
    if (isOpen(plan) && scope.ownerId !== undefined) return this.days.ownedMonths(scope, totals.generation);
    if (!plan.days || (isOpen(plan) && skip < shallow)) return [];
    return this.days.counts(scope, totals, plan.days);
  }
}

const isOpen = ({ days, edges }: RangePlan): boolean => days !== null && !days.first && !days.last && edges.length === 0;

/** Walks the counted spans from the newest, past so many payments already, to the one in which the page begins. */
function seek(
  spans: readonly CountedSpan[],
  status: PaymentFilter['status'],
  { skip, passed, limit }: { readonly skip: number; readonly passed: number; readonly limit: number },
  boundsOfSpan: (start: Day) => { readonly since: Date; readonly before: Date },
): PageStart {
  let left = skip - passed;
  for (const { start, counts } of spans) {
    const count = countOf(counts, status);
    if (left < count) {
      const { since, before } = boundsOfSpan(start);
      const older = count - left - limit;
      // From whichever end is nearer; a page that goes on into the next span can only be found from this one's beginning.
      return older >= 0 && older < left ? { before, since, skip: older } : { before, skip: left };
    }
    left -= count;
  }
  return { skip };
}

function boundsOf(start: Day, monthly: boolean, zone: string): { readonly since: Date; readonly before: Date } {
  const next = monthly ? `${plusDays(start, 31).slice(0, 7)}-01` : plusDays(start, 1);
  return { since: startOfDay(start, zone), before: startOfDay(next as Day, zone) };
}
