import { Controller, Get, Query } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { Allow } from '../kernel/actor/allow.decorator.js';
import { By } from '../kernel/actor/by.decorator.js';
import { scopeOf } from '../kernel/actor/scope.js';
import { Answers, Dialect } from '../kernel/dialect/dialect.decorator.js';
import type { Day } from '../kernel/time/calendar.js';
import { readFilter } from '../payments/payment-filter.js';
import { AnalyticsQuery, DailyQuery, RangeQuery } from './analytics.dto.js';
import {
  AnalyticsService,
  type CurrencyVolume,
  type DailySeries,
  type DeclineCount,
  type FailoverRecovery,
  type LatencyPercentiles,
  type ProviderLatency,
  type StatusCount,
  type SuccessRate,
} from './analytics.service.js';
import {
  DailySeriesView,
  DeclineView,
  FailoverView,
  LatencyView,
  PercentilesView,
  StatusCountView,
  SuccessRateView,
  VolumeView,
} from './analytics.view.js';

@Dialect('traced')
@Controller('api/v1/analytics')
export class AnalyticsController {
  constructor(private readonly analytics: AnalyticsService) {}

  /** Sum of amounts by currency, over all statuses unless one is asked for. */
  @Get('payment-volume')
  @Allow('analytics:read')
  @Answers(VolumeView, { shape: 'list' })
  volume(@By() actor: Actor, @Query() query: AnalyticsQuery): Promise<CurrencyVolume[]> {
    return this.analytics.volume(scopeOf(actor), readFilter(query));
  }

  /** Mean latency of provider attempts. */
  @Get('provider-latency')
  @Allow('analytics:read')
  @Answers(LatencyView, { shape: 'list' })
  latency(@By() actor: Actor, @Query() query: AnalyticsQuery): Promise<ProviderLatency[]> {
    return this.analytics.latency(scopeOf(actor), readFilter(query));
  }

  /** Latency of provider attempts that 50, 95 and 99 % of them do not exceed, at most 2 % off. */
  @Get('latency-percentiles')
  @Allow('analytics:read')
  @Answers(PercentilesView, { shape: 'list' })
  percentiles(@By() actor: Actor, @Query() query: AnalyticsQuery): Promise<LatencyPercentiles[]> {
    return this.analytics.percentiles(scopeOf(actor), readFilter(query));
  }

  /** Number of payments by status. */
  @Get('payment-status')
  @Allow('analytics:read')
  @Answers(StatusCountView, { shape: 'list' })
  status(@By() actor: Actor, @Query() query: AnalyticsQuery): Promise<StatusCount[]> {
    return this.analytics.statuses(scopeOf(actor), readFilter(query));
  }

  /** How many of the decided payments, of all attempts and of each provider's attempts succeeded. */
  @Get('success-rate')
  @Allow('analytics:read')
  @Answers(SuccessRateView)
  successRate(@By() actor: Actor, @Query() query: AnalyticsQuery): Promise<SuccessRate> {
    return this.analytics.successRate(scopeOf(actor), readFilter(query));
  }

  /** How many of the successful payments were saved by an attempt that came after a failed one. */
  @Get('failover-recovery')
  @Allow('analytics:read')
  @Answers(FailoverView)
  failover(@By() actor: Actor, @Query() query: RangeQuery): Promise<FailoverRecovery> {
    return this.analytics.failover(scopeOf(actor), readFilter(query));
  }

  /** Number of failed attempts by the category of their decline, and by provider. */
  @Get('attempt-declines')
  @Allow('analytics:read')
  @Answers(DeclineView, { shape: 'list' })
  declines(@By() actor: Actor, @Query() query: AnalyticsQuery): Promise<DeclineCount[]> {
    return this.analytics.declines(scopeOf(actor), readFilter(query));
  }

  /** Counts and volume of every day of the tenant's time zone, also of days without a payment. */
  @Get('daily')
  @Allow('analytics:read')
  @Answers(DailySeriesView)
  daily(@By() actor: Actor, @Query() { from, to }: DailyQuery): Promise<DailySeries> {
    return this.analytics.daily(scopeOf(actor), from as Day | undefined, to as Day | undefined);
  }
}
