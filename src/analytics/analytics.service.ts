import { Injectable } from '@nestjs/common';
import type { Scope } from '../kernel/actor/scope.js';
import { Clock } from '../kernel/clock.js';
import { Invalid } from '../kernel/fault/fault.js';
import { countDays, type Day, dayOf, daysBetween, plusDays } from '../kernel/time/calendar.js';
import { statuses, type PaymentStatus } from '../payments/payment.js';
import type { DayTallies, Tally } from '../payments/payment-buckets.js';
import { PaymentFiguresService } from '../payments/payment-figures.service.js';
import type { PaymentFilter } from '../payments/payment-filter.js';

export interface CurrencyVolume {
  readonly currency: string;
  /** Minor units. */
  readonly totalVolume: number;
}
export interface ProviderLatency {
  readonly provider: string;
  readonly averageLatencyMs: number;
}
export interface StatusCount {
  readonly status: PaymentStatus;
  readonly count: number;
}
export interface SuccessRate {
  readonly succeeded: number;
  readonly failed: number;
  /** Of the payments that are decided; null where none is. */
  readonly rate: number | null;
  readonly providers: readonly {
    readonly provider: string;
    readonly attempts: number;
    readonly succeeded: number;
    readonly rate: number;
  }[];
}
export interface DailySeries {
  readonly timeZone: string;
  readonly rebuilding: boolean;
  readonly days: readonly {
    readonly day: Day;
    readonly counts: Readonly<Record<PaymentStatus, number>>;
    readonly volume: CurrencyVolume[];
  }[];
}

const usualSeriesDays = 30;
const longestSeriesDays = 731;

/** Sums over payments, from the day buckets that payments keep. Groups are sorted by name, statuses as published. */
@Injectable()
export class AnalyticsService {
  constructor(
    private readonly payments: PaymentFiguresService,
    private readonly clock: Clock,
  ) {}

  async volume(scope: Scope, filter: PaymentFilter): Promise<CurrencyVolume[]> {
    return volumeOf(Object.values(await this.payments.figures(scope, filter, 'volume')));
  }

  async latency(scope: Scope, filter: PaymentFilter): Promise<ProviderLatency[]> {
    const providers = providersOf(Object.values(await this.payments.figures(scope, filter, 'providers')));
    return providers.map(([provider, { n, ms }]) => ({ provider, averageLatencyMs: ms / n }));
  }

  async statuses(scope: Scope, filter: PaymentFilter): Promise<StatusCount[]> {
    const counts = await this.payments.counts(scope, filter);
    return statuses.map((status) => ({ status, count: counts[status] ?? 0 })).filter(({ count }) => count > 0);
  }

  async successRate(scope: Scope, filter: PaymentFilter): Promise<SuccessRate> {
    const figures = await this.payments.figures(scope, filter);
    const [succeeded, failed] = [figures.success?.n ?? 0, figures.failed?.n ?? 0];
    const providers = providersOf(Object.values(figures)).map(([provider, { n, ok }]) => {
      return { provider, attempts: n, succeeded: ok, rate: ok / n };
    });
    return { succeeded, failed, rate: succeeded + failed === 0 ? null : succeeded / (succeeded + failed), providers };
  }

  /** One entry a day of the tenant's zone, also for days without a payment. @throws Invalid */
  async daily(scope: Scope, from?: Day, to?: Day): Promise<DailySeries> {
    const last = to ?? dayOf(this.clock.now(), await this.payments.zone(scope));
    const first = from ?? plusDays(last, 1 - usualSeriesDays);
    const length = countDays(first, last);
    if (length < 1) throw new Invalid('from must not lie after to');
    if (length > longestSeriesDays) throw new Invalid(`A series holds at most ${longestSeriesDays} days`);
    const { zone, rebuilding, days } = await this.payments.daily(scope, first, last);
    const found = new Map(days);
    return { timeZone: zone, rebuilding, days: daysBetween(first, last).map((day) => ({ day, ...entryOf(found.get(day) ?? {}) })) };
  }
}

function entryOf(tallies: DayTallies) {
  const counts = { success: tallies.success?.n ?? 0, pending: tallies.pending?.n ?? 0, failed: tallies.failed?.n ?? 0 };
  return { counts, volume: volumeOf(Object.values(tallies)) };
}

function volumeOf(tallies: readonly Tally[]): CurrencyVolume[] {
  const sums = new Map<string, number>();
  for (const [currency, { sum }] of tallies.flatMap(({ volume = {} }) => Object.entries(volume))) {
    sums.set(currency, (sums.get(currency) ?? 0) + sum);
  }
  return byName([...sums]).map(([currency, totalVolume]) => ({ currency, totalVolume }));
}

function providersOf(tallies: readonly Tally[]): [string, { n: number; ms: number; ok: number }][] {
  const sums = new Map<string, { n: number; ms: number; ok: number }>();
  for (const [provider, { n, ms, ok }] of tallies.flatMap(({ providers = {} }) => Object.entries(providers))) {
    const sum = sums.get(provider) ?? { n: 0, ms: 0, ok: 0 };
    sums.set(provider, { n: sum.n + n, ms: sum.ms + ms, ok: sum.ok + ok });
  }
  return byName([...sums]);
}

const byName = <Entry extends [string, unknown]>(entries: Entry[]): Entry[] => entries.sort(([one], [other]) => (one < other ? -1 : 1));
