import type { CollectionSpec } from '../kernel/mongo/collection-spec.js';

/** One sign-in on one device; its refresh tokens are a family that dies together. */
export interface Session {
  readonly _id: string;
  readonly userId: string;
  readonly tenantId: string;
  /** Counts the refreshes; only the newest generation's token is good. */
  readonly generation: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly revokedAt?: Date;
}

export const sessionLifetimeMs = 30 * 86_400_000;

export const sessionsCollection: CollectionSpec = {
  name: 'sessions',
  indexes: [
    { name: 'user', key: { userId: 1 } },
    { name: 'expiry', key: { expiresAt: 1 }, expireAfterSeconds: 0 },
  ],
};
