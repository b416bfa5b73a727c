import type { Id } from '../kernel/ids.js';
import type { CollectionSpec } from '../kernel/mongo/collection-spec.js';
import type { SealedSecret } from '../webhooks/sealed-secrets.js';

export const providers = ['generic'] as const;
export type Provider = (typeof providers)[number];

/** Somebody else's system that sends its events to a tenant. */
export interface Integration {
  readonly _id: Id<'int'>;
  readonly tenantId: string;
  readonly ownerId: string;
  readonly name: string;
  readonly provider: Provider;
  /** What it signs its events with; newest first. */
  readonly secrets: readonly SealedSecret[];
  readonly createdAt: Date;
  readonly rev: number;
}
export type NewIntegration = Pick<Integration, 'name' | 'provider'>;

export const limits = { integrationsOfTenant: 100, name: 200 };

export const integrationsCollection: CollectionSpec = {
  name: 'integrations',
  indexes: [{ name: 'tenant', key: { tenantId: 1, _id: -1 } }],
};
