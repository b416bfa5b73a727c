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
  /** As it was given, trimmed; two that differ in case are two. */
  readonly email?: string;
  readonly username?: string;
  readonly name: string;
  readonly passwordHash?: string;
  readonly memberships: readonly Membership[];
  readonly createdAt: Date;
  readonly rev: number;
  readonly erasedAt?: Date;
}

const whereText = (field: string) => ({ unique: true, partialFilterExpression: { [field]: { $type: 'string' } } });

export const usersCollection: CollectionSpec = {
  name: 'users',
  indexes: [
    { name: 'email', key: { email: 1 }, ...whereText('email') },
    { name: 'username', key: { username: 1 }, ...whereText('username') },
    { name: 'members', key: { 'memberships.tenantId': 1, _id: 1 } },
  ],
};
export const longestEmail = 254;
