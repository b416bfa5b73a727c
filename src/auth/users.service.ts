import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import type { Actor } from '../kernel/actor/actor.js';
import type { Role } from '../kernel/actor/permissions.js';
import { Clock } from '../kernel/clock.js';
import { InvalidToken } from '../kernel/fault/common-faults.js';
import { raise } from '../kernel/fault/fault.js';
import { gatewayUserId, newId } from '../kernel/ids.js';
import { TryAgain } from '../kernel/mongo/unit-of-work.js';
import { TenantsService } from '../tenants/tenants.service.js';
import { EmailTaken, TooManyTenants, UsernameTaken } from './auth.faults.js';
import { type Membership, membershipIn, type User } from './user.js';
import { type Maker, UserRecords } from './user-records.js';
import { UsersRepository } from './users.repository.js';

/** Known by an e-mail, or a team of the store by a username. */
export type NewPerson = Pick<User, 'email' | 'username' | 'name'> & { readonly passwordHash: string };
/** A person before the transaction that gives it a first membership. */
export type Newcomer = Omit<User, 'memberships'>;

/** The people of all tenants. */
@Injectable()
export class UsersService {
  constructor(
    private readonly users: UsersRepository,
    private readonly tenants: TenantsService,
    private readonly records: UserRecords,
    private readonly clock: Clock,
  ) {}

  /** Null where there is none or it was erased. */
  find(id: string): Promise<User | null> {
    return this.users.find(id);
  }

  /** @throws InvalidToken where the caller was erased a moment ago */
  async ofActor({ userId }: Actor): Promise<User> {
    return (await this.users.find(userId)) ?? raise(new InvalidToken());
  }

  findByEmail(email: string): Promise<User | null> {
    return this.users.findByEmail(email);
  }

  /** By what the gateway calls it; of the tenant's members only. */
  async findInGateway(tenantId: string, gatewayId: string, session?: ClientSession): Promise<User | null> {
    const user = await this.users.findByGatewayId(gatewayId, session);
    return user && membershipIn(user, tenantId) ? user : null;
  }

  /** By username, or else by e-mail. */
  findByLoginName(name: string): Promise<User | null> {
    return this.users.findByLoginName(name);
  }

  /** The store's teams in the tenant whose number is greater than `after`, in order of the numbers. */
  teams(tenantId: string, after: number, limit: number): Promise<User[]> {
    return this.users.teams(tenantId, after, limit);
  }

  /** Nobody's username may be somebody else's e-mail: either signs in at the store. @throws UsernameTaken */
  async assertFreeName(username: string): Promise<void> {
    if (await this.users.findByLoginName(username)) throw new UsernameTaken();
  }

  /** @throws EmailTaken */
  async assertFree(email: string): Promise<void> {
    if (await this.users.findByEmail(email)) throw new EmailTaken();
  }

  prepare(person: NewPerson): Newcomer {
    const _id = newId('usr');
    return { _id, gatewayId: gatewayUserId(_id), ...person, passwordVersion: 1, createdAt: this.clock.now(), rev: 1 };
  }

  /** `by` is who made the account, where that is not its owner. @throws EmailTaken, UsernameTaken */
  async insert(session: ClientSession, newcomer: Newcomer, membership: Membership, by?: Maker): Promise<void> {
    const user = { ...newcomer, memberships: [membership] };
    await this.users.insert(session, user);
    await this.records.registered(session, user, membership, by);
  }

  /** The session only where the tenant is of the same transaction. @throws TenantNotFound */
  async membership(tenantId: string, role: Role, session?: ClientSession): Promise<Membership> {
    return { tenantId, role, number: await this.tenants.nextUserNumber(tenantId, session), since: this.clock.now() };
  }

  /** A team's, with a number of those that are kept for teams. @throws TooManyTeams */
  async teamMembership(session: ClientSession, tenantId: string): Promise<Membership> {
    return { tenantId, role: 'user', number: await this.tenants.nextTeamNumber(session, tenantId), since: this.clock.now() };
  }

  /** @throws TooManyTenants */
  async join(session: ClientSession, userId: string, membership: Membership): Promise<void> {
    if (!(await this.users.join(session, userId, membership))) throw new TooManyTenants();
  }

  /** The role in the tenant of whoever changes it. */
  async changeRole(session: ClientSession, actor: Actor, user: User, role: Role): Promise<void> {
    const membership = membershipIn(user, actor.tenantId);
    if (!membership || membership.role === role) return;
    if (!(await this.users.changeRole(session, user, membership, role))) throw new TryAgain('Somebody else has changed the role');
    await this.records.roleChanged(session, user, membership, role, actor);
  }

  /** The user with its new password; null where it was changed in the meantime. */
  async changePassword(session: ClientSession, actor: Actor, user: User, passwordHash: string): Promise<User | null> {
    const changed = await this.users.changePassword(session, user, passwordHash);
    if (changed) await this.records.passwordChanged(session, actor);
    return changed;
  }

  /** Takes everything that says who it was; the id stays, and nobody answers to it. `by` is who did it, where that is somebody else. `AccountsErasure` ends the sessions with it. */
  async erase(session: ClientSession, userId: string, by?: Maker): Promise<User | null> {
    const user = await this.users.erase(session, userId);
    if (user) await this.records.erased(session, user, by);
    return user;
  }
}
