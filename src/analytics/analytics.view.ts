import type {
  CurrencyVolume,
  DailySeries,
  DeclineCount,
  FailoverRecovery,
  LatencyPercentiles,
  ProviderLatency,
  StatusCount,
  SuccessRate,
} from './analytics.service.js';

export class VolumeView {
  /** @example "GBP" */
  currency: string;
  /** Minor units. @example 124900 */
  totalVolume: number;

  static of({ currency, totalVolume }: CurrencyVolume): VolumeView {
    return { currency, totalVolume };
  }
}
export class LatencyView {
  /** @example "Stripe" */
  provider: string;
  /** @example 128.4 */
  averageLatencyMs: number;

  static of({ provider, averageLatencyMs }: ProviderLatency): LatencyView {
    return { provider, averageLatencyMs };
  }
}
export class PercentilesView {
  /** @example "Stripe" */
  provider: string;
  /** @example 120 */
  attempts: number;
  /** Milliseconds, as all of them; null where no latency was kept. @example 126.5 */
  p50: number | null;
  /** @example 301.5 */
  p95: number | null;
  /** @example 442 */
  p99: number | null;

  static of({ provider, attempts, p50, p95, p99 }: LatencyPercentiles): PercentilesView {
    return { provider, attempts, p50, p95, p99 };
  }
}
export class StatusCountView {
  /** @example "success" */
  status: 'success' | 'pending' | 'failed';
  /** @example 8 */
  count: number;

  static of({ status, count }: StatusCount): StatusCountView {
    return { status, count };
  }
}
export class ProviderRateView {
  /** @example "Stripe" */
  provider: string;
  /** @example 120 */
  attempts: number;
  /** @example 111 */
  succeeded: number;
  /** From 0 to 1. @example 0.925 */
  rate: number;
}
export class AttemptRateView {
  /** @example 150 */
  made: number;
  /** @example 135 */
  succeeded: number;
  /** From 0 to 1; null where none was made. @example 0.9 */
  rate: number | null;
}
export class SuccessRateView {
  /** @example 90 */
  succeeded: number;
  /** @example 10 */
  failed: number;
  /** Succeeded of all that are decided, from 0 to 1; null where none is. @example 0.9 */
  rate: number | null;
  attempts: AttemptRateView;
  providers: ProviderRateView[];

  static of({ succeeded, failed, rate, attempts, providers }: SuccessRate): SuccessRateView {
    return { succeeded, failed, rate, attempts: { ...attempts }, providers: providers.map((provider) => ({ ...provider })) };
  }
}
export class FailoverView {
  /** Successful payments that had attempts. @example 90 */
  attempted: number;
  /** Those of them in which an attempt failed and a later one succeeded. @example 9 */
  recovered: number;
  /** Recovered of attempted, from 0 to 1; null where there is none. @example 0.1 */
  share: number | null;

  static of({ attempted, recovered, share }: FailoverRecovery): FailoverView {
    return { attempted, recovered, share };
  }
}
export class ProviderDeclinesView {
  /** @example "Stripe" */
  provider: string;
  /** @example 7 */
  count: number;
}
export class DeclineView {
  /** Why the attempts failed; `unspecified` where they do not say. @example "insufficient_funds" */
  code: string;
  /** @example 7 */
  count: number;
  providers: ProviderDeclinesView[];

  static of({ code, count, providers }: DeclineCount): DeclineView {
    return { code, count, providers: providers.map((provider) => ({ ...provider })) };
  }
}
export class DayCountsView {
  /** @example 8 */
  success: number;
  /** @example 2 */
  pending: number;
  /** @example 1 */
  failed: number;
}
export class DayView {
  /** @example "2026-01-03" */
  day: string;
  counts: DayCountsView;
  volume: VolumeView[];
}
export class DailySeriesView {
  /** @example "Europe/London" */
  timeZone: string;
  /** True while the days are being counted anew, after a change of the time zone; they are incomplete until then. */
  rebuilding: boolean;
  days: DayView[];

  static of({ timeZone, rebuilding, days }: DailySeries): DailySeriesView {
    return {
      timeZone,
      rebuilding,
      days: days.map(({ day, counts, volume }) => ({ day, counts: { ...counts }, volume: volume.map((sum) => VolumeView.of(sum)) })),
    };
  }
}
