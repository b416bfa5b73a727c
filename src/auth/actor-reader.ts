import { Inject, Injectable } from '@nestjs/common';
import { type Actor, CredentialReader } from '../kernel/actor/actor.js';
import { Clock } from '../kernel/clock.js';
import { type Config, CONFIG } from '../kernel/config/config.js';
import { AuthorizationRequired, InvalidToken, MissingToken } from '../kernel/fault/common-faults.js';
import { raise } from '../kernel/fault/fault.js';
import { SessionsService } from './sessions.service.js';
import { type Claims, Tokens } from './tokens.js';
import { UsersService } from './users.service.js';

const scheme = 'Bearer ';
const mostRemembered = 10_000;

/** Turns a token into who its bearer is now: session, user and role are the database's, remembered for a moment. */
@Injectable()
export class ActorReader extends CredentialReader {
  private readonly remembered = new Map<string, { readonly actor: Actor; readonly until: number }>();

  constructor(
    private readonly tokens: Tokens,
    private readonly sessions: SessionsService,
    private readonly users: UsersService,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {
    super();
  }

  async read(authorization: string | undefined): Promise<Actor> {
    if (!authorization?.startsWith(scheme)) throw new AuthorizationRequired();
    const token = authorization.slice(scheme.length).trimEnd();
    if (token === '') throw new MissingToken();
    const claims = this.tokens.readAccess(token);
    const known = this.remembered.get(claims.sid);
    const now = this.clock.now().getTime();
    if (known && known.until > now) return known.actor;
    const actor = (await this.lookUp(claims)) ?? raise(new InvalidToken());
    this.remember(claims.sid, actor, now);
    return actor;
  }

  private async lookUp({ uid, tid, sid }: Claims): Promise<Actor | undefined> {
    const [session, user] = await Promise.all([this.sessions.find(sid), this.users.find(uid)]);
    const membership = user?.memberships.find(({ tenantId }) => tenantId === tid);
    const alive = session && !session.revokedAt && session.userId === uid && session.tenantId === tid;
    if (!alive || !membership || !user) return undefined;
    return { userId: uid, tenantId: tid, role: membership.role, email: user.email ?? '', name: user.name, sessionId: sid };
  }

  private remember(sessionId: string, actor: Actor, now: number): void {
    if (this.config.actorCacheMs === 0) return;
    this.remembered.delete(sessionId);
    if (this.remembered.size >= mostRemembered) this.remembered.delete(this.remembered.keys().next().value ?? '');
    this.remembered.set(sessionId, { actor, until: now + this.config.actorCacheMs });
  }
}
