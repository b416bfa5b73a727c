import type { Permission, Role } from '../kernel/actor/permissions.js';
import type { SignedInForLong } from './auth.service.js';
import type { User } from './user.js';

export class UserView {
  /** @example "usr_0190a1b2-0000-7000-8000-000000000000" */
  id: string;
  /** @example "owner@acme.test" */
  email: string;
  /** @example "Ada Owner" */
  name: string;

  static of({ _id, email = '', name }: User): UserView {
    return { id: _id, email, name };
  }
}
export class MembershipView {
  /** @example "ten_0190a1b2-0000-7000-8000-000000000000" */
  tenantId: string;
  /** @example "owner" */
  role: Role;
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

  static of({ accessToken, refreshToken, expiresInSeconds, user, membership }: SignedInForLong): SignedInView {
    const shown = ({ tenantId, role }: { tenantId: string; role: Role }): MembershipView => ({ tenantId, role });
    const [tenant, tenants] = [shown(membership), user.memberships.map(shown)];
    return { accessToken, refreshToken, expiresIn: expiresInSeconds, user: UserView.of(user), tenant, tenants };
  }
}
export class MeView {
  user: UserView;
  tenant: MembershipView;
  tenants: MembershipView[];
  /** What the role may do. @example ["payments:read"] */
  permissions: string[];

  static of({ user, tenantId, role, permissions }: Me): MeView {
    const tenants = user.memberships.map((membership) => ({ tenantId: membership.tenantId, role: membership.role }));
    return { user: UserView.of(user), tenant: { tenantId, role }, tenants, permissions: [...permissions] };
  }
}
export interface Me {
  readonly user: User;
  readonly tenantId: string;
  readonly role: Role;
  readonly permissions: readonly Permission[];
}
export class RoleView {
  /** @example "finance" */
  role: Role;
  /** @example ["payments:read","payments:write"] */
  permissions: string[];

  static of({ role, permissions }: { readonly role: Role; readonly permissions: readonly Permission[] }): RoleView {
    return { role, permissions: [...permissions] };
  }
}
export class DoneView {
  /** @example true */
  done: boolean;

  static of(): DoneView {
    return { done: true };
  }
}
