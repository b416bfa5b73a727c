import { Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { raise } from '../kernel/fault/fault.js';
import { WrongPassword } from './auth.faults.js';
import { type PasswordChange, PasswordChanges } from './password-changes.service.js';
import { type NamedCredentials, PasswordChecks } from './password-checks.js';
import { isStoreToken } from './store-session.js';
import { BadStoreToken, InvalidLogin, InvalidSession, OldPasswordWrong } from './store-session.faults.js';
import { StoreSessions } from './store-sessions.service.js';
import { type Membership, usualMembership } from './user.js';

/** Signs people in with tokens of their clients' choice, and changes what they sign in with. */
@Injectable()
export class StoreSignIn {
  constructor(
    private readonly passwords: PasswordChecks,
    private readonly changes: PasswordChanges,
    private readonly sessions: StoreSessions,
  ) {}

  /**
   * The membership that the new session acts in. A token that somebody else is using is refused in the words of a wrong password,
   * and counts as one: it must not pay to look for tokens. @throws BadStoreToken, InvalidLogin, TooManyTries, PasswordsBusy
   */
  async signIn(credentials: NamedCredentials, token: unknown): Promise<Membership> {
    if (!isStoreToken(token)) throw new BadStoreToken();
    const admitted = await this.passwords.admit(credentials, async (user) => {
      const membership = usualMembership(user);
      const opened = membership && (await this.sessions.open(user, membership.tenantId, token));
      return opened ? membership : null;
    });
    return admitted ?? raise(new InvalidLogin());
  }

  /** @throws OldPasswordWrong, and what else `PasswordChanges.change` throws */
  async changePassword(actor: Actor, change: PasswordChange): Promise<void> {
    try {
      await this.changes.change(actor, change);
    } catch (error) {
      throw error instanceof WrongPassword ? new OldPasswordWrong() : error;
    }
  }

  /** Gives the caller's session another token. @throws BadStoreToken, InvalidSession where the token is somebody else's */
  async renew({ sessionId }: Actor, token: unknown): Promise<void> {
    if (!isStoreToken(token)) throw new BadStoreToken();
    if (!(await this.sessions.rename(sessionId, token))) throw new InvalidSession();
  }
}
