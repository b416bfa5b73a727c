import type { Actor } from '../kernel/actor/actor.js';
import type { CollectionSpec } from '../kernel/mongo/collection-spec.js';
import { loginNameOf, type Membership, membershipIn, type User } from './user.js';

export type EndReason = 'signed_out' | 'refresh_token_reused' | 'password_changed' | 'user_erased';

/** One sign-in on one device; its refresh tokens are a family that dies together. */
export interface Session {
  readonly _id: string;
  readonly userId: string;
  readonly tenantId: string;
  /** Counts the refreshes; only the newest generation's token is good. */
  readonly generation: number;
  readonly passwordVersion: number;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
  readonly revokedAt?: Date;
  readonly reason?: EndReason;
}

export const sessionsCollection: CollectionSpec = {
  name: 'sessions',
  indexes: [
    { name: 'user', key: { userId: 1 } },
    { name: 'expiry', key: { expiresAt: 1 }, expireAfterSeconds: 0 },
  ],
};

/**
 * The membership that a session acts in, if it still does. A password's version decides, because a sign-in with the old password
 * may open its session at the very moment in which the others are ended.
 */
export function actingMembership(
  session: Pick<Session, 'userId' | 'tenantId' | 'passwordVersion' | 'revokedAt'>,
  user: User,
): Membership | undefined {
  const good = !session.revokedAt && session.userId === user._id && session.passwordVersion === user.passwordVersion;
  return good ? membershipIn(user, session.tenantId) : undefined;
}

export function actorOf(user: User, { tenantId, role }: Membership, sessionId: string): Actor {
  return { userId: user._id, tenantId, role, email: loginNameOf(user), name: user.name, sessionId };
}
