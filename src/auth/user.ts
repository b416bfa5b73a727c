import { DEFAULT_TENANT_ID } from '../kernel/actor/actor.js';
import type { Role } from '../kernel/actor/permissions.js';
import type { CollectionSpec } from '../kernel/mongo/collection-spec.js';

export interface Membership {
  readonly tenantId: string;
  readonly role: Role;
  /** What surfaces that count their users call this one, per tenant. */
  readonly number: number;
  readonly since: Date;
}
/** A person. An erased one keeps only its id, so that records which name it still name somebody. */
export interface User {
  readonly _id: string;
  /** What the gateway calls it; follows from the id, and is kept to be found by. */
  readonly gatewayId: string;
  /** As it was given, trimmed; two that differ in case are two. */
  readonly email?: string;
  readonly username?: string;
  readonly name: string;
  readonly passwordHash?: string;
  /** Counts the passwords this user had; a session is good for the one it was opened with. */
  readonly passwordVersion: number;
  readonly memberships: readonly Membership[];
  readonly createdAt: Date;
  readonly rev: number;
  readonly erasedAt?: Date;
}

export const longestEmail = 254;
export const longestUsername = 64;
export const mostMemberships = 100;

const whereText = (field: string) => ({ unique: true, partialFilterExpression: { [field]: { $type: 'string' } } });

export const usersCollection: CollectionSpec = {
  name: 'users',
  indexes: [
    { name: 'email', key: { email: 1 }, ...whereText('email') },
    { name: 'username', key: { username: 1 }, ...whereText('username') },
    { name: 'gateway_id', key: { gatewayId: 1 }, ...whereText('gatewayId') },
    {
      name: 'number',
      key: { 'memberships.tenantId': 1, 'memberships.number': 1 },
      unique: true,
      partialFilterExpression: { 'memberships.number': { $type: 'number' } },
    },
  ],
};

/** What a user is called where one word has to do. */
export const loginNameOf = ({ email, username }: Pick<User, 'email' | 'username'>): string => email ?? username ?? '';

/** The user's place in a tenant. A system administrator has one in each, without being counted among its users. */
export function membershipIn({ memberships }: User, tenantId: string): Membership | undefined {
  const everywhere = memberships.find(({ role }) => role === 'system_admin');
  return memberships.find((membership) => membership.tenantId === tenantId) ?? (everywhere && { ...everywhere, tenantId });
}

/** Where somebody acts who names no tenant: the default one where a member there, else the oldest membership. */
export function usualMembership(user: User): Membership | undefined {
  const [oldest] = user.memberships.toSorted((one, other) => one.since.getTime() - other.since.getTime());
  return membershipIn(user, DEFAULT_TENANT_ID) ?? oldest;
}
