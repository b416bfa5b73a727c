import { Injectable } from '@nestjs/common';
import type { ClientSession, Collection, Filter } from 'mongodb';
import { Clock } from '../kernel/clock.js';
import { InvalidToken } from '../kernel/fault/common-faults.js';
import { newId } from '../kernel/ids.js';
import { Database } from '../kernel/mongo/database.js';
import { ActorCache } from './actor-cache.js';
import { type EndReason, type Session, sessionsCollection } from './session.js';
import { StoreSessions } from './store-sessions.service.js';
import type { RefreshClaim } from './tokens.js';
import type { User } from './user.js';

const lifetimeMs = 30 * 86_400_000;
const notRevoked = { revokedAt: { $exists: false } } as const;

/** Who is signed in, and where. */
@Injectable()
export class SessionsService {
  private readonly sessions: Collection<Session>;

  constructor(
    database: Database,
    private readonly clock: Clock,
    private readonly actors: ActorCache,
    private readonly atStore: StoreSessions,
  ) {
    this.sessions = database.collection<Session>(sessionsCollection.name);
  }

  async open({ _id: userId, passwordVersion }: User, tenantId: string): Promise<Session> {
    const now = this.clock.now();
    const times = { createdAt: now, lastUsedAt: now, expiresAt: new Date(now.getTime() + lifetimeMs) };
    const opened: Session = { _id: newId('ses'), userId, tenantId, generation: 1, passwordVersion, ...times };
    await this.sessions.insertOne(opened);
    return opened;
  }

  find(id: string): Promise<Session | null> {
    return this.sessions.findOne({ _id: id });
  }

  /**
   * The session with its next generation. A token of an earlier generation was used before: somebody copied it, so the whole
   * family ends, the thief's and the owner's alike (RFC 9700, section 4.14.2). @throws InvalidToken
   */
  async rotate({ sessionId, generation }: RefreshClaim): Promise<Session> {
    const now = this.clock.now();
    const rotated = await this.sessions.findOneAndUpdate(
      { _id: sessionId, generation, expiresAt: { $gt: now }, ...notRevoked },
      { $inc: { generation: 1 }, $set: { lastUsedAt: now, expiresAt: new Date(now.getTime() + lifetimeMs) } },
      { returnDocument: 'after' },
    );
    if (rotated) return rotated;
    await this.revoke(sessionId, 'refresh_token_reused');
    throw new InvalidToken();
  }

  /** Of either kind. */
  async revoke(id: string, reason: EndReason): Promise<void> {
    await this.atStore.end(id);
    await this.sessions.updateOne({ _id: id, ...notRevoked }, { $set: { revokedAt: this.clock.now(), reason } });
    this.actors.forget(id);
  }

  /** Ends every session of a user that is being erased. */
  async revokeAll(session: ClientSession, userId: string): Promise<void> {
    await this.end(session, userId, 'user_erased');
    await this.atStore.endOf(session, userId);
  }

  /** Ends every session of a user whose password was changed but the one that did it. */
  async keepOnly(session: ClientSession, id: string, user: User): Promise<void> {
    await this.sessions.updateOne({ _id: id }, { $set: { passwordVersion: user.passwordVersion } }, { session });
    await this.end(session, user._id, 'password_changed', { _id: { $ne: id } });
    await this.atStore.keepOnly(session, id, user);
  }

  private async end(session: ClientSession, userId: string, reason: EndReason, which: Filter<Session> = {}): Promise<void> {
    await this.sessions.updateMany({ ...which, userId, ...notRevoked }, { $set: { revokedAt: this.clock.now(), reason } }, { session });
    this.actors.forgetUserAfter(session, userId);
  }
}
