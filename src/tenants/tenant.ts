import { isDeepStrictEqual } from 'node:util';
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
  readonly nextUserNumber: number;
  /** Absent as long as there is no team. */
  readonly lastTeamNumber?: number;
  readonly createdAt: Date;
  readonly rev: number;
}
export type TenantPatch = Partial<Pick<Tenant, 'name' | 'currency' | 'timeZone' | 'settings'>>;

/** Numbers up to 1000 are kept for store teams. */
export const firstUserNumber = 1_001;
export const mostTeams = firstUserNumber - 1;
export const longestName = 200;
const largestSettingsBytes = 16 * 1024;

export const tenantsCollection: CollectionSpec = {
  name: 'tenants',
  indexes: [{ name: 'slug', key: { slug: 1 }, unique: true }],
};

export function isTimeZone(name: unknown): name is string {
  // The runtime also takes offsets such as +01:00, which are no zones: they know no summer time.
  if (typeof name !== 'string' || !/^[A-Za-z][\w+/-]{0,63}$/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

export const areSettings = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Buffer.byteLength(JSON.stringify(value)) <= largestSettingsBytes;

/** The part of a patch that differs from what is there. */
export function changesOf(tenant: Tenant, patch: TenantPatch): TenantPatch {
  const entries = Object.entries(patch) as [keyof TenantPatch, unknown][];
  return Object.fromEntries(entries.filter(([field, value]) => value !== undefined && !isDeepStrictEqual(value, tenant[field])));
}

/** A readable name for addresses; the tail keeps two tenants of one name apart. */
export function slugOf(name: string, tail: string): string {
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-|-$/g, '');
  return `${words || 'tenant'}-${tail}`;
}
