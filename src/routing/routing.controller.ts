import { Body, Controller, Get, Post, Put } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { Allow } from '../kernel/actor/allow.decorator.js';
import { By } from '../kernel/actor/by.decorator.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import { readFilter } from '../payments/payment-filter.js';
import type { Decision } from './decision.js';
import { RoutePreviews, type Simulation } from './route-previews.service.js';
import { PreviewDto, PutStrategyDto, SimulateDto } from './routing.dto.js';
import { StrategyMoved } from './routing.faults.js';
import { DecisionView, SimulationView, StrategyView } from './routing.view.js';
import { Strategies } from './strategies.service.js';
import type { Strategy } from './strategy.js';
import { readSteps } from './strategy.reader.js';

@Dialect('traced')
@Controller('api/v1/routing')
export class RoutingController {
  constructor(
    private readonly strategies: Strategies,
    private readonly previews: RoutePreviews,
  ) {}

  /** How the tenant's payments are routed now. */
  @Get('strategy')
  @Allow('routing:read')
  @Answers(StrategyView)
  current(@By() { tenantId }: Actor): Promise<Strategy> {
    return this.strategies.current(tenantId);
  }

  /** Puts another strategy in the place of the present one. */
  @Put('strategy')
  @Allow('routing:write')
  @Answers(StrategyView)
  @Fails(() => new StrategyMoved())
  replace(@By() actor: Actor, @Body() { version, steps }: PutStrategyDto): Promise<Strategy> {
    return this.strategies.replace(actor, version, readSteps({ steps }));
  }

  /** Where a payment would go, and why; nothing is sent. */
  @Post('preview')
  @Allow('routing:read')
  @Answers(DecisionView)
  preview(@By() actor: Actor, @Body() { cardBrand, ...draft }: PreviewDto): Promise<Decision> {
    return this.previews.preview(actor, { ...draft, cardBrand: cardBrand ?? null });
  }

  /** Where stored payments would go by another strategy; nothing is sent. */
  @Post('simulate')
  @Allow('routing:read')
  @Answers(SimulationView)
  simulate(@By() actor: Actor, @Body() { steps, from, to, limit }: SimulateDto): Promise<Simulation> {
    return this.previews.simulate(actor, readSteps({ steps }), readFilter({ from, to }), limit);
  }
}
