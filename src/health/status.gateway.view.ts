import { ApiProperty } from '@nestjs/swagger';

export class GatewayMetricsView {
  /** `Unavailable` where the database does not say. */
  @ApiProperty({ oneOf: [{ type: 'integer' }, { type: 'string', enum: ['Unavailable'] }], example: 0 })
  totalTransactions: number | 'Unavailable';
  /** @example "2026-01-03T10:00:00.000000Z" */
  lastRestart: string;
}
export class GatewayStatusView {
  /** @example "ok" */
  status: string;
  /** @example "Mock Payment Gateway" */
  service: string;
  /** @example "v1.0.0" */
  version: string;
  /** @example "All systems operational." */
  message: string;
  metrics: GatewayMetricsView;

  static of(metrics: GatewayMetricsView): GatewayStatusView {
    return { status: 'ok', service: 'Mock Payment Gateway', version: 'v1.0.0', message: 'All systems operational.', metrics };
  }
}
