import { Controller, Get, Query } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import type { Actor } from '../kernel/actor/actor.js';
import { Allow } from '../kernel/actor/allow.decorator.js';
import { By } from '../kernel/actor/by.decorator.js';
import { scopeOf } from '../kernel/actor/scope.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import { Invalid } from '../kernel/fault/fault.js';
import { readFilter } from '../payments/payment-filter.js';
import { AnalyticsQuery } from './analytics.dto.js';
import { RoutingLatencyView, RoutingStatusView, RoutingVolumeView } from './analytics.routing.view.js';
import { AnalyticsService, type CurrencyVolume, type ProviderLatency, type StatusCount } from './analytics.service.js';

type QueryFields = Readonly<Record<string, unknown>>;

@Dialect('envelope')
@Controller('api/analytics')
export class AnalyticsRoutingController {
  constructor(private readonly analytics: AnalyticsService) {}

  /** Sum of amounts by currency. */
  @Get('payment-volume')
  @Allow('analytics:read')
  @ApiQuery({ type: AnalyticsQuery })
  @Answers(RoutingVolumeView, { shape: 'list' })
  @Fails(() => new Invalid('Invalid from'))
  volume(@By() actor: Actor, @Query() query: QueryFields): Promise<CurrencyVolume[]> {
    return this.analytics.volume(scopeOf(actor), readFilter(query));
  }

  /** Mean latency of provider attempts. */
  @Get('provider-latency')
  @Allow('analytics:read')
  @ApiQuery({ type: AnalyticsQuery })
  @Answers(RoutingLatencyView, { shape: 'list' })
  @Fails(() => new Invalid('Invalid from'))
  latency(@By() actor: Actor, @Query() query: QueryFields): Promise<ProviderLatency[]> {
    return this.analytics.latency(scopeOf(actor), readFilter(query));
  }

  /** Number of payments by status. */
  @Get('payment-status')
  @Allow('analytics:read')
  @ApiQuery({ type: AnalyticsQuery })
  @Answers(RoutingStatusView, { shape: 'list' })
  @Fails(() => new Invalid('Invalid from'))
  status(@By() actor: Actor, @Query() query: QueryFields): Promise<StatusCount[]> {
    return this.analytics.statuses(scopeOf(actor), readFilter(query));
  }
}
