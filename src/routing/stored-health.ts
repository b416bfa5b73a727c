import type { CollectionSpec } from '../kernel/mongo/collection-spec.js';
import type { SharedHealth } from './tenant-health.js';

/** What routing has learned of a tenant's accounts, by the tenant's id. */
export interface StoredHealth extends SharedHealth {
  readonly _id: string;
  readonly sharedAt: Date;
}

/** What nobody has added to for so long says nothing of today. */
const keptSeconds = 30 * 86_400;

export const healthCollection: CollectionSpec = {
  name: 'provider_health',
  indexes: [{ name: 'expiry', key: { sharedAt: 1 }, expireAfterSeconds: keptSeconds }],
};
