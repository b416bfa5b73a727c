import { Body, Controller, Get, Ip, Post } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { Allow, Public } from '../kernel/actor/allow.decorator.js';
import { By } from '../kernel/actor/by.decorator.js';
import { roles } from '../kernel/actor/permissions.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import { InvalidToken } from '../kernel/fault/common-faults.js';
import { Unrepeatable } from '../kernel/idempotency/unrepeatable.decorator.js';
import { AccountsService } from './accounts.service.js';
import { ChangePasswordDto, LoginDto, RefreshDto, RegisterDto, SwitchDto } from './auth.dto.js';
import { EmailTaken, InvalidCredentials, NotAMember, PasswordsBusy, TooManyTries, WeakPassword } from './auth.faults.js';
import { AuthService, type SignedInForLong } from './auth.service.js';
import { DoneView, type Me, MeView, SignedInView } from './auth.view.js';
import { PasswordChecks } from './password-checks.js';

@Dialect('traced')
@Controller('api/v1/auth')
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly accounts: AccountsService,
    private readonly passwords: PasswordChecks,
  ) {}

  /** Makes a tenant and its owner, and signs the owner in. */
  @Post('register')
  @Public('anybody may found a tenant')
  @Unrepeatable('the answer holds tokens')
  @Answers(SignedInView, { status: 201 })
  @Fails(() => new WeakPassword('Password must be at least 6 characters'), () => new EmailTaken(), () => new PasswordsBusy())
  async register(@Body() { email, password, name, tenantName }: RegisterDto): Promise<SignedInForLong> {
    return this.auth.open(await this.accounts.found(email, password, name, tenantName));
  }

  /** Signs in with e-mail and password. */
  @Post('login')
  @Public('this is where credentials are exchanged')
  @Unrepeatable('the answer holds tokens')
  @Answers(SignedInView)
  @Fails(() => new InvalidCredentials(), () => new NotAMember(), () => new TooManyTries(900), () => new PasswordsBusy())
  login(@Body() { email, password, tenant }: LoginDto, @Ip() address: string): Promise<SignedInForLong> {
    return this.auth.signInForLong({ email, password, address }, tenant);
  }

  /** Exchanges a refresh token for new tokens; a used one ends the session. */
  @Post('refresh')
  @Public('the refresh token is the credential')
  @Unrepeatable('the answer holds tokens')
  @Answers(SignedInView)
  @Fails(() => new InvalidToken())
  refresh(@Body() { refreshToken }: RefreshDto): Promise<SignedInForLong> {
    return this.auth.refresh(refreshToken);
  }

  /** Ends the session. */
  @Post('logout')
  @Allow('self')
  @Answers(DoneView)
  logout(@By() actor: Actor): Promise<void> {
    return this.auth.signOut(actor);
  }

  /** Opens a session in another tenant of the caller's. */
  @Post('switch')
  @Allow('self')
  @Unrepeatable('the answer holds tokens')
  @Answers(SignedInView)
  @Fails(() => new NotAMember())
  switchTo(@By() actor: Actor, @Body() { tenantId }: SwitchDto): Promise<SignedInForLong> {
    return this.auth.switchTo(actor, tenantId);
  }

  /** Changes the password and ends all other sessions. */
  @Post('password')
  @Allow('self')
  @Answers(DoneView)
  @Fails(
    () => new InvalidCredentials(),
    () => new WeakPassword('Password must be at least 6 characters'),
    () => new TooManyTries(900),
    () => new PasswordsBusy(),
  )
  async changePassword(@By() actor: Actor, @Body() body: ChangePasswordDto, @Ip() address: string): Promise<void> {
    await this.passwords.check({ email: actor.email, password: body.currentPassword, address });
    await this.accounts.setPassword(actor, body.newPassword);
  }

  /** The caller, its tenants and what it may do. */
  @Get('me')
  @Allow('self')
  @Answers(MeView)
  async me(@By() actor: Actor): Promise<Me> {
    const { tenantId, role } = actor;
    return { user: await this.auth.me(actor), tenantId, role, permissions: roles[role] };
  }
}
