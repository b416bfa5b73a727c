import { Controller, Get } from '@nestjs/common';
import { Public } from '../kernel/actor/allow.decorator.js';
import { Answers, Dialect } from '../kernel/dialect/dialect.decorator.js';
import { gatewayTime } from '../kernel/dialect/gateway-time.js';
import { ChargesService } from '../payments/charges.service.js';
import { type GatewayMetricsView, GatewayStatusView } from './status.gateway.view.js';

@Dialect('gateway')
@Controller('api/v1/status')
export class StatusGatewayController {
  private readonly lastRestart = gatewayTime(new Date(performance.timeOrigin));

  constructor(private readonly charges: ChargesService) {}

  /** That the gateway is there, and how many charges it has. */
  @Get()
  @Public('says nothing about anybody')
  @Answers(GatewayStatusView)
  async status(): Promise<GatewayMetricsView> {
    const totalTransactions = await this.charges.countAll().catch(() => 'Unavailable' as const);
    return { totalTransactions, lastRestart: this.lastRestart };
  }
}
