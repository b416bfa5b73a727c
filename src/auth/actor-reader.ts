import { Injectable } from '@nestjs/common';
import { type Actor, CredentialReader } from '../kernel/actor/actor.js';
import { AuthorizationRequired, InvalidToken, MissingToken } from '../kernel/fault/common-faults.js';
import { ActorCache } from './actor-cache.js';
import { actingMembership, actorOf } from './session.js';
import { SessionsService } from './sessions.service.js';
import { type Claims, Tokens } from './tokens.js';
import { UsersService } from './users.service.js';

/** The server cuts the space off a header that ends in one, so the scheme alone is a token that is missing. */
const bearer = /^Bearer(?: (.*))?$/;

/** Turns a token into who its bearer is now: session, user and role are the database's. */
@Injectable()
export class ActorReader extends CredentialReader {
  constructor(
    private readonly tokens: Tokens,
    private readonly sessions: SessionsService,
    private readonly users: UsersService,
    private readonly actors: ActorCache,
  ) {
    super();
  }

  async read(authorization: string | undefined): Promise<Actor> {
    const match = bearer.exec(authorization ?? '');
    if (!match) throw new AuthorizationRequired();
    const token = match[1]?.trimEnd() ?? '';
    if (token === '') throw new MissingToken();
    const claims = this.tokens.readAccess(token);
    return this.actors.get(claims.sid, claims.uid, () => this.lookUp(claims));
  }

  private async lookUp({ uid, sid }: Pick<Claims, 'uid' | 'sid'>): Promise<Actor> {
    const [session, user] = await Promise.all([this.sessions.find(sid), this.users.find(uid)]);
    const membership = session && user ? actingMembership(session, user) : undefined;
    if (!user || !membership) throw new InvalidToken();
    return actorOf(user, membership, sid);
  }
}
