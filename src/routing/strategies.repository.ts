import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import { type Scope, tenantScope } from '../kernel/actor/scope.js';
import { Database } from '../kernel/mongo/database.js';
import { hasCode } from '../kernel/mongo/error-code.js';
import type { ScopedCollection } from '../kernel/mongo/scoped-collection.js';
import { StrategyMoved } from './routing.faults.js';
import { type StoredStrategy, strategiesCollection } from './stored-strategy.js';

@Injectable()
export class StrategiesRepository {
  private readonly strategies: ScopedCollection<StoredStrategy>;

  constructor(database: Database) {
    this.strategies = database.scoped<StoredStrategy>(strategiesCollection.name);
  }

  newest(scope: Scope, session?: ClientSession): Promise<StoredStrategy | null> {
    return this.strategies.findOne(scope, {}, { sort: { version: -1 }, session });
  }

  /** @throws StrategyMoved */
  async insert(strategy: StoredStrategy, session: ClientSession): Promise<void> {
    try {
      await this.strategies.insert(tenantScope(strategy.tenantId), strategy, session);
    } catch (error) {
      throw hasCode(error, 11000) ? new StrategyMoved() : error;
    }
  }
}
