import type { Id } from '../kernel/ids.js';
import type { CollectionSpec } from '../kernel/mongo/collection-spec.js';

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
export interface SealedSecret {
  readonly sealed: string;
  /** Null for the present one. */
  readonly until: Date | null;
}
export type EndpointPatch = Partial<Pick<WebhookEndpoint, 'url' | 'description' | 'eventTypes' | 'enabled'>>;
export type NewEndpoint = Pick<WebhookEndpoint, 'url' | 'description' | 'eventTypes'>;

export const limits = { endpointsOfTenant: 100, eventTypes: 50, description: 200, overlapHours: 24 };

export const webhookEndpointsCollection: CollectionSpec = {
  name: 'webhook_endpoints',
  indexes: [{ name: 'tenant', key: { tenantId: 1, _id: -1 } }],
};

/** Of the secrets, those that are good now. */
export const goodSecrets = (secrets: readonly SealedSecret[], now: Date): readonly SealedSecret[] =>
  secrets.filter(({ until }) => until === null || until > now);

/** The new secret, and the one that it replaces for as long as they overlap. */
export function rotatedSecrets(secrets: readonly SealedSecret[], sealed: string, overlapHours: number, now: Date): SealedSecret[] {
  const until = new Date(now.getTime() + overlapHours * 3_600_000);
  return [{ sealed, until: null }, ...secrets.filter((one) => one.until === null).map((one) => ({ ...one, until }))];
}
