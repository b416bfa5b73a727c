import type { CurrencyVolume, ProviderLatency, StatusCount } from './analytics.service.js';

export class RoutingVolumeView {
  /** @example "GBP" */
  currency: string;
  /** Minor units, over all statuses unless one is asked for. @example 124900 */
  total_volume: number;

  static of({ currency, totalVolume }: CurrencyVolume): RoutingVolumeView {
    return { currency, total_volume: totalVolume };
  }
}
export class RoutingLatencyView {
  /** @example "Stripe" */
  provider: string;
  /** Mean over all attempts, not rounded. @example 128.4 */
  average_latency_ms: number;

  static of({ provider, averageLatencyMs }: ProviderLatency): RoutingLatencyView {
    return { provider, average_latency_ms: averageLatencyMs };
  }
}
export class RoutingStatusView {
  /** @example "success" */
  status: 'success' | 'pending' | 'failed';
  /** @example 8 */
  count: number;

  static of({ status, count }: StatusCount): RoutingStatusView {
    return { status, count };
  }
}
