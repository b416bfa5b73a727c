import { type Permission, roles } from '../kernel/actor/permissions.js';
import type { Id } from '../kernel/ids.js';
import type { CollectionSpec } from '../kernel/mongo/collection-spec.js';

/** A secret of a key at rest; `until` is when one that was replaced stops being good. */
export interface KeySecret {
  /** HMAC-SHA256; the secret itself is nowhere. */
  readonly hash: string;
  readonly until: Date | null;
}

/** What a program calls the product with in somebody's name. */
export interface ApiKey {
  readonly _id: Id<'key'>;
  readonly tenantId: string;
  readonly ownerId: string;
  readonly name: string;
  /** The platform's are long and have scopes; the gateway publishes a form of its own. */
  readonly kind: 'platform' | 'gateway';
  /** How its secrets begin, and the end of the present one: enough to tell keys apart. */
  readonly prefix: string;
  readonly last4: string;
  /** The present secret first, then those it replaced. */
  readonly secrets: readonly KeySecret[];
  readonly scopes: readonly Permission[];
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly createdAt: Date;
  readonly rotatedAt: Date | null;
  readonly revokedAt?: Date;
  /** Counts the changes; every write compares it. */
  readonly rev: number;
}

export const apiKeysCollection: CollectionSpec = {
  name: 'api_keys',
  indexes: [
    { name: 'secret', key: { 'secrets.hash': 1 }, unique: true },
    { name: 'newest', key: { tenantId: 1, ownerId: 1, _id: -1 } },
    { name: 'newest_of_tenant', key: { tenantId: 1, _id: -1 } },
    { name: 'owner', key: { ownerId: 1 } },
  ],
};

export const limits = { name: 200, keysOfOwner: 100, secrets: 5, overlapHours: 24 };

/** Keys make no keys, and what is only somebody's own stays with whoever has signed in. */
export const scopes: readonly Permission[] = roles.system_admin.filter(
  (permission) => permission !== 'self' && !permission.startsWith('keys:'),
);

/** What the gateway's routes need. */
export const gatewayScopes: readonly Permission[] = ['payments:read', 'payments:write'];

/** Whether the key may be used, with the secret that has one of the hashes. */
export function isGood({ secrets, expiresAt, revokedAt }: ApiKey, hashes: readonly string[], now: Date): boolean {
  const secret = secrets.find(({ hash }) => hashes.includes(hash));
  const lasts = (until: Date | null) => until === null || until > now;
  return secret !== undefined && revokedAt === undefined && lasts(secret.until) && lasts(expiresAt);
}

/** The secrets after a rotation: the present one is good until then, the oldest of too many not any more. */
export function rotated(secrets: readonly KeySecret[], hash: string, until: Date, now: Date): KeySecret[] {
  const replaced = secrets.map((secret) => ({ ...secret, until: secret.until ?? until }));
  return [{ hash, until: null }, ...replaced.filter((secret) => secret.until > now)].slice(0, limits.secrets);
}
