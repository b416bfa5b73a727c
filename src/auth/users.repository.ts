import { Injectable } from '@nestjs/common';
import type { ClientSession, Collection } from 'mongodb';
import { Clock } from '../kernel/clock.js';
import { Database } from '../kernel/mongo/database.js';
import { hasCode } from '../kernel/mongo/error-code.js';
import { EmailTaken } from './auth.faults.js';
import { type Membership, mostMemberships, type User, usersCollection } from './user.js';

/** People belong to several tenants, so they are asked by id or e-mail; what of them a caller sees is the service's to say. */
@Injectable()
export class UsersRepository {
  private readonly users: Collection<User>;

  constructor(
    database: Database,
    private readonly clock: Clock,
  ) {
    this.users = database.collection<User>(usersCollection.name);
  }

  find(id: string): Promise<User | null> {
    return this.users.findOne({ _id: id, erasedAt: { $exists: false } });
  }

  findAll(ids: readonly string[]): Promise<User[]> {
    return this.users.find({ _id: { $in: [...ids] }, erasedAt: { $exists: false } }).toArray();
  }

  findByNumber(tenantId: string, number: number): Promise<User | null> {
    return this.users.findOne({ memberships: { $elemMatch: { tenantId, number } }, erasedAt: { $exists: false } });
  }

  countMembers(tenantId: string): Promise<number> {
    return this.users.countDocuments({ 'memberships.tenantId': tenantId });
  }

  findByEmail(email: string): Promise<User | null> {
    return this.users.findOne({ email });
  }

  /** The unique index decides who was first. @throws EmailTaken */
  async insert(session: ClientSession, user: User): Promise<void> {
    try {
      await this.users.insertOne(user, { session });
    } catch (error) {
      throw hasCode(error, 11000) && Object.hasOwn((error as { keyPattern?: object }).keyPattern ?? {}, 'email') ? new EmailTaken() : error;
    }
  }

  /** Null where the user is gone, a member already, or a member in too many tenants. */
  join(session: ClientSession, id: string, membership: Membership): Promise<User | null> {
    const room = { [`memberships.${mostMemberships - 1}`]: { $exists: false } };
    return this.users.findOneAndUpdate(
      { _id: id, erasedAt: { $exists: false }, 'memberships.tenantId': { $ne: membership.tenantId }, ...room },
      { $push: { memberships: membership }, $inc: { rev: 1 } },
      { session, returnDocument: 'after' },
    );
  }

  /** Null where the password is not the one of that version any more. */
  changePassword(session: ClientSession, { _id, passwordVersion }: User, passwordHash: string): Promise<User | null> {
    return this.users.findOneAndUpdate(
      { _id, passwordVersion },
      { $set: { passwordHash }, $inc: { rev: 1, passwordVersion: 1 } },
      { session, returnDocument: 'after' },
    );
  }

  /** The user as it was, or null where it was erased before. */
  erase(session: ClientSession, id: string): Promise<User | null> {
    return this.users.findOneAndUpdate(
      { _id: id, erasedAt: { $exists: false } },
      {
        $set: { name: 'Erased user', memberships: [], erasedAt: this.clock.now() },
        $unset: { email: '', username: '', passwordHash: '' },
        $inc: { rev: 1 },
      },
      { session, returnDocument: 'before' },
    );
  }
}
