import { Body, Controller, Get, Ip, Post } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { Allow, Public } from '../kernel/actor/allow.decorator.js';
import { By } from '../kernel/actor/by.decorator.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import { InvalidToken } from '../kernel/fault/common-faults.js';
import { Unrepeatable } from '../kernel/idempotency/unrepeatable.decorator.js';
import { AccountsService } from './accounts.service.js';
import { ChangePasswordDto, LoginDto, RefreshDto, RegisterDto, SwitchDto } from './auth.dto.js';
import {
  EmailTaken,
  InvalidCredentials,
  NotAMember,
  PasswordMovedOn,
  PasswordsBusy,
  TooManyTries,
  WeakPassword,
  WrongPassword,
} from './auth.faults.js';
import { AuthService, type Profile, type Refreshable } from './auth.service.js';
import { ProfileView, SignedInView } from './auth.view.js';
import { PasswordChanges } from './password-changes.service.js';

@Dialect('traced')
@Controller('api/v1/auth')
export class AuthController {
  constructor(
    private readonly auth: AuthService,
    private readonly accounts: AccountsService,
    private readonly passwords: PasswordChanges,
  ) {}

  /** Makes a tenant and its owner, and signs the owner in. */
  @Post('register')
  @Public('anybody may found a tenant')
  @Unrepeatable('the answer holds tokens')
  @Answers(SignedInView, { status: 201 })
  @Fails(() => new WeakPassword('Password must be at least 6 characters'), () => new EmailTaken(), () => new PasswordsBusy())
  async register(@Body() body: RegisterDto): Promise<Refreshable> {
    return this.auth.welcome(await this.accounts.found(body));
  }

  /** Signs in with e-mail and password. */
  @Post('login')
  @Public('this is where credentials are exchanged')
  @Unrepeatable('the answer holds tokens')
  @Answers(SignedInView)
  @Fails(() => new InvalidCredentials(), () => new NotAMember(), () => new TooManyTries(900), () => new PasswordsBusy())
  login(@Body() { email, password, tenant }: LoginDto, @Ip() address: string): Promise<Refreshable> {
    return this.auth.signInRefreshable({ email, password, address }, tenant);
  }

  /** Exchanges a refresh token for new tokens; a used one ends the session. */
  @Post('refresh')
  @Public('the refresh token is the credential')
  @Unrepeatable('the answer holds tokens')
  @Answers(SignedInView)
  @Fails(() => new InvalidToken())
  refresh(@Body() { refreshToken }: RefreshDto): Promise<Refreshable> {
    return this.auth.refresh(refreshToken);
  }

  /** Ends the session. */
  @Post('logout')
  @Allow('self')
  @Answers(null)
  logout(@By() actor: Actor): Promise<void> {
    return this.auth.signOut(actor);
  }

  /** Opens a session in another tenant of the caller's. */
  @Post('switch')
  @Allow('self')
  @Unrepeatable('the answer holds tokens')
  @Answers(SignedInView)
  @Fails(() => new NotAMember())
  switchTo(@By() actor: Actor, @Body() { tenantId }: SwitchDto): Promise<Refreshable> {
    return this.auth.switchTo(actor, tenantId);
  }

  /** Changes the password and ends all other sessions. */
  @Post('password')
  @Allow('self')
  @Answers(null)
  @Fails(
    () => new WeakPassword('Password must be at least 6 characters', 'newPassword'),
    () => new WrongPassword(),
    () => new TooManyTries(900),
    () => new PasswordMovedOn(),
    () => new PasswordsBusy(),
  )
  changePassword(@By() actor: Actor, @Body() { currentPassword, newPassword }: ChangePasswordDto, @Ip() address: string): Promise<void> {
    return this.passwords.change(actor, { currentPassword, newPassword, address });
  }

  /** The caller, its tenants and what it may do. */
  @Get('me')
  @Allow('self')
  @Answers(ProfileView)
  me(@By() actor: Actor): Promise<Profile> {
    return this.auth.profile(actor);
  }
}
