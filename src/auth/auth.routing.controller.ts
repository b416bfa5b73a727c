import { Body, Controller, Ip, Post } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import { Public } from '../kernel/actor/allow.decorator.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import { AccessDenied } from '../kernel/fault/common-faults.js';
import { Invalid } from '../kernel/fault/fault.js';
import { Unrepeatable } from '../kernel/idempotency/unrepeatable.decorator.js';
import { AccountsService } from './accounts.service.js';
import { EmailTaken, InvalidCredentials, PasswordsBusy, TooManyTries, WeakPassword } from './auth.faults.js';
import { readLogin, readRegistration } from './auth.routing.dto.js';
import { RoutingLoginForm, RoutingRegistrationForm } from './auth.routing.form.js';
import { RoutingLoginView } from './auth.routing.view.js';
import { AuthService, type SignedIn } from './auth.service.js';

@Dialect('envelope')
@Controller('api/auth')
export class AuthRoutingController {
  constructor(
    private readonly auth: AuthService,
    private readonly accounts: AccountsService,
  ) {}

  /** Signs in with e-mail and password. */
  @Post('login')
  @Public('this is where credentials are exchanged')
  @Unrepeatable('the answer is a token')
  @ApiBody({ type: RoutingLoginForm })
  @Answers(RoutingLoginView, { says: 'Login successful' })
  @Fails(() => new Invalid('Missing credentials'), () => new InvalidCredentials(), () => new TooManyTries(900), () => new PasswordsBusy())
  login(@Body() body: unknown, @Ip() address: string): Promise<SignedIn> {
    return this.auth.signIn({ ...readLogin(body), address });
  }

  /** Registers a merchant. */
  @Post('register')
  @Public('anybody may become a merchant')
  @ApiBody({ type: RoutingRegistrationForm })
  @Answers(null, { status: 201, says: 'User registered' })
  @Fails(
    () => new Invalid('Missing required fields'),
    () => new AccessDenied(),
    () => new WeakPassword('Password must be at least 6 characters'),
    () => new EmailTaken(),
    () => new PasswordsBusy(),
  )
  async register(@Body() body: unknown): Promise<void> {
    const { email, password } = readRegistration(body);
    await this.accounts.register(email, password);
  }
}
