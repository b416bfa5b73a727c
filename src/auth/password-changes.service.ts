import { Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { raise } from '../kernel/fault/fault.js';
import { UnitOfWork } from '../kernel/mongo/unit-of-work.js';
import { PasswordMovedOn } from './auth.faults.js';
import { PasswordChecks } from './password-checks.js';
import { Passwords } from './passwords.js';
import { SessionsService } from './sessions.service.js';
import { UsersService } from './users.service.js';

export interface PasswordChange {
  readonly currentPassword: string;
  readonly newPassword: string;
  /** The client's address, for the limits. */
  readonly address: string;
}

/** Changes the password of somebody who is signed in, and ends all its other sessions. */
@Injectable()
export class PasswordChanges {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly checks: PasswordChecks,
    private readonly passwords: Passwords,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws WeakPassword, WrongPassword, TooManyTries, PasswordsBusy, PasswordMovedOn */
  async change(actor: Actor, { currentPassword, newPassword, address }: PasswordChange): Promise<void> {
    this.passwords.assertGood(newPassword, 'newPassword');
    const user = await this.users.ofActor(actor);
    await this.checks.confirm(user, currentPassword, address);
    const passwordHash = await this.passwords.hash(newPassword);
    await this.unitOfWork.run(async (session) => {
      const changed = (await this.users.changePassword(session, actor, user, passwordHash)) ?? raise(new PasswordMovedOn());
      await this.sessions.keepOnly(session, actor.sessionId, changed);
    });
  }
}
