import type { Actor } from '../kernel/actor/actor.js';
import type { GatewayCredential } from '../kernel/actor/gateway-credentials.js';
import type { Role } from '../kernel/actor/permissions.js';
import { gatewayTime } from '../kernel/dialect/gateway-time.js';
import { gatewayUserId } from '../kernel/ids.js';
import type { SignedIn } from './auth.service.js';
import type { User } from './user.js';
import type { GatewayRole } from './users.gateway.dto.js';

/** An owner is an administrator here; other roles of the platform keep their names. */
const shown = (role: Role): string => (role === 'owner' ? 'admin' : role);

export class GatewayRegisteredView {
  /** @example "User registered successfully." */
  message: string;
  /** @example "user_0190a1b2c3d4" */
  userId: string;
  /** For `X-API-Key`; nobody can be shown it again. @example "PK_LIVE_5F1C20AB9D7E3344" */
  apiKey: string;
  /** Signs this user's webhooks. @example "SK_00112233445566778899AABBCCDDEEFF" */
  webhookSecret: string;
  /** @example "user" */
  role: string;
  /** @example "2026-01-03T10:00:00.000000Z" */
  createdAt: string;

  static of({ user, credential }: { user: Pick<User, 'gatewayId' | 'createdAt'>; credential: GatewayCredential }): GatewayRegisteredView {
    const { gatewayId: userId, createdAt } = user;
    return { message: 'User registered successfully.', userId, ...credential, role: 'user', createdAt: gatewayTime(createdAt) };
  }
}
export class GatewayLoginView {
  /** A JWT for `Authorization: Bearer`, good for two hours. @example "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.e30.signature" */
  access_token: string;
  /** @example "bearer" */
  token_type: string;
  /** @example "user_0190a1b2c3d4" */
  userId: string;
  /** @example "user" */
  role: string;

  static of({ user, membership, accessToken }: SignedIn): GatewayLoginView {
    return { access_token: accessToken, token_type: 'bearer', userId: user.gatewayId, role: shown(membership.role) };
  }
}
export class GatewayRoleView {
  /** @example "User role updated to 'ValidRoles.merchant'" */
  message: string;
  /** @example "user_0190a1b2c3d4" */
  userId: string;

  /** The published sentence prints the name of an enumeration's member. */
  static of({ userId, role }: { userId: string; role: GatewayRole }): GatewayRoleView {
    return { message: `User role updated to 'ValidRoles.${role}'`, userId };
  }
}
export class GatewayProtectedView {
  /** @example "Access granted — authenticated user." */
  message: string;
  /** @example "user_0190a1b2c3d4" */
  userId: string;
  /** The role of now. @example "user" */
  role: string;

  static of({ userId, role }: Actor): GatewayProtectedView {
    return { message: 'Access granted — authenticated user.', userId: gatewayUserId(userId), role: shown(role) };
  }
}
export class GatewayDashboardView {
  /** @example "Welcome to the admin dashboard." */
  message: string;
  /** @example "user_0190a1b2c3d4" */
  userId: string;
  /** @example "admin" */
  role: string;

  static of({ userId, role }: Actor): GatewayDashboardView {
    return { message: 'Welcome to the admin dashboard.', userId: gatewayUserId(userId), role: shown(role) };
  }
}
