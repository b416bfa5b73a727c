import { Injectable } from '@nestjs/common';
import { InvalidCredentials, WrongPassword } from './auth.faults.js';
import { LoginLimits } from './login-limits.js';
import { Passwords } from './passwords.js';
import { loginNameOf, type User } from './user.js';
import { UsersService } from './users.service.js';

export interface Credentials {
  readonly email: string;
  readonly password: string;
  /** The client's address, for the limits. */
  readonly address: string;
}

/** Whether somebody knows a password; under limits, and in equal time for known and unknown users. */
@Injectable()
export class PasswordChecks {
  constructor(
    private readonly users: UsersService,
    private readonly passwords: Passwords,
    private readonly limits: LoginLimits,
  ) {}

  /** @throws InvalidCredentials, TooManyTries, PasswordsBusy */
  async signIn({ email, password, address }: Credentials): Promise<User> {
    const user = await this.limits.guard(email, address, async () => {
      const found = await this.users.findByEmail(email);
      const matches = await this.passwords.verify(found?.passwordHash, password);
      return matches && found ? found : undefined;
    });
    if (!user) throw new InvalidCredentials();
    return user;
  }

  /** For a user who is signed in. @throws WrongPassword, TooManyTries, PasswordsBusy */
  async confirm(user: User, password: string, address: string): Promise<void> {
    const confirmed = await this.limits.guard(loginNameOf(user), address, async () => {
      return (await this.passwords.verify(user.passwordHash, password)) || undefined;
    });
    if (!confirmed) throw new WrongPassword();
  }
}
