import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import { SessionsService } from './sessions.service.js';
import type { User } from './user.js';
import type { Maker } from './user-records.js';
import { UsersService } from './users.service.js';

/** Leaves of an account an id that nobody can sign in to. */
@Injectable()
export class AccountsErasure {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
  ) {}

  /** The user as it was; null where it was erased before. In the caller's transaction; `by` is who does it, where that is somebody else. */
  async erase(session: ClientSession, userId: string, by?: Maker): Promise<User | null> {
    const user = await this.users.erase(session, userId, by);
    await this.sessions.revokeAll(session, userId);
    return user;
  }
}
