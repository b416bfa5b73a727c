import { Body, Controller, Get, Ip, Param, Patch, Post } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import type { Actor } from '../kernel/actor/actor.js';
import { Allow, Public } from '../kernel/actor/allow.decorator.js';
import { By } from '../kernel/actor/by.decorator.js';
import { isAdmin } from '../kernel/actor/permissions.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import { invalidExample } from '../kernel/dialect/gateway-fields.js';
import { Unrepeatable } from '../kernel/idempotency/unrepeatable.decorator.js';
import { EmailTaken, PasswordsBusy, TooManyTries } from './auth.faults.js';
import { AuthService, type SignedIn } from './auth.service.js';
import { GatewayAccounts, type GatewayNewcomer } from './gateway-accounts.service.js';
import { type GatewayRole, readGatewayLogin, readGatewayRegistration, readNewRole } from './users.gateway.dto.js';
import { GatewayLoginFailed, GatewayUserNotFound, OnlyForRoles, OnlySystemAdmin, OwnRole } from './users.gateway.faults.js';
import { GatewayLoginForm, GatewayRegistrationForm, GatewayRoleForm } from './users.gateway.form.js';
import {
  GatewayDashboardView,
  GatewayLoginView,
  GatewayProtectedView,
  GatewayRegisteredView,
  GatewayRoleView,
} from './users.gateway.view.js';

@Dialect('gateway')
@Controller('api/v1')
export class UsersGatewayController {
  constructor(
    private readonly accounts: GatewayAccounts,
    private readonly auth: AuthService,
  ) {}

  /** Registers a user, with an API key and a webhook secret. */
  @Post('users/register')
  @Public('anybody may register')
  @Unrepeatable('the answer holds a key')
  @ApiBody({ type: GatewayRegistrationForm })
  @Answers(GatewayRegisteredView, { status: 201 })
  @Fails(invalidExample(readGatewayRegistration), () => new EmailTaken(), () => new PasswordsBusy())
  register(@Body() body: unknown): Promise<GatewayNewcomer> {
    return this.accounts.register(readGatewayRegistration(body));
  }

  /** Signs in with e-mail and password. */
  @Post('users/login')
  @Public('this is where credentials are exchanged')
  @Unrepeatable('the answer is a token')
  @ApiBody({ type: GatewayLoginForm })
  @Answers(GatewayLoginView)
  @Fails(invalidExample(readGatewayLogin), () => new GatewayLoginFailed(), () => new TooManyTries(900), () => new PasswordsBusy())
  login(@Body() body: unknown, @Ip() address: string): Promise<SignedIn> {
    return this.auth.signInAtGateway({ ...readGatewayLogin(body), address });
  }

  /** Changes a user's role; for a system administrator. */
  @Patch('users/:user_id/role')
  @Allow('self')
  @ApiBody({ type: GatewayRoleForm })
  @Answers(GatewayRoleView)
  @Fails(invalidExample(readNewRole), () => new OnlySystemAdmin(), () => new GatewayUserNotFound(), () => new OwnRole())
  changeRole(@By() actor: Actor, @Param('user_id') userId: string, @Body() body: unknown): Promise<{ userId: string; role: GatewayRole }> {
    return this.accounts.changeRole(actor, userId, readNewRole(body));
  }

  /** The caller, as of now. */
  @Get('protected')
  @Allow('self')
  @Answers(GatewayProtectedView)
  me(@By() actor: Actor): Actor {
    return actor;
  }

  /** The caller, where it is an administrator. */
  @Get('admin/dashboard')
  @Allow('self')
  @Answers(GatewayDashboardView)
  @Fails(() => new OnlyForRoles())
  dashboard(@By() actor: Actor): Actor {
    if (!isAdmin(actor.role)) throw new OnlyForRoles();
    return actor;
  }
}
