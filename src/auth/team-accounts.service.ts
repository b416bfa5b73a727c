import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import { Passwords } from './passwords.js';
import type { Maker } from './user-records.js';
import { type Membership, membershipIn } from './user.js';
import { type Newcomer, UsersService } from './users.service.js';

export interface TeamLogin {
  readonly username: string;
  readonly password: string;
}
export interface TeamAccount {
  readonly userId: string;
  readonly username: string;
  readonly number: number;
  readonly createdAt: Date;
}

/** Accounts of the store's teams: users with a username, no e-mail, and a number of those that are kept for teams. */
@Injectable()
export class TeamAccounts {
  constructor(
    private readonly users: UsersService,
    private readonly passwords: Passwords,
  ) {}

  /** @throws WeakPassword, UsernameTaken, PasswordsBusy */
  async prepare({ username, password }: TeamLogin): Promise<Newcomer> {
    this.passwords.assertGood(password);
    await this.users.assertFreeName(username);
    return this.users.prepare({ username, name: username, passwordHash: await this.passwords.hash(password) });
  }

  /** In the caller's transaction. @throws UsernameTaken, TooManyTeams */
  async insert(session: ClientSession, tenantId: string, newcomer: Newcomer, by: Maker): Promise<TeamAccount> {
    const membership = await this.users.teamMembership(session, tenantId);
    await this.users.insert(session, newcomer, membership, by);
    return teamOf(newcomer, membership);
  }

  /** Those of the tenant whose number is greater than `after`, in order of the numbers. */
  async list(tenantId: string, after: number, limit: number): Promise<TeamAccount[]> {
    const users = await this.users.teams(tenantId, after, limit);
    return users.flatMap((user) => {
      const membership = membershipIn(user, tenantId);
      return membership ? [teamOf(user, membership)] : [];
    });
  }
}

function teamOf({ _id: userId, username = '', createdAt }: Newcomer, { number }: Membership): TeamAccount {
  return { userId, username, number, createdAt };
}
