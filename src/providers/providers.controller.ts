import { Body, Controller, Delete, Get, Param, Patch, Post, Query } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { Allow } from '../kernel/actor/allow.decorator.js';
import { By } from '../kernel/actor/by.decorator.js';
import { scopeOf } from '../kernel/actor/scope.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import type { Page } from '../kernel/http/page.js';
import type { ProviderAccount } from './provider-account.js';
import { ProviderAccounts } from './provider-accounts.service.js';
import { ProviderNameTaken, ProviderNotFound, ProviderUnaddressed, TooManyProviders } from './provider.faults.js';
import { CreateProviderDto, ProvidersQuery, UpdateProviderDto } from './providers.dto.js';
import { ProviderView } from './providers.view.js';

const unaddressed = () => new ProviderUnaddressed('No address of Adyen is configured for live accounts');

@Dialect('traced')
@Controller('api/v1/providers')
export class ProvidersController {
  constructor(private readonly providers: ProviderAccounts) {}

  /** The tenant's accounts at payment providers, by name. */
  @Get()
  @Allow('routing:read')
  @Answers(ProviderView, { shape: 'page' })
  list(@By() actor: Actor, @Query() { limit, cursor }: ProvidersQuery): Promise<Page<ProviderAccount>> {
    return this.providers.list(scopeOf(actor), limit, cursor);
  }

  /** Adds an account at a payment provider. Its credentials are kept encrypted and never shown. */
  @Post()
  @Allow('routing:write')
  @Answers(ProviderView, { status: 201 })
  @Fails(() => new ProviderNameTaken(), () => new TooManyProviders(), unaddressed)
  create(@By() actor: Actor, @Body() given: CreateProviderDto): Promise<ProviderAccount> {
    return this.providers.create(actor, given);
  }

  /** One account. */
  @Get(':id')
  @Allow('routing:read')
  @Answers(ProviderView)
  @Fails(() => new ProviderNotFound())
  find(@By() actor: Actor, @Param('id') id: string): Promise<ProviderAccount> {
    return this.providers.find(scopeOf(actor), id);
  }

  /** Enables or disables an account, or changes its prices or credentials. */
  @Patch(':id')
  @Allow('routing:write')
  @Answers(ProviderView)
  @Fails(() => new ProviderNotFound(), unaddressed)
  update(
    @By() actor: Actor,
    @Param('id') id: string,
    @Body() { credentials, enabled, prices }: UpdateProviderDto,
  ): Promise<ProviderAccount> {
    return this.providers.update(actor, id, { credentials, enabled, prices });
  }

  /** Removes an account: no payment goes there any more, and nothing that it sends is taken. */
  @Delete(':id')
  @Allow('routing:write')
  @Answers(null)
  @Fails(() => new ProviderNotFound())
  remove(@By() actor: Actor, @Param('id') id: string): Promise<void> {
    return this.providers.remove(actor, id);
  }
}
