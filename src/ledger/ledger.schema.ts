import { Long } from 'mongodb';
import type { CollectionSpec } from '../kernel/mongo/collection-spec.js';
import type { BatchHeader } from './chain.js';
import { type Account, type AccountKey, assetOf, type Entry, isSystem, noTotals, ownerOf } from './ledger.js';

/** Numbers and amounts are 64-bit integers at rest: a double loses a unit beyond 2^53, and an unlike type would not compare as equal. */
export type BatchDocument = BatchHeader & { readonly _id: string };
export type EntryDocument = Entry & { readonly _id: string; readonly batch: number };
export interface AccountDocument extends Account {
  readonly _id: string;
  readonly ownerId: string;
  readonly asset: string;
  readonly policy: 'user' | 'system';
}
export interface AnchorDocument {
  readonly _id: string;
  readonly tenantId: string;
  readonly seq: number;
  readonly hash: string;
  readonly at: Date;
}
/** The session in which a node writes a tenant's batches, so that another one may end it. */
export interface LaneDocument {
  readonly _id: string;
  readonly tenantId: string;
  readonly node: string;
  readonly session: unknown;
}

export const batchesCollection: CollectionSpec = {
  name: 'ledger_batches',
  indexes: [
    { name: 'seq', key: { tenantId: 1, seq: 1 }, unique: true },
    { name: 'time', key: { tenantId: 1, at: 1, seq: 1 } },
  ],
};
export const entriesCollection: CollectionSpec = {
  name: 'ledger_transactions',
  indexes: [
    { name: 'number', key: { tenantId: 1, n: 1 }, unique: true },
    { name: 'history', key: { tenantId: 1, 'postings.account': 1, n: 1 } },
    { name: 'refers_to', key: { tenantId: 1, refersTo: 1 }, partialFilterExpression: { refersTo: { $exists: true } } },
  ],
};
export const accountsCollection: CollectionSpec = {
  name: 'ledger_accounts',
  indexes: [
    { name: 'owner', key: { tenantId: 1, ownerId: 1, asset: 1 }, unique: true },
    { name: 'hold_expiry', key: { 'holds.expiresAt': 1 }, partialFilterExpression: { 'holds.expiresAt': { $exists: true } } },
  ],
};
export const anchorsCollection: CollectionSpec = {
  name: 'ledger_anchors',
  indexes: [{ name: 'seq', key: { tenantId: 1, seq: 1 } }],
};
export const lanesCollection: CollectionSpec = { name: 'ledger_lanes', indexes: [{ name: 'tenant', key: { tenantId: 1 } }] };

export const idOf = (tenantId: string, name: string | number): string => `${tenantId}/${name}`;

/** Greater than every id of the tenant: the next character after the slash. */
export const idBeyond = (tenantId: string): string => `${tenantId}0`;

export function batchDocument(header: BatchHeader): BatchDocument {
  return { _id: idOf(header.tenantId, header.seq), ...integers(header) };
}

/** The id is the key, so that a key works once in its tenant, for ever. */
export function entryDocument(entry: Entry, batch: number): EntryDocument {
  return { _id: idOf(entry.tenantId, entry.key), batch: long(batch), ...integers(entry), meta: entry.meta };
}

export function accountFields(account: Account): Omit<AccountDocument, '_id'> {
  return integers(accountValues(account));
}

/** What a batch changes of an account that is there: not whose it is, nor what it counts. */
export function accountState({ account: _account, tenantId: _tenantId, ...state }: Account): Omit<Account, 'account' | 'tenantId'> {
  return integers(state);
}

/** As they are read back. */
export function accountValues({ account, tenantId, ...state }: Account): Omit<AccountDocument, '_id'> {
  const policy = isSystem(account) ? 'system' : 'user';
  return { tenantId, account, ownerId: ownerOf(account), asset: assetOf(account), policy, ...state };
}

export function toEntry({ _id, batch: _batch, ...entry }: EntryDocument): Entry {
  return entry;
}

export function toAccount({ tenantId, account, available, held, holds, totals, lastAt, seq }: AccountDocument): Account {
  return { tenantId, account, available, held, holds, totals, lastAt, seq };
}

export const emptyAccount = (tenantId: string, account: AccountKey): Account => {
  return { tenantId, account, available: 0, held: 0, holds: [], totals: noTotals, lastAt: null, seq: 0 };
};

const long = (value: number): number => Long.fromNumber(value) as unknown as number;

/** Every number of it as a 64-bit integer, however deep. */
function integers<Value>(value: Value): Value {
  if (typeof value === 'number') return long(value) as Value;
  if (Array.isArray(value)) return value.map(integers) as Value;
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  const fields: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) fields[name] = integers(field);
  return fields as Value;
}
