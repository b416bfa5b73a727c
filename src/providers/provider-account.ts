import type { Id } from '../kernel/ids.js';
import type { CollectionSpec } from '../kernel/mongo/collection-spec.js';

/** Where an account is: with the real provider, or with the one that only plays it. */
export const modes = ['live', 'sandbox'] as const;
export type Mode = (typeof modes)[number];

/** What a provider takes for a payment in a currency. */
export interface Price {
  readonly currency: string;
  readonly fixedMinor: number;
  readonly basisPoints: number;
}

/** A tenant's account at a payment provider. */
export interface ProviderAccount {
  readonly _id: Id<'prv'>;
  readonly tenantId: string;
  readonly ownerId: string;
  /** What strategies call it; one of a kind within the tenant. */
  readonly name: string;
  /** The kind of provider. */
  readonly connector: string;
  readonly mode: Mode;
  /** The credentials, as JSON. */
  readonly sealed: string;
  readonly enabled: boolean;
  readonly prices: readonly Price[];
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly rev: number;
}
export type Credentials = Readonly<Record<string, string>>;
export interface NewAccount extends Pick<ProviderAccount, 'name' | 'connector' | 'mode' | 'enabled' | 'prices'> {
  readonly credentials: Credentials;
}
export interface AccountPatch extends Partial<Pick<ProviderAccount, 'enabled' | 'prices'>> {
  readonly credentials?: Credentials | undefined;
}

export const limits = { accountsOfTenant: 100, name: 50, credential: 10_000, prices: 200, fixedMinor: 1_000_000_000, basisPoints: 10_000 };

export const providerAccountsCollection: CollectionSpec = {
  name: 'provider_accounts',
  indexes: [{ name: 'name', key: { tenantId: 1, name: 1 }, unique: true }],
};
