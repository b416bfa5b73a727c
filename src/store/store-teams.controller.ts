import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { PasswordsBusy, UsernameTaken, WeakPassword } from '../auth/auth.faults.js';
import type { Actor } from '../kernel/actor/actor.js';
import { Allow } from '../kernel/actor/allow.decorator.js';
import { By } from '../kernel/actor/by.decorator.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import type { Page } from '../kernel/http/page.js';
import { LedgerBusy, PostingUnknown } from '../ledger/ledger.faults.js';
import { TooManyTeams } from '../tenants/tenant.faults.js';
import { CreateTeamDto, StoreListQuery } from './store.dto.js';
import { StoreTeamView } from './store-platform.view.js';
import { StoreTeams, type Team } from './store-teams.service.js';

@Dialect('traced')
@Controller('api/v1/store/teams')
export class StoreTeamsController {
  constructor(private readonly teams: StoreTeams) {}

  /** The tenant's teams with what they own, in order of the numbers. */
  @Get()
  @Allow('store:read')
  @Answers(StoreTeamView, { shape: 'page' })
  list(@By() { tenantId }: Actor, @Query() { limit, cursor }: StoreListQuery): Promise<Page<Team>> {
    return this.teams.list(tenantId, limit, cursor);
  }

  /** Makes a team that signs in at the store. */
  @Post()
  @Allow('store:write')
  @Answers(StoreTeamView, { status: 201 })
  @Fails(
    () => new WeakPassword('Password must be at least 6 characters'),
    () => new UsernameTaken(),
    () => new TooManyTeams(),
    () => new PasswordsBusy(),
    () => new LedgerBusy(),
    () => new PostingUnknown(),
  )
  create(@By() actor: Actor, @Body() { username, password, balance }: CreateTeamDto): Promise<Team> {
    return this.teams.create(actor, { username, password, balance });
  }
}
