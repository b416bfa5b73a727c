import { randomBytes } from 'node:crypto';
import type { CollectionSpec } from '../kernel/mongo/collection-spec.js';

/** How far a tenant's feed goes. */
export interface FeedRow {
  /** The tenant's id. */
  readonly _id: string;
  /** Of the newest event. */
  readonly position: number;
  /** By the name of a source, its last row of which there is an event. */
  readonly through: Readonly<Record<string, number>>;
}
export const feedsCollection: CollectionSpec = { name: 'event_feeds', indexes: [] };

/** Positions of rows of a source: the first of them is that of `firstRow`, and both count on together. */
export interface RangeRow {
  readonly _id: string;
  readonly tenantId: string;
  readonly source: string;
  readonly from: number;
  readonly to: number;
  readonly firstRow: number;
  /** When the rows came, both inclusive. */
  readonly since: Date;
  readonly until: Date;
}
export const rangesCollection: CollectionSpec = {
  name: 'event_ranges',
  indexes: [{ name: 'position', key: { tenantId: 1, to: 1 }, unique: true }],
};

/** Which node gives out positions, as the server's clock has it; there is one row. */
export interface LeaseRow {
  readonly _id: string;
  readonly holder: string;
  readonly until: Date;
  /** What another node has said last, as `callOf` writes it. */
  readonly call?: string;
}
export const leaseCollection: CollectionSpec = { name: 'event_lease', indexes: [] };
export const LEASE = 'sequencer';

/** The tenants for which there is something to do; no two calls are alike, so that each of them is a change. */
export const callOf = (tenants: readonly string[]): string => `${randomBytes(6).toString('base64url')} ${tenants.join(' ')}`;
export const tenantsOf = (call: string): readonly string[] => call.split(' ').slice(1).filter(Boolean);
