import type { CollectionSpec } from '../kernel/mongo/collection-spec.js';

/** Something that teams can buy. It is never deleted, so that its number always means the same. */
export interface StoreItem {
  readonly _id: string;
  readonly tenantId: string;
  /** Counts the items of the tenant from 1. */
  readonly number: number;
  readonly name: string;
  /** In credits. */
  readonly price: number;
  /** Not for sale any more. */
  readonly archived: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
export type NewItem = Pick<StoreItem, 'name' | 'price'>;
export type ItemPatch = Partial<Pick<StoreItem, 'name' | 'price' | 'archived'>>;

export const limits = { name: 200, price: 999_999_999_999 };

export const storeItemsCollection: CollectionSpec = {
  name: 'store_items',
  indexes: [{ name: 'number', key: { tenantId: 1, number: 1 }, unique: true }],
};

/** The part of a patch that differs from what is there. */
export function changesOf(item: StoreItem, patch: ItemPatch): ItemPatch {
  const entries = Object.entries(patch) as [keyof ItemPatch, unknown][];
  return Object.fromEntries(entries.filter(([field, value]) => value !== undefined && value !== item[field]));
}
