import { Injectable } from '@nestjs/common';
import type { ClientSession, Collection } from 'mongodb';
import type { Role } from '../kernel/actor/permissions.js';
import { Clock } from '../kernel/clock.js';
import { Database } from '../kernel/mongo/database.js';
import { hasCode } from '../kernel/mongo/error-code.js';
import { mostTeams } from '../tenants/tenant.js';
import { EmailTaken, UsernameTaken } from './auth.faults.js';
import { type Membership, membershipIn, mostMemberships, type User, usersCollection } from './user.js';

/** A query is answered from a partial index only where it says itself that its rows are there. */
const numbered = { 'memberships.number': { $type: 'number' } } as const;
const text = (value: string) => ({ $eq: value, $type: 'string' }) as const;

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

  findByGatewayId(gatewayId: string, session?: ClientSession): Promise<User | null> {
    return this.users.findOne({ gatewayId: text(gatewayId), erasedAt: { $exists: false } }, { session });
  }

  findAll(ids: readonly string[]): Promise<User[]> {
    return this.users.find({ _id: { $in: [...ids] }, erasedAt: { $exists: false } }).toArray();
  }

  findByNumber(tenantId: string, number: number): Promise<User | null> {
    return this.users.findOne({ memberships: { $elemMatch: { tenantId, number } }, ...numbered, erasedAt: { $exists: false } });
  }

  countMembers(tenantId: string): Promise<number> {
    return this.users.countDocuments({ 'memberships.tenantId': tenantId, ...numbered });
  }

  findByEmail(email: string): Promise<User | null> {
    return this.users.findOne({ email: text(email) });
  }

  async findByLoginName(name: string): Promise<User | null> {
    const found = await this.users.find({ $or: [{ username: text(name) }, { email: text(name) }] }).toArray();
    return found.find(({ username }) => username === name) ?? found[0] ?? null;
  }

  /** Sorted here: a member of several tenants has several numbers, and there are few teams. */
  async teams(tenantId: string, after: number, limit: number): Promise<User[]> {
    const kept = { memberships: { $elemMatch: { tenantId, number: { $gt: after, $lte: mostTeams } } }, ...numbered };
    const found = await this.users.find(kept, { projection: { passwordHash: 0 } }).toArray();
    const numberOf = (user: User) => membershipIn(user, tenantId)?.number ?? 0;
    return found.sort((one, other) => numberOf(one) - numberOf(other)).slice(0, limit);
  }

  /** The unique indexes decide who was first. @throws EmailTaken, UsernameTaken */
  async insert(session: ClientSession, user: User): Promise<void> {
    try {
      await this.users.insertOne(user, { session });
    } catch (error) {
      if (!hasCode(error, 11000)) throw error;
      const [field] = Object.keys((error as { keyPattern?: object }).keyPattern ?? {});
      if (field === 'email') throw new EmailTaken();
      throw field === 'username' ? new UsernameTaken() : new Error('Two users have one number', { cause: error });
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

  /** Null where the membership is not what it was. */
  changeRole(session: ClientSession, { _id }: User, { tenantId, role: from }: Membership, role: Role): Promise<User | null> {
    return this.users.findOneAndUpdate(
      { _id, erasedAt: { $exists: false }, memberships: { $elemMatch: { tenantId, role: from } } },
      { $set: { 'memberships.$.role': role }, $inc: { rev: 1 } },
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
