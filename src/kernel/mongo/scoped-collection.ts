import type {
  ClientSession,
  Collection,
  CountDocumentsOptions,
  Document,
  Filter,
  FindOneAndUpdateOptions,
  FindOptions,
  UpdateFilter,
} from 'mongodb';
import { type Scope, visibleTo } from '../actor/scope.js';

export interface TenantDocument extends Document {
  readonly _id: unknown;
  readonly tenantId: string;
}

/** A collection of tenants' rows that can only be asked with a scope; the scope is written last, so that no filter widens it. */
export class ScopedCollection<Row extends TenantDocument> {
  constructor(private readonly rows: Collection<Row>) {}

  find(scope: Scope, filter: Filter<Row>, options: FindOptions = {}): Promise<Row[]> {
    return this.rows.find(within(scope, filter), options).toArray() as unknown as Promise<Row[]>;
  }

  findOne(scope: Scope, filter: Filter<Row>, options: FindOptions = {}): Promise<Row | null> {
    return this.rows.findOne(within(scope, filter), options) as Promise<Row | null>;
  }

  count(scope: Scope, filter: Filter<Row>, options: CountDocumentsOptions = {}): Promise<number> {
    return this.rows.countDocuments(within(scope, filter), options);
  }

  aggregate<Result extends Document>(scope: Scope, match: Filter<Row>, stages: Document[]): Promise<Result[]> {
    return this.rows.aggregate<Result>([{ $match: within(scope, match) }, ...stages]).toArray();
  }

  /** The row after the change, or null where none matched: it is not the caller's, not there, or somebody moved first. */
  change(scope: Scope, filter: Filter<Row>, update: UpdateFilter<Row>, options: FindOneAndUpdateOptions = {}): Promise<Row | null> {
    return this.rows.findOneAndUpdate(within(scope, filter), update, {
      returnDocument: 'after',
      ...options,
    }) as unknown as Promise<Row | null>;
  }

  async insert(scope: Scope, row: Row, session?: ClientSession): Promise<void> {
    const bounds = Object.entries(visibleTo(scope));
    if (bounds.some(([field, value]) => row[field] !== value)) throw new Error('A row was about to be written outside the scope');
    await this.rows.insertOne(row as never, { session });
  }
}

const within = <Row extends TenantDocument>(scope: Scope, filter: Filter<Row>): Filter<Row> => ({ ...filter, ...visibleTo(scope) });
