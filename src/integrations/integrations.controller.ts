import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { Allow } from '../kernel/actor/allow.decorator.js';
import { By } from '../kernel/actor/by.decorator.js';
import type { Role } from '../kernel/actor/permissions.js';
import { scopeOf } from '../kernel/actor/scope.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import type { Page } from '../kernel/http/page.js';
import { Unrepeatable } from '../kernel/idempotency/unrepeatable.decorator.js';
import type { Integration } from './integration.js';
import { IntegrationNotFound, TooManyIntegrations } from './integration.faults.js';
import { CreateIntegrationDto, IntegrationsQuery, RotateIntegrationSecretDto } from './integrations.dto.js';
import { Integrations, type ShownIntegration } from './integrations.service.js';
import { IntegrationView, ShownIntegrationView } from './integrations.view.js';

/** What comes in is the whole tenant's: a merchant has no integrations of its own. */
const writers: readonly Role[] = ['system_admin', 'owner', 'admin'];
const readers: readonly Role[] = [...writers, 'finance'];

@Dialect('traced')
@Controller('api/v1/integrations')
export class IntegrationsController {
  constructor(private readonly integrations: Integrations) {}

  /** Systems that send their events to the tenant, newest first. */
  @Get()
  @Allow('webhooks:read', readers)
  @Answers(IntegrationView, { shape: 'page' })
  list(@By() actor: Actor, @Query() { limit, cursor }: IntegrationsQuery): Promise<Page<Integration>> {
    return this.integrations.list(scopeOf(actor), limit, cursor);
  }

  /** Makes an integration; the secret with which it signs its events is shown this once. */
  @Post()
  @Allow('webhooks:write', writers)
  @Unrepeatable('the answer holds a secret')
  @Answers(ShownIntegrationView, { status: 201 })
  @Fails(() => new TooManyIntegrations())
  create(@By() actor: Actor, @Body() { name, provider }: CreateIntegrationDto): Promise<ShownIntegration> {
    return this.integrations.create(actor, { name, provider });
  }

  /** One integration. */
  @Get(':id')
  @Allow('webhooks:read', readers)
  @Answers(IntegrationView)
  @Fails(() => new IntegrationNotFound())
  find(@By() actor: Actor, @Param('id') id: string): Promise<Integration> {
    return this.integrations.find(scopeOf(actor), id);
  }

  /** Deletes an integration: from now on nothing of it is taken. */
  @Delete(':id')
  @Allow('webhooks:write', writers)
  @Answers(null)
  @Fails(() => new IntegrationNotFound())
  remove(@By() actor: Actor, @Param('id') id: string): Promise<void> {
    return this.integrations.remove(actor, id);
  }

  /** Gives an integration a new secret; the one before it stays good for a while. */
  @Post(':id/rotate-secret')
  @Allow('webhooks:write', writers)
  @Unrepeatable('the answer holds a secret')
  @Answers(ShownIntegrationView)
  @Fails(() => new IntegrationNotFound())
  rotateSecret(
    @By() actor: Actor,
    @Param('id') id: string,
    @Body() { overlapHours }: RotateIntegrationSecretDto,
  ): Promise<ShownIntegration> {
    return this.integrations.rotateSecret(actor, id, overlapHours);
  }
}
