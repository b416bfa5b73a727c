import type { IndexDescription } from 'mongodb';

/** A collection and the indexes without which it may not be served. */
export interface CollectionSpec {
  readonly name: string;
  readonly indexes: readonly (IndexDescription & { readonly name: string })[];
}
