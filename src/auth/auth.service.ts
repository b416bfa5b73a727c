import { Injectable } from '@nestjs/common';
import { type Actor, DEFAULT_TENANT_ID } from '../kernel/actor/actor.js';
import { InvalidToken } from '../kernel/fault/common-faults.js';
import { raise } from '../kernel/fault/fault.js';
import { NotAMember } from './auth.faults.js';
import { type Credentials, PasswordChecks } from './password-checks.js';
import { type Session, sessionLifetimeMs } from './session.js';
import { SessionsService } from './sessions.service.js';
import { Tokens } from './tokens.js';
import type { Membership, User } from './user.js';
import { UsersService } from './users.service.js';

/** Seconds an access token is good for: as published for the routing API, short where it can be refreshed. */
const lifetimeSeconds = { plain: 3_600, refreshable: 900 };

export interface SignedIn {
  readonly user: User;
  readonly membership: Membership;
  readonly accessToken: string;
}
export interface SignedInForLong extends SignedIn {
  readonly refreshToken: string;
  readonly expiresInSeconds: number;
}

/** Signs people in and out. */
@Injectable()
export class AuthService {
  constructor(
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly tokens: Tokens,
    private readonly passwords: PasswordChecks,
  ) {}

  /** For clients that sign in again when the token ends. @throws InvalidCredentials, TooManyTries, PasswordsBusy */
  async signIn(credentials: Credentials): Promise<SignedIn> {
    const user = await this.passwords.check(credentials);
    const membership = usualMembership(user);
    const session = await this.sessions.open(user._id, membership.tenantId, lifetimeSeconds.plain * 1000);
    return { user, membership, accessToken: this.access(user, membership, session._id, lifetimeSeconds.plain) };
  }

  /** For clients that refresh; in the named tenant, else the usual one. @throws InvalidCredentials, NotAMember, TooManyTries */
  async signInForLong(credentials: Credentials, tenantId?: string): Promise<SignedInForLong> {
    const user = await this.passwords.check(credentials);
    return this.open(user, tenantId === undefined ? usualMembership(user) : membershipIn(user, tenantId));
  }

  /** For a user who has just been made. */
  open(user: User, membership = usualMembership(user)): Promise<SignedInForLong> {
    return this.sessions.open(user._id, membership.tenantId, sessionLifetimeMs).then((session) => this.answer(user, membership, session));
  }

  /** @throws InvalidToken */
  async refresh(refreshToken: string): Promise<SignedInForLong> {
    const session = await this.sessions.rotate(this.tokens.readRefresh(refreshToken));
    const user = (await this.users.find(session.userId)) ?? raise(new InvalidToken());
    const membership = user.memberships.find(({ tenantId }) => tenantId === session.tenantId) ?? raise(new InvalidToken());
    return this.answer(user, membership, session);
  }

  /** A session in another tenant of the caller's; the one at hand goes on. @throws NotAMember */
  async switchTo(actor: Actor, tenantId: string): Promise<SignedInForLong> {
    const user = await this.me(actor);
    return this.open(user, membershipIn(user, tenantId));
  }

  /** @throws InvalidToken */
  async me(actor: Actor): Promise<User> {
    return (await this.users.find(actor.userId)) ?? raise(new InvalidToken());
  }

  signOut(actor: Actor): Promise<void> {
    return this.sessions.revoke(actor.sessionId);
  }

  private answer(user: User, membership: Membership, { _id: sessionId, generation }: Session): SignedInForLong {
    const accessToken = this.access(user, membership, sessionId, lifetimeSeconds.refreshable);
    const refreshToken = this.tokens.refresh({ sessionId, generation });
    return { user, membership, accessToken, refreshToken, expiresInSeconds: lifetimeSeconds.refreshable };
  }

  private access({ _id: uid, email = '' }: User, { tenantId, role }: Membership, sid: string, seconds: number): string {
    return this.tokens.access({ sub: email, uid, tid: tenantId, role, sid }, seconds);
  }
}

/** The default tenant where the user is a member there, else the oldest membership. */
function usualMembership({ memberships }: User): Membership {
  const [oldest] = memberships.toSorted((one, other) => one.since.getTime() - other.since.getTime());
  return memberships.find(({ tenantId }) => tenantId === DEFAULT_TENANT_ID) ?? oldest ?? raise(new NotAMember());
}

function membershipIn({ memberships }: User, tenantId: string): Membership {
  return memberships.find((membership) => membership.tenantId === tenantId) ?? raise(new NotAMember());
}
