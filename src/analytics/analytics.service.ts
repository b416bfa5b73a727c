import { Injectable } from '@nestjs/common';
import type { Scope } from '../kernel/actor/scope.js';
import { Clock } from '../kernel/clock.js';
import { Invalid } from '../kernel/fault/fault.js';
import { countDays, type Day, dayOf, daysBetween, plusDays } from '../kernel/time/calendar.js';
import { percentile } from '../payments/latency-sketch.js';
import { statuses, type PaymentStatus } from '../payments/payment.js';
import { sumStatuses } from '../payments/payment-figures.js';
import { PaymentFiguresService } from '../payments/payment-figures.service.js';
import type { PaymentFilter } from '../payments/payment-filter.js';
import type { DayTallies, Tally, TallyPart } from '../payments/payment-tally.js';

export interface CurrencyVolume {
  readonly currency: string;
  /** Minor units. */
  readonly totalVolume: number;
}
export interface ProviderLatency {
  readonly provider: string;
  readonly averageLatencyMs: number;
}
export interface LatencyPercentiles {
  readonly provider: string;
  readonly attempts: number;
  /** Milliseconds. */
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
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
  readonly attempts: { readonly made: number; readonly succeeded: number; readonly rate: number | null };
  readonly providers: readonly {
    readonly provider: string;
    readonly attempts: number;
    readonly succeeded: number;
    readonly rate: number;
  }[];
}
export interface FailoverRecovery {
  /** Successful payments that had attempts. */
  readonly attempted: number;
  readonly recovered: number;
  readonly share: number | null;
}
export interface DeclineCount {
  readonly code: string;
  readonly count: number;
  readonly providers: readonly { readonly provider: string; readonly count: number }[];
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
    return volumeOf(await this.sum(scope, filter, ['volume']));
  }

  async latency(scope: Scope, filter: PaymentFilter): Promise<ProviderLatency[]> {
    const { providers } = await this.sum(scope, filter, ['providers']);
    return byName(providers).map(([provider, { n, ms }]) => ({ provider, averageLatencyMs: ms / n }));
  }

  async percentiles(scope: Scope, filter: PaymentFilter): Promise<LatencyPercentiles[]> {
    const { providers, latencies } = await this.sum(scope, filter, ['providers', 'latencies']);
    return byName(providers).map(([provider, { n }]) => {
      const sketch = latencies[provider] ?? {};
      return { provider, attempts: n, p50: percentile(sketch, 50), p95: percentile(sketch, 95), p99: percentile(sketch, 99) };
    });
  }

  async statuses(scope: Scope, filter: PaymentFilter): Promise<StatusCount[]> {
    const counts = await this.payments.counts(scope, filter);
    return statuses.map((status) => ({ status, count: counts[status] ?? 0 })).filter(({ count }) => count > 0);
  }

  async successRate(scope: Scope, filter: PaymentFilter): Promise<SuccessRate> {
    const figures = await this.payments.figures(scope, filter, ['n', 'providers']);
    const [succeeded, failed] = [figures.success?.n ?? 0, figures.failed?.n ?? 0];
    const providers = byName(sumStatuses(figures).providers).map(([provider, { n, ok }]) => {
      return { provider, attempts: n, succeeded: ok, rate: ok / n };
    });
    const [made, ok] = [sumOf(providers.map(({ attempts }) => attempts)), sumOf(providers.map((one) => one.succeeded))];
    const attempts = { made, succeeded: ok, rate: shareOf(ok, made) };
    return { succeeded, failed, rate: shareOf(succeeded, succeeded + failed), attempts, providers };
  }

  async failover(scope: Scope, { range }: PaymentFilter): Promise<FailoverRecovery> {
    const { failover } = await this.sum(scope, { range, status: 'success' }, ['failover']);
    return { attempted: failover.n, recovered: failover.recovered, share: shareOf(failover.recovered, failover.n) };
  }

  async declines(scope: Scope, filter: PaymentFilter): Promise<DeclineCount[]> {
    const { declines } = await this.sum(scope, filter, ['declines']);
    const byCode: Record<string, { provider: string; count: number }[]> = {};
    for (const [provider, counts] of byName(declines)) {
      for (const [code, count] of Object.entries(counts)) (byCode[code] ??= []).push({ provider, count });
    }
    return byName(byCode).map(([code, providers]) => ({ code, count: sumOf(providers.map(({ count }) => count)), providers }));
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

  private async sum(scope: Scope, filter: PaymentFilter, parts: readonly TallyPart[]): Promise<Required<Tally>> {
    return sumStatuses(await this.payments.figures(scope, filter, parts));
  }
}

function entryOf(tallies: DayTallies) {
  const counts = { success: tallies.success?.n ?? 0, pending: tallies.pending?.n ?? 0, failed: tallies.failed?.n ?? 0 };
  return { counts, volume: volumeOf(sumStatuses(tallies)) };
}

const volumeOf = ({ volume }: Required<Tally>): CurrencyVolume[] =>
  byName(volume).map(([currency, { sum }]) => ({ currency, totalVolume: sum }));

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
const shareOf = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
const byName = <Value>(groups: Readonly<Record<string, Value>>): [string, Value][] =>
  Object.entries(groups).sort(([one], [other]) => (one < other ? -1 : 1));
