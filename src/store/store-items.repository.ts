import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import type { Scope } from '../kernel/actor/scope.js';
import { Database } from '../kernel/mongo/database.js';
import type { ScopedCollection } from '../kernel/mongo/scoped-collection.js';
import { type ItemPatch, type StoreItem, storeItemsCollection } from './store-item.js';

const byNumber = { number: 1 } as const;

@Injectable()
export class StoreItemsRepository {
  private readonly items: ScopedCollection<StoreItem>;

  constructor(database: Database) {
    this.items = database.scoped<StoreItem>(storeItemsCollection.name);
  }

  find(scope: Scope, number: number, session?: ClientSession): Promise<StoreItem | null> {
    return this.items.findOne(scope, { number }, { session });
  }

  list(scope: Scope, after: number, limit: number): Promise<StoreItem[]> {
    return this.items.find(scope, { number: { $gt: after } }, { sort: byNumber, limit });
  }

  forSale(scope: Scope, limit: number): Promise<StoreItem[]> {
    return this.items.find(scope, { archived: false }, { sort: byNumber, limit });
  }

  async lastNumber(scope: Scope, session: ClientSession): Promise<number> {
    return (await this.items.findOne(scope, {}, { sort: { number: -1 }, session }))?.number ?? 0;
  }

  insert(scope: Scope, item: StoreItem, session: ClientSession): Promise<void> {
    return this.items.insert(scope, item, session);
  }

  change(scope: Scope, number: number, patch: ItemPatch & Pick<StoreItem, 'updatedAt'>, session: ClientSession): Promise<StoreItem | null> {
    return this.items.change(scope, { number }, { $set: patch }, { session });
  }
}
