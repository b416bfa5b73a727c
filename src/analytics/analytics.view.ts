import type { CurrencyVolume, DailySeries, ProviderLatency, StatusCount, SuccessRate } from './analytics.service.js';

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
export class SuccessRateView {
  /** @example 90 */
  succeeded: number;
  /** @example 10 */
  failed: number;
  /** Succeeded of all that are decided, from 0 to 1; null where none is. @example 0.9 */
  rate: number | null;
  providers: ProviderRateView[];

  static of({ succeeded, failed, rate, providers }: SuccessRate): SuccessRateView {
    return { succeeded, failed, rate, providers: providers.map((provider) => ({ ...provider })) };
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
