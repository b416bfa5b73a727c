import type { Id } from '../kernel/ids.js';
import type { CollectionSpec } from '../kernel/mongo/collection-spec.js';
import { longestOverlapHours, type SealedSecret } from './sealed-secrets.js';

/** `asked`: by a person; `gone`: it answered 410; `failing`: for days every try failed. */
export type DisabledReason = 'asked' | 'gone' | 'failing';

/** Where a tenant, or a merchant for itself, wants to be told what happens. */
export interface WebhookEndpoint {
  readonly _id: Id<'whk'>;
  readonly tenantId: string;
  readonly ownerId: string;
  readonly url: string;
  readonly description: string;
  /** `payment.completed`, `payment.*` or `*`. */
  readonly eventTypes: readonly string[];
  readonly enabled: boolean;
  readonly disabledReason: DisabledReason | null;
  /** Sealed, newest first; the second signs as well until its time is over. */
  readonly secrets: readonly SealedSecret[];
  /** Since when every try has failed. */
  readonly failingSince: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly rev: number;
}
export type EndpointPatch = Partial<Pick<WebhookEndpoint, 'url' | 'description' | 'eventTypes' | 'enabled'>>;
export type NewEndpoint = Pick<WebhookEndpoint, 'url' | 'description' | 'eventTypes'>;

export const limits = { endpointsOfTenant: 100, eventTypes: 50, description: 200, overlapHours: longestOverlapHours };

export const webhookEndpointsCollection: CollectionSpec = {
  name: 'webhook_endpoints',
  indexes: [{ name: 'tenant', key: { tenantId: 1, _id: -1 } }],
};
