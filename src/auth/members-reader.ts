import { Inject, Injectable } from '@nestjs/common';
import { type Member, Members } from '../kernel/actor/members.js';
import { type Config, CONFIG } from '../kernel/config/config.js';
import { ShortMemory } from '../kernel/short-memory.js';
import { Together } from '../kernel/together.js';
import { membershipIn, type User } from './user.js';
import { UsersRepository } from './users.repository.js';

const mostRemembered = 20_000;

/** Reads members from the users; several that are wanted at once are asked for in one question. */
@Injectable()
export class MembersReader extends Members {
  private readonly known: ShortMemory<User>;
  private readonly together = new Together<User>((ids) => this.load(ids));

  /** A member is remembered for as long as a role may be. */
  constructor(
    private readonly users: UsersRepository,
    @Inject(CONFIG) { actorCacheMs }: Pick<Config, 'actorCacheMs'>,
  ) {
    super();
    this.known = new ShortMemory(mostRemembered, actorCacheMs);
  }

  async find(tenantId: string, userId: string): Promise<Member | null> {
    const user = this.known.get(userId) ?? (await this.together.find(userId));
    return user ? memberOf(user, tenantId) : null;
  }

  async findByNumber(tenantId: string, number: number): Promise<Member | null> {
    const user = await this.users.findByNumber(tenantId, number);
    return user && memberOf(user, tenantId);
  }

  async byIds(tenantId: string, userIds: readonly string[]): Promise<Map<string, Member>> {
    const members = await Promise.all([...new Set(userIds)].map((userId) => this.find(tenantId, userId)));
    return new Map(members.flatMap((member) => (member ? [[member.userId, member]] : [])));
  }

  count(tenantId: string): Promise<number> {
    return this.users.countMembers(tenantId);
  }

  private async load(ids: readonly string[]): Promise<Map<string, User>> {
    const users = await this.users.findAll(ids);
    for (const user of users) this.known.set(user._id, user);
    return new Map(users.map((user) => [user._id, user]));
  }
}

function memberOf(user: User, tenantId: string): Member | null {
  const membership = membershipIn(user, tenantId);
  if (!membership) return null;
  const { _id: userId, name, email, username } = user;
  const { number, role } = membership;
  return { userId, tenantId, number, role, name, ...(email !== undefined && { email }), ...(username !== undefined && { username }) };
}
