import type { Id } from '../kernel/ids.js';
import type { CollectionSpec } from '../kernel/mongo/collection-spec.js';

/** A sign-in at the store, whose token the client has chosen; a user has one at a time. */
export interface StoreSession {
  readonly _id: Id<'ses'>;
  readonly userId: string;
  readonly tenantId: string;
  /** HMAC-SHA256; the token itself is nowhere. */
  readonly tokenHash: string;
  readonly passwordVersion: number;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
}

export const storeSessionsCollection: CollectionSpec = {
  name: 'store_sessions',
  indexes: [
    { name: 'token', key: { tokenHash: 1 }, unique: true },
    { name: 'user', key: { userId: 1 }, unique: true },
    { name: 'expiry', key: { expiresAt: 1 }, expireAfterSeconds: 0 },
  ],
};

export const longestStoreToken = 256;
const storeToken = new RegExp(`^.{1,${longestStoreToken}}$`, 'su');
export const isStoreToken = (value: unknown): value is string => typeof value === 'string' && storeToken.test(value);
