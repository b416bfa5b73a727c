import { Injectable } from '@nestjs/common';
import { type ClientSession, type Collection, MongoServerError } from 'mongodb';
import { EventsService } from '../events/events.service.js';
import type { Role } from '../kernel/actor/permissions.js';
import { Clock } from '../kernel/clock.js';
import { raise } from '../kernel/fault/fault.js';
import { requestContext } from '../kernel/http/request-context.js';
import { newId } from '../kernel/ids.js';
import { Database } from '../kernel/mongo/database.js';
import { TenantsService } from '../tenants/tenants.service.js';
import { EmailTaken, NotAMember } from './auth.faults.js';
import { type Membership, type User, usersCollection } from './user.js';

export interface NewUser {
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly tenantId: string;
  readonly role: Role;
}

/** The people of all tenants. */
@Injectable()
export class UsersService {
  private readonly users: Collection<User>;

  constructor(
    database: Database,
    private readonly tenants: TenantsService,
    private readonly events: EventsService,
    private readonly clock: Clock,
  ) {
    this.users = database.collection<User>(usersCollection.name);
  }

  find(id: string): Promise<User | null> {
    return this.users.findOne({ _id: id, erasedAt: { $exists: false } });
  }

  findByEmail(email: string): Promise<User | null> {
    return this.users.findOne({ email });
  }

  /** In the caller's transaction; the unique index decides who was first. @throws EmailTaken */
  async create(session: ClientSession, { email, name, passwordHash, tenantId, role }: NewUser): Promise<User> {
    const at = this.clock.now();
    const number = await this.tenants.nextUserNumber(session, tenantId);
    const memberships = [{ tenantId, role, number, since: at }];
    const user: User = { _id: newId('usr'), email, name, passwordHash, memberships, createdAt: at, rev: 1 };
    await this.users.insertOne(user, { session }).catch((error: unknown) => {
      throw error instanceof MongoServerError && error.code === 11000 ? new EmailTaken() : error;
    });
    await this.tell(session, 'USER_REGISTERED', user._id, tenantId, { role });
    return user;
  }

  /** @throws NotAMember */
  async join(session: ClientSession, userId: string, tenantId: string, role: Role): Promise<User> {
    const membership: Membership = {
      tenantId,
      role,
      number: await this.tenants.nextUserNumber(session, tenantId),
      since: this.clock.now(),
    };
    const filter = { _id: userId, 'memberships.tenantId': { $ne: tenantId } };
    const update = { $push: { memberships: membership }, $inc: { rev: 1 } };
    return (await this.users.findOneAndUpdate(filter, update, { session, returnDocument: 'after' })) ?? raise(new NotAMember());
  }

  async setRole(userId: string, tenantId: string, role: Role): Promise<void> {
    await this.users.updateOne(
      { _id: userId, 'memberships.tenantId': tenantId },
      { $set: { 'memberships.$.role': role }, $inc: { rev: 1 } },
    );
  }

  async setPassword(session: ClientSession, userId: string, passwordHash: string): Promise<void> {
    await this.users.updateOne({ _id: userId }, { $set: { passwordHash }, $inc: { rev: 1 } }, { session });
  }

  /** Leaves an id that nobody answers to. */
  async erase(session: ClientSession, userId: string): Promise<User | null> {
    const erased = {
      $set: { name: 'Erased user', memberships: [], erasedAt: this.clock.now() },
      $unset: { email: '', username: '', passwordHash: '' },
    };
    const before = await this.users.findOneAndUpdate(
      { _id: userId, erasedAt: { $exists: false } },
      { ...erased, $inc: { rev: 1 } } as never,
      { session, returnDocument: 'before' },
    );
    for (const { tenantId } of before?.memberships ?? []) await this.tell(session, 'USER_ERASED', userId, tenantId, {});
    return before;
  }

  private async tell(
    session: ClientSession,
    type: 'USER_REGISTERED' | 'USER_ERASED',
    userId: string,
    tenantId: string,
    data: Readonly<Record<string, unknown>>,
  ): Promise<void> {
    const about = { tenantId, subject: { type: 'user', id: userId }, data, at: this.clock.now(), traceId: requestContext.traceId() };
    await this.events.record(session, [{ ...about, _id: newId('evt'), type, version: 1, sourceAgent: userId }]);
  }
}
