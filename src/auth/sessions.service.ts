import { Injectable } from '@nestjs/common';
import type { ClientSession, Collection } from 'mongodb';
import { Clock } from '../kernel/clock.js';
import { InvalidToken } from '../kernel/fault/common-faults.js';
import { newId } from '../kernel/ids.js';
import { Database } from '../kernel/mongo/database.js';
import { type Session, sessionLifetimeMs, sessionsCollection } from './session.js';
import type { RefreshClaim } from './tokens.js';

@Injectable()
export class SessionsService {
  private readonly sessions: Collection<Session>;

  constructor(
    database: Database,
    private readonly clock: Clock,
  ) {
    this.sessions = database.collection<Session>(sessionsCollection.name);
  }

  async open(userId: string, tenantId: string, lifetimeMs: number, session?: ClientSession): Promise<Session> {
    const createdAt = this.clock.now();
    const expiresAt = new Date(createdAt.getTime() + lifetimeMs);
    const opened: Session = { _id: newId('ses'), userId, tenantId, generation: 1, createdAt, expiresAt };
    await this.sessions.insertOne(opened, { session });
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
    const expiresAt = new Date(now.getTime() + sessionLifetimeMs);
    const alive = { _id: sessionId, revokedAt: { $exists: false }, expiresAt: { $gt: now } };
    const rotated = await this.sessions.findOneAndUpdate(
      { ...alive, generation },
      { $inc: { generation: 1 }, $set: { expiresAt } },
      { returnDocument: 'after' },
    );
    if (rotated) return rotated;
    await this.revoke(sessionId);
    throw new InvalidToken();
  }

  async revoke(id: string): Promise<void> {
    await this.sessions.updateOne({ _id: id, revokedAt: { $exists: false } }, { $set: { revokedAt: this.clock.now() } });
  }

  /** Ends every session of a user, all but one where one is named. */
  async revokeAll(session: ClientSession, userId: string, exceptId?: string): Promise<void> {
    const others = { userId, revokedAt: { $exists: false }, ...(exceptId !== undefined && { _id: { $ne: exceptId } }) };
    await this.sessions.updateMany(others, { $set: { revokedAt: this.clock.now() } }, { session });
  }
}
