import type { CollectionSpec } from '../kernel/mongo/collection-spec.js';

/** A company that uses the product; everything else belongs to one. */
export interface Tenant {
  readonly _id: string;
  readonly slug: string;
  readonly name: string;
  /** ISO 4217; what new amounts are in where nothing else is said. */
  readonly currency: string;
  /** IANA; days of reports are days of this zone. */
  readonly timeZone: string;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Numbers up to 1000 are kept for store teams. */
  readonly nextUserNumber: number;
  readonly createdAt: Date;
  readonly rev: number;
}
export type TenantPatch = Partial<Pick<Tenant, 'name' | 'currency' | 'timeZone' | 'settings'>>;

export const firstUserNumber = 1_001;

export const tenantsCollection: CollectionSpec = {
  name: 'tenants',
  indexes: [{ name: 'slug', key: { slug: 1 }, unique: true }],
};

export function isTimeZone(name: unknown): name is string {
  if (typeof name !== 'string' || !/^[A-Za-z][\w+/-]{0,63}$/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
