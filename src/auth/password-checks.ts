import { Injectable } from '@nestjs/common';
import { InvalidCredentials, WrongPassword } from './auth.faults.js';
import { LoginLimits } from './login-limits.js';
import { Passwords } from './passwords.js';
import { Turns } from './turns.js';
import { loginNameOf, type User } from './user.js';
import { UsersService } from './users.service.js';

export interface Credentials {
  readonly email: string;
  readonly password: string;
  /** The client's address, for the limits. */
  readonly address: string;
}
/** Of somebody who signs in by username or e-mail. */
export interface NamedCredentials extends Omit<Credentials, 'email'> {
  readonly name: string;
}

/** Whether somebody knows a password; under limits, and in equal time for known and unknown users. */
@Injectable()
export class PasswordChecks {
  /** Tries are reserved while they run: few at once, so that an account's own sign-ins cannot fill its limit. */
  private readonly turns = new Turns({ atOnce: 4, waiting: 200 });

  constructor(
    private readonly users: UsersService,
    private readonly passwords: Passwords,
    private readonly limits: LoginLimits,
  ) {}

  /** @throws InvalidCredentials, TooManyTries, PasswordsBusy */
  async signIn({ email, password, address }: Credentials): Promise<User> {
    const user = await this.guarded(email, address, async () => {
      const found = await this.users.findByEmail(email);
      const matches = await this.passwords.verify(found?.passwordHash, password);
      return matches && found ? found : undefined;
    });
    if (!user) throw new InvalidCredentials();
    return user;
  }

  /**
   * As `signIn`, by username or e-mail. The right password is not enough: what `admit` answers with null is a failed try like any
   * other. Null for a failed try. @throws TooManyTries, PasswordsBusy
   */
  async admit<Result>(
    { name, password, address }: NamedCredentials,
    admit: (user: User) => Promise<Result | null>,
  ): Promise<Result | null> {
    const found = await this.users.findByLoginName(name);
    const admitted = await this.guarded(found ? loginNameOf(found) : name, address, async () => {
      const matches = await this.passwords.verify(found?.passwordHash, password);
      return matches && found ? ((await admit(found)) ?? undefined) : undefined;
    });
    return admitted ?? null;
  }

  /** For a user who is signed in. @throws WrongPassword, TooManyTries, PasswordsBusy */
  async confirm(user: User, password: string, address: string): Promise<void> {
    const confirmed = await this.guarded(loginNameOf(user), address, async () => {
      return (await this.passwords.verify(user.passwordHash, password)) || undefined;
    });
    if (!confirmed) throw new WrongPassword();
  }

  private guarded<Result>(account: string, address: string, check: () => Promise<Result | undefined>): Promise<Result | undefined> {
    return this.turns.take(() => this.limits.guard(account, address, check));
  }
}
