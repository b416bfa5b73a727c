import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { Allow } from '../kernel/actor/allow.decorator.js';
import { By } from '../kernel/actor/by.decorator.js';
import { scopeOf } from '../kernel/actor/scope.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import type { Page } from '../kernel/http/page.js';
import { readRange } from './delivery-range.js';
import type { WebhookDelivery } from './webhook-delivery.js';
import { WebhookDeliveries } from './webhook-deliveries.service.js';
import { DeliveryNotFound, DeliveryUnderWay } from './webhook.faults.js';
import { DeliveriesQuery, ReplayDto } from './webhooks.dto.js';
import { ReplayedView, WebhookDeliveryView } from './webhooks.view.js';

@Dialect('traced')
@Controller('api/v1/webhook-deliveries')
export class WebhookDeliveriesController {
  constructor(private readonly deliveries: WebhookDeliveries) {}

  /** What was sent to whom with every try, newest first; also to addresses that charges named. */
  @Get()
  @Allow('webhooks:read')
  @Answers(WebhookDeliveryView, { shape: 'page' })
  list(@By() actor: Actor, @Query() query: DeliveriesQuery): Promise<Page<WebhookDelivery>> {
    const { limit, cursor, endpointId, state, eventType, from, to } = query;
    return this.deliveries.list(scopeOf(actor), { endpointId, state, eventType, ...readRange({ from, to }) }, limit, cursor);
  }

  /** One delivery. */
  @Get(':id')
  @Allow('webhooks:read')
  @Answers(WebhookDeliveryView)
  @Fails(() => new DeliveryNotFound())
  find(@By() actor: Actor, @Param('id') id: string): Promise<WebhookDelivery> {
    return this.deliveries.find(scopeOf(actor), id);
  }

  /** Sends everything again that matches and has ended, the oldest 1,000 of it. */
  @Post('replay')
  @Allow('webhooks:write')
  @Answers(ReplayedView, { status: 202 })
  replayAll(@By() actor: Actor, @Body() { endpointId, state, eventType, from, to }: ReplayDto): Promise<number> {
    return this.deliveries.replayAll(scopeOf(actor), { endpointId, state, eventType, ...readRange({ from, to }) });
  }

  /** Sends a delivery again that has ended, with all its tries. */
  @Post(':id/replay')
  @Allow('webhooks:write')
  @Answers(WebhookDeliveryView, { status: 202 })
  @Fails(() => new DeliveryNotFound(), () => new DeliveryUnderWay())
  replay(@By() actor: Actor, @Param('id') id: string): Promise<WebhookDelivery> {
    return this.deliveries.replay(scopeOf(actor), id);
  }
}
