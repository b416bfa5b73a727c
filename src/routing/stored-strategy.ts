import type { Id } from '../kernel/ids.js';
import type { CollectionSpec } from '../kernel/mongo/collection-spec.js';
import type { Strategy } from './strategy.js';

/** A version of a tenant's strategy; it is never changed, so that what was decided by it can be explained. */
export interface StoredStrategy extends Strategy {
  readonly _id: Id<'str'>;
  readonly madeBy: string;
  readonly madeAt: Date;
}

export const strategiesCollection: CollectionSpec = {
  name: 'routing_strategies',
  indexes: [{ name: 'version', key: { tenantId: 1, version: -1 }, unique: true }],
};
