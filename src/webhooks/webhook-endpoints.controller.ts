import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { Allow } from '../kernel/actor/allow.decorator.js';
import { By } from '../kernel/actor/by.decorator.js';
import { scopeOf } from '../kernel/actor/scope.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import type { Page } from '../kernel/http/page.js';
import { Unrepeatable } from '../kernel/idempotency/unrepeatable.decorator.js';
import { readRange } from './delivery-range.js';
import { TestMessages } from './test-messages.service.js';
import type { WebhookDelivery } from './webhook-delivery.js';
import { WebhookDeliveries } from './webhook-deliveries.service.js';
import type { WebhookEndpoint } from './webhook-endpoint.js';
import { type ShownEndpoint, WebhookEndpoints } from './webhook-endpoints.service.js';
import { EndpointDisabled, EndpointNotFound, TooManyEndpoints } from './webhook.faults.js';
import { TargetNotAllowed } from './webhook-targets.js';
import { CreateEndpointDto, EndpointDeliveriesQuery, EndpointsQuery, RotateSecretDto, UpdateEndpointDto } from './webhooks.dto.js';
import { ShownEndpointView, WebhookDeliveryView, WebhookEndpointView } from './webhooks.view.js';

@Dialect('traced')
@Controller('api/v1/webhook-endpoints')
export class WebhookEndpointsController {
  constructor(
    private readonly endpoints: WebhookEndpoints,
    private readonly deliveries: WebhookDeliveries,
    private readonly testMessages: TestMessages,
  ) {}

  /** Receivers of the tenant, of a merchant its own; newest first. */
  @Get()
  @Allow('webhooks:read')
  @Answers(WebhookEndpointView, { shape: 'page' })
  list(@By() actor: Actor, @Query() { limit, cursor }: EndpointsQuery): Promise<Page<WebhookEndpoint>> {
    return this.endpoints.list(scopeOf(actor), limit, cursor);
  }

  /** Makes a receiver of events; the secret that signs its messages is shown this once. */
  @Post()
  @Allow('webhooks:write')
  @Unrepeatable('the answer holds a secret')
  @Answers(ShownEndpointView, { status: 201 })
  @Fails(() => new TargetNotAllowed(), () => new TooManyEndpoints())
  create(@By() actor: Actor, @Body() { url, eventTypes, description }: CreateEndpointDto): Promise<ShownEndpoint> {
    return this.endpoints.create(actor, { url, eventTypes, description });
  }

  /** One receiver. */
  @Get(':id')
  @Allow('webhooks:read')
  @Answers(WebhookEndpointView)
  @Fails(() => new EndpointNotFound())
  find(@By() actor: Actor, @Param('id') id: string): Promise<WebhookEndpoint> {
    return this.endpoints.find(scopeOf(actor), id);
  }

  /** Changes address, event types or description, disables or enables. */
  @Patch(':id')
  @Allow('webhooks:write')
  @Answers(WebhookEndpointView)
  @Fails(() => new EndpointNotFound(), () => new TargetNotAllowed())
  update(
    @By() actor: Actor,
    @Param('id') id: string,
    @Body() { url, eventTypes, description, enabled }: UpdateEndpointDto,
  ): Promise<WebhookEndpoint> {
    return this.endpoints.update(actor, id, { url, eventTypes, description, enabled });
  }

  /** Deletes a receiver; what still waits to be delivered there is given up. */
  @Delete(':id')
  @Allow('webhooks:write')
  @Answers(null)
  @Fails(() => new EndpointNotFound())
  remove(@By() actor: Actor, @Param('id') id: string): Promise<void> {
    return this.endpoints.remove(actor, id);
  }

  /** Gives a receiver a new secret; for a while messages carry both signatures. */
  @Post(':id/rotate-secret')
  @Allow('webhooks:write')
  @Unrepeatable('the answer holds a secret')
  @Answers(ShownEndpointView)
  @Fails(() => new EndpointNotFound())
  rotateSecret(@By() actor: Actor, @Param('id') id: string, @Body() { overlapHours }: RotateSecretDto): Promise<ShownEndpoint> {
    return this.endpoints.rotateSecret(actor, id, overlapHours);
  }

  /** Sends a message of type `webhook.test`, as any other. */
  @Post(':id/test')
  @Allow('webhooks:write')
  @Answers(WebhookDeliveryView, { status: 202 })
  @Fails(() => new EndpointNotFound(), () => new EndpointDisabled())
  test(@By() actor: Actor, @Param('id') id: string): Promise<WebhookDelivery> {
    return this.testMessages.send(scopeOf(actor), id);
  }

  /** What was sent to a receiver with every try, newest first. */
  @Get(':id/deliveries')
  @Allow('webhooks:read')
  @Answers(WebhookDeliveryView, { shape: 'page' })
  @Fails(() => new EndpointNotFound())
  async listDeliveries(
    @By() actor: Actor,
    @Param('id') id: string,
    @Query() { limit, cursor, from, to, state, eventType }: EndpointDeliveriesQuery,
  ): Promise<Page<WebhookDelivery>> {
    const { _id } = await this.endpoints.find(scopeOf(actor), id);
    return this.deliveries.list(scopeOf(actor), { endpointId: _id, state, eventType, ...readRange({ from, to }) }, limit, cursor);
  }
}
