import { Controller, Get } from '@nestjs/common';
import { Public } from '../kernel/actor/allow.decorator.js';
import { Answers, Dialect } from '../kernel/dialect/dialect.decorator.js';
import { ReachableView } from './health.view.js';

@Dialect('envelope')
@Controller('api/health')
export class HealthRoutingController {
  /** Tells a client that the backend can be reached. */
  @Get()
  @Public('clients ask before they sign in')
  @Answers(ReachableView, { says: 'Backend reachable' })
  reachable(): { status: string } {
    return { status: 'ok' };
  }
}
