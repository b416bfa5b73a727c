import { Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { InvalidToken } from '../kernel/fault/common-faults.js';
import { raise } from '../kernel/fault/fault.js';
import type { Tenant } from '../tenants/tenant.js';
import { TenantsService } from '../tenants/tenants.service.js';
import { InvalidCredentials, NotAMember } from './auth.faults.js';
import { GatewayLoginFailed } from './users.gateway.faults.js';
import { type Credentials, PasswordChecks } from './password-checks.js';
import { actingMembership, type Session } from './session.js';
import { SessionsService } from './sessions.service.js';
import { type Claims, Tokens } from './tokens.js';
import { loginNameOf, type Membership, membershipIn, type User, usualMembership } from './user.js';
import { UsersService } from './users.service.js';

/** Seconds an access token is good for: as published for the routing API and the gateway, short where it can be refreshed. */
const lifetimeSeconds = { plain: 3_600, gateway: 7_200, refreshable: 900 };

export interface SignedIn {
  readonly user: User;
  readonly membership: Membership;
  readonly accessToken: string;
}
/** A user in one of its tenants, and all of them. */
export interface Profile {
  readonly user: User;
  readonly membership: Membership;
  readonly tenants: readonly Tenant[];
}
export interface Refreshable extends SignedIn, Profile {
  readonly refreshToken: string;
  readonly expiresInSeconds: number;
}

/** Signs people in and out. */
@Injectable()
export class AuthService {
  constructor(
    private readonly users: UsersService,
    private readonly tenants: TenantsService,
    private readonly sessions: SessionsService,
    private readonly tokens: Tokens,
    private readonly passwords: PasswordChecks,
  ) {}

  /** For clients that sign in again when the token ends. @throws InvalidCredentials, TooManyTries, PasswordsBusy */
  async signIn(credentials: Credentials): Promise<SignedIn> {
    const user = await this.passwords.signIn(credentials);
    const membership = homeOf(user);
    const session = await this.sessions.open(user, membership.tenantId);
    return { user, membership, accessToken: this.access(user, membership, session, lifetimeSeconds.plain) };
  }

  /** For clients of the gateway, whose tokens name the user as it does. @throws GatewayLoginFailed, TooManyTries, PasswordsBusy */
  async signInAtGateway(credentials: Credentials): Promise<SignedIn> {
    const user = await this.passwords.signIn(credentials).catch(asGatewayLogin);
    const membership = usualMembership(user) ?? raise(new GatewayLoginFailed());
    const session = await this.sessions.open(user, membership.tenantId);
    const named = { sub: user.gatewayId, email: credentials.email };
    return { user, membership, accessToken: this.access(user, membership, session, lifetimeSeconds.gateway, named) };
  }

  /** For clients that refresh; in the tenant of that id or slug. @throws InvalidCredentials, NotAMember, TooManyTries, PasswordsBusy */
  async signInRefreshable(credentials: Credentials, tenant?: string): Promise<Refreshable> {
    const user = await this.passwords.signIn(credentials);
    if (tenant === undefined) return this.open(user, homeOf(user));
    const named = (await this.tenantsOf(user)).find(({ _id, slug }) => _id === tenant || slug === tenant);
    return this.openIn(user, named?._id);
  }

  /** For a user who has just been made. */
  welcome(user: User): Promise<Refreshable> {
    return this.open(user, homeOf(user));
  }

  /** @throws InvalidToken */
  async refresh(refreshToken: string): Promise<Refreshable> {
    const session = await this.sessions.rotate(this.tokens.readRefresh(refreshToken));
    const user = (await this.users.find(session.userId)) ?? raise(new InvalidToken());
    return this.answer(user, actingMembership(session, user) ?? raise(new InvalidToken()), session);
  }

  /** A session in another tenant of the caller's; the one at hand goes on. @throws NotAMember, TenantNotFound */
  async switchTo(actor: Actor, tenantId: string): Promise<Refreshable> {
    // Membership alone does not say so: a system administrator has one in every tenant, also in those that are none.
    const { _id } = await this.tenants.find(tenantId);
    return this.openIn(await this.users.ofActor(actor), _id);
  }

  async profile(actor: Actor): Promise<Profile> {
    const user = await this.users.ofActor(actor);
    const membership = membershipIn(user, actor.tenantId) ?? raise(new InvalidToken());
    return { user, membership, tenants: await this.tenantsOf(user, membership) };
  }

  signOut(actor: Actor): Promise<void> {
    return this.sessions.revoke(actor.sessionId, 'signed_out');
  }

  private openIn(user: User, tenantId: string | undefined): Promise<Refreshable> {
    const membership = tenantId === undefined ? undefined : membershipIn(user, tenantId);
    return this.open(user, membership ?? raise(new NotAMember()));
  }

  private async open(user: User, membership: Membership): Promise<Refreshable> {
    return this.answer(user, membership, await this.sessions.open(user, membership.tenantId));
  }

  private async answer(user: User, membership: Membership, session: Session): Promise<Refreshable> {
    const accessToken = this.access(user, membership, session, lifetimeSeconds.refreshable);
    const refreshToken = this.tokens.refresh({ sessionId: session._id, generation: session.generation });
    const tenants = await this.tenantsOf(user, membership);
    return { user, membership, tenants, accessToken, refreshToken, expiresInSeconds: lifetimeSeconds.refreshable };
  }

  /** Those of the memberships; a system administrator may act in one that is not among them. */
  private tenantsOf({ memberships }: User, acting?: Membership): Promise<Tenant[]> {
    const all = acting ? [...memberships, acting] : memberships;
    return this.tenants.findAll(all.map(({ tenantId }) => tenantId));
  }

  private access(user: User, { tenantId, role }: Membership, { _id: sid }: Session, seconds: number, named: Partial<Claims> = {}): string {
    return this.tokens.access({ sub: loginNameOf(user), uid: user._id, tid: tenantId, role, sid, ...named }, seconds);
  }
}

const asGatewayLogin = (error: Error): never => raise(error instanceof InvalidCredentials ? new GatewayLoginFailed() : error);

/** Without a membership nobody can sign in. */
const homeOf = (user: User): Membership => usualMembership(user) ?? raise(new InvalidCredentials());
