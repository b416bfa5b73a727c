import { Body, Controller, Ip, Post } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import { PasswordMovedOn, PasswordsBusy, TooManyTries, WeakPassword } from '../auth/auth.faults.js';
import { AuthService } from '../auth/auth.service.js';
import { BadStoreToken, InvalidLogin, InvalidSession, OldPasswordWrong } from '../auth/store-session.faults.js';
import { StoreSignIn } from '../auth/store-sign-in.service.js';
import type { Membership } from '../auth/user.js';
import type { Actor } from '../kernel/actor/actor.js';
import { Public } from '../kernel/actor/allow.decorator.js';
import { By } from '../kernel/actor/by.decorator.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import { Unrepeatable } from '../kernel/idempotency/unrepeatable.decorator.js';
import { type Fields, missing, readFields, readText } from './store-fields.js';
import { StoreLoginForm, StorePasswordForm, StoreRenewalForm, StoreTokenForm } from './store.form.js';
import { StoreLoginView } from './store.view.js';
import { InSession } from './store-session.guard.js';

const noSession = () => new InvalidSession();

@Dialect('store')
@Controller()
export class SessionsStoreController {
  constructor(
    private readonly access: StoreSignIn,
    private readonly auth: AuthService,
  ) {}

  /** Signs in with username or e-mail; the token is the client's own choice. */
  @Post('login')
  @Public('this is where credentials are exchanged')
  @Unrepeatable('every sign-in opens a session')
  @ApiBody({ type: StoreLoginForm })
  @Answers(StoreLoginView)
  @Fails(
    ...missing('username', 'token', 'password'),
    () => new BadStoreToken(),
    () => new InvalidLogin(),
    () => new TooManyTries(900),
    () => new PasswordsBusy(),
  )
  login(@Body() body: unknown, @Ip() address: string): Promise<Membership> {
    const { username, token, password } = readFields(body, ['username', 'token', 'password']);
    return this.access.signIn({ name: readText(username).trim(), password: readText(password), address }, token);
  }

  /** Says whether a session is good. */
  @Post('validate-session')
  @InSession(['token'])
  @Unrepeatable('nothing is written')
  @ApiBody({ type: StoreTokenForm })
  @Answers(null, { says: 'Authorized' })
  @Fails(...missing('token'), noSession)
  validate(): void {}

  /** Changes the password, and ends every other session. */
  @Post('update-password')
  @InSession(['old_password', 'token', 'new_password'])
  @ApiBody({ type: StorePasswordForm })
  @Answers(null, { says: 'Successfully updated password' })
  @Fails(
    ...missing('old_password', 'token', 'new_password'),
    () => new WeakPassword('Password must be at least 6 characters'),
    noSession,
    () => new OldPasswordWrong(),
    () => new TooManyTries(900),
    () => new PasswordMovedOn(),
    () => new PasswordsBusy(),
  )
  changePassword(@By() actor: Actor, @Body() { old_password, new_password }: Fields, @Ip() address: string): Promise<void> {
    return this.access.changePassword(actor, { currentPassword: readText(old_password), newPassword: readText(new_password), address });
  }

  /** Ends the session. */
  @Post('expire-session')
  @InSession(['token'])
  @ApiBody({ type: StoreTokenForm })
  @Answers(null, { says: 'Token expired' })
  @Fails(...missing('token'), noSession)
  expire(@By() actor: Actor): Promise<void> {
    return this.auth.signOut(actor);
  }

  /** Gives the session another token. */
  @Post('update-session')
  @InSession(['old_token', 'new_token'], 'old_token')
  @ApiBody({ type: StoreRenewalForm })
  @Answers(null, { says: 'Token updated' })
  @Fails(...missing('old_token', 'new_token'), () => new BadStoreToken(), noSession)
  renew(@By() actor: Actor, @Body() { new_token }: Fields): Promise<void> {
    return this.access.renew(actor, new_token);
  }
}
