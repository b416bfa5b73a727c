import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import { SessionsService } from './sessions.service.js';
import type { User } from './user.js';
import { UsersService } from './users.service.js';

/** Leaves of an account an id that nobody can sign in to. */
@Injectable()
export class AccountsErasure {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
  ) {}

  /** The user as it was; null where it was erased before. In the caller's transaction. */
  async erase(session: ClientSession, userId: string): Promise<User | null> {
    const user = await this.users.erase(session, userId);
    await this.sessions.revokeAll(session, userId);
    return user;
  }
}
