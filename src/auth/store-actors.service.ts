import { Injectable } from '@nestjs/common';
import { type Actor, CredentialReader } from '../kernel/actor/actor.js';
import { Unauthenticated } from '../kernel/fault/fault.js';
import { ActorCache } from './actor-cache.js';
import { actingMembership, actorOf } from './session.js';
import { isStoreToken, type StoreSession } from './store-session.js';
import { InvalidSession } from './store-session.faults.js';
import { StoreSessions } from './store-sessions.service.js';
import { UsersService } from './users.service.js';

/** Turns a token of the store into who its bearer is now. */
@Injectable()
export class StoreActors {
  constructor(
    private readonly sessions: StoreSessions,
    private readonly users: UsersService,
    private readonly actors: ActorCache,
    private readonly credentials: CredentialReader,
  ) {}

  /** @throws InvalidSession */
  async read(token: unknown): Promise<Actor> {
    if (!isStoreToken(token)) return this.readIssued(token);
    const session = await this.sessions.use(token);
    if (!session) throw new InvalidSession();
    return this.actors.get(session._id, session.userId, () => this.lookUp(session));
  }

  /** The other surfaces issue tokens, which are longer than any that a client may choose. */
  private async readIssued(token: unknown): Promise<Actor> {
    if (typeof token !== 'string') throw new InvalidSession();
    try {
      return await this.credentials.read(`Bearer ${token}`);
    } catch (error) {
      throw error instanceof Unauthenticated ? new InvalidSession() : error;
    }
  }

  private async lookUp(session: StoreSession): Promise<Actor> {
    const user = await this.users.find(session.userId);
    const membership = user && actingMembership(session, user);
    if (!membership) throw new InvalidSession();
    return actorOf(user, membership, session._id);
  }
}
