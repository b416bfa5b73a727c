import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { ClientSession, Collection, Filter } from 'mongodb';
import { Clock } from '../kernel/clock.js';
import { type Config, CONFIG } from '../kernel/config/config.js';
import { Keys } from '../kernel/config/keys.js';
import { newId } from '../kernel/ids.js';
import { Database } from '../kernel/mongo/database.js';
import { hasCode } from '../kernel/mongo/error-code.js';
import { UnitOfWork } from '../kernel/mongo/unit-of-work.js';
import { type StoreSession, storeSessionsCollection } from './store-session.js';
import type { User } from './user.js';

/** A use is written down at most so often. */
const writtenEveryMs = 60_000;

/** Who is signed in at the store, by tokens that the clients choose. */
@Injectable()
export class StoreSessions {
  private readonly sessions: Collection<StoreSession>;
  private readonly lifetimeMs: number;

  constructor(
    database: Database,
    private readonly keys: Keys,
    private readonly clock: Clock,
    private readonly unitOfWork: UnitOfWork,
    @Inject(CONFIG) { storeSessionTtl }: Config,
  ) {
    this.sessions = database.collection<StoreSession>(storeSessionsCollection.name);
    this.lifetimeMs = storeSessionTtl * 1000;
  }

  /** In place of the session that the user has; null, and nothing changed, where somebody else is using the token. */
  async open({ _id: userId, passwordVersion }: User, tenantId: string, token: string): Promise<StoreSession | null> {
    const { tokenHash, ...times } = this.fresh(token);
    const opened: StoreSession = { _id: newId('ses'), userId, tenantId, tokenHash, passwordVersion, createdAt: times.lastUsedAt, ...times };
    return this.unitOfWork.run(async (session) => {
      if (await this.isTaken(token, { userId: { $ne: userId } }, session)) return null;
      await this.sessions.deleteMany({ $or: [{ userId }, this.held(token)] }, { session });
      await this.sessions.insertOne(opened, { session });
      return opened;
    });
  }

  /** The session of the token, which lasts from now on as long as a new one; null where there is none. */
  async use(token: string): Promise<StoreSession | null> {
    const { lastUsedAt: now, expiresAt } = this.fresh(token);
    const found = await this.sessions.findOne({ ...this.held(token), expiresAt: { $gt: now } });
    if (!found) return null;
    // Of a short life, half: it must not end while it is being used.
    if (now.getTime() - found.lastUsedAt.getTime() >= Math.min(writtenEveryMs, this.lifetimeMs / 2))
      await this.sessions.updateOne({ _id: found._id }, { $set: { lastUsedAt: now, expiresAt } });
    return found;
  }

  /** False, and nothing changed, where the session is over or another one has the token. */
  async rename(id: string, token: string): Promise<boolean> {
    const others = { _id: { $ne: id as StoreSession['_id'] } };
    if (await this.isTaken(token, others)) return false;
    try {
      await this.sessions.deleteMany({ ...this.held(token), ...others, expiresAt: { $lte: this.clock.now() } });
      const { matchedCount } = await this.sessions.updateOne({ _id: id as StoreSession['_id'] }, { $set: this.fresh(token) });
      return matchedCount === 1;
    } catch (error) {
      // Somebody else has taken it at this moment.
      if (hasCode(error, 11000)) return false;
      throw error;
    }
  }

  async end(id: string): Promise<void> {
    await this.sessions.deleteOne({ _id: id as StoreSession['_id'] });
  }

  /** Ends the session of a user that is being erased. */
  async endOf(session: ClientSession, userId: string): Promise<void> {
    await this.sessions.deleteOne({ userId }, { session });
  }

  /** Ends the session of a user whose password was changed, unless it did that itself. */
  async keepOnly(session: ClientSession, id: string, { _id: userId, passwordVersion }: User): Promise<void> {
    await this.sessions.updateOne({ _id: id as StoreSession['_id'] }, { $set: { passwordVersion } }, { session });
    await this.sessions.deleteOne({ userId, _id: { $ne: id as StoreSession['_id'] } }, { session });
  }

  private async isTaken(token: string, by: Filter<StoreSession>, session?: ClientSession): Promise<boolean> {
    const filter = { ...this.held(token), ...by, expiresAt: { $gt: this.clock.now() } };
    return (await this.sessions.findOne(filter, { session })) !== null;
  }

  /** Also by the key before the last rotation. */
  private held(token: string) {
    return { tokenHash: { $in: this.keys.accepted('store-session').map((key) => hashOf(key, token)) } };
  }

  private fresh(token: string): Pick<StoreSession, 'tokenHash' | 'lastUsedAt' | 'expiresAt'> {
    const now = this.clock.now();
    const expiresAt = new Date(now.getTime() + this.lifetimeMs);
    return { tokenHash: hashOf(this.keys.of('store-session'), token), lastUsedAt: now, expiresAt };
  }
}

const hashOf = (key: Buffer, token: string): string => createHmac('sha256', key).update(token).digest('base64url');
