import type { CollectionSpec } from '../kernel/mongo/collection-spec.js';

/** What webhooks from and to a user of the gateway are signed with. */
export interface GatewaySecret {
  /** The user's id. */
  readonly _id: string;
  readonly sealed: string;
}

export const gatewaySecretsCollection: CollectionSpec = { name: 'gateway_secrets', indexes: [] };
