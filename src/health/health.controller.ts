import { Controller, Get, Res } from '@nestjs/common';
import { ApiServiceUnavailableResponse } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Public } from '../kernel/actor/allow.decorator.js';
import { Answers, Undressed } from '../kernel/dialect/dialect.decorator.js';
import { HealthService } from './health.service.js';
import { ReachableView } from './health.view.js';

@Undressed()
@Controller('health')
export class HealthController {
  constructor(private readonly health: HealthService) {}

  /** The process runs. */
  @Get('live')
  @Public('a supervisor has no account')
  @Answers(ReachableView)
  live(): { status: string } {
    return { status: 'ok' };
  }

  /** The process should be sent requests. */
  @Get('ready')
  @Public('a load balancer has no account')
  @Answers(ReachableView)
  @ApiServiceUnavailableResponse({ description: 'Not now.', type: ReachableView, example: { status: 'unavailable' } })
  async ready(@Res({ passthrough: true }) reply: FastifyReply): Promise<{ status: string }> {
    const ready = await this.health.isReady();
    void reply.status(ready ? 200 : 503);
    return { status: ready ? 'ok' : 'unavailable' };
  }
}
