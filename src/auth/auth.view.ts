import { type Permission, type Role, roles } from '../kernel/actor/permissions.js';
import type { Tenant } from '../tenants/tenant.js';
import type { Profile, Refreshable } from './auth.service.js';
import type { Membership, User } from './user.js';

export class UserView {
  /** @example "usr_0190a1b2-0000-7000-8000-000000000000" */
  id: string;
  /** Null for a user who signs in by name. @example "owner@acme.test" */
  email: string | null;
  /** @example "Ada Owner" */
  name: string;

  static of({ _id, email, name }: User): UserView {
    return { id: _id, email: email ?? null, name };
  }
}
export class MembershipView {
  /** The tenant's. @example "ten_0190a1b2-0000-7000-8000-000000000000" */
  id: string;
  /** @example "acme-ltd-a1b2c3" */
  slug: string;
  /** @example "Acme Ltd" */
  name: string;
  /** What the user is there. @example "owner" */
  role: Role;
  /** Of the user, within the tenant. @example 1001 */
  userNumber: number;

  static of({ tenantId, role, number }: Membership, tenants: readonly Tenant[]): MembershipView {
    const { slug = '', name = '' } = tenants.find(({ _id }) => _id === tenantId) ?? {};
    return { id: tenantId, slug, name, role, userNumber: number };
  }
}
export class SignedInView {
  /** A JWT for `Authorization: Bearer`. @example "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.signature" */
  accessToken: string;
  /** Good for one refresh; using it again ends the session. @example "rt_c2VzXzAxOTBhMWIyLjEuYWJj" */
  refreshToken: string;
  /** Seconds the access token is good for. @example 900 */
  expiresIn: number;
  user: UserView;
  /** Where the token acts. */
  tenant: MembershipView;
  /** Where the user is a member. */
  tenants: MembershipView[];

  static of({ accessToken, refreshToken, expiresInSeconds, ...profile }: Refreshable): SignedInView {
    return { accessToken, refreshToken, expiresIn: expiresInSeconds, ...whoAndWhere(profile) };
  }
}
export class ProfileView {
  user: UserView;
  /** Where the token acts. */
  tenant: MembershipView;
  /** Where the user is a member. */
  tenants: MembershipView[];
  /** What the role may do in the tenant. @example ["self","payments:read"] */
  permissions: string[];

  static of(profile: Profile): ProfileView {
    return { ...whoAndWhere(profile), permissions: [...roles[profile.membership.role]] };
  }
}
export class RoleView {
  /** @example "finance" */
  role: Role;
  /** @example ["self","payments:read","payments:write"] */
  permissions: string[];

  static of([role, permissions]: readonly [Role, readonly Permission[]]): RoleView {
    return { role, permissions: [...permissions] };
  }
}

function whoAndWhere({ user, membership, tenants }: Profile): Pick<ProfileView, 'user' | 'tenant' | 'tenants'> {
  return {
    user: UserView.of(user),
    tenant: MembershipView.of(membership, tenants),
    tenants: user.memberships.map((each) => MembershipView.of(each, tenants)),
  };
}
