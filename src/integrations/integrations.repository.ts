import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import { type Scope, tenantScope } from '../kernel/actor/scope.js';
import { Database } from '../kernel/mongo/database.js';
import type { ScopedCollection } from '../kernel/mongo/scoped-collection.js';
import { type Integration, integrationsCollection } from './integration.js';

@Injectable()
export class IntegrationsRepository {
  private readonly integrations: ScopedCollection<Integration>;

  constructor(private readonly database: Database) {
    this.integrations = database.scoped<Integration>(integrationsCollection.name);
  }

  find(scope: Scope, id: string, session?: ClientSession): Promise<Integration | null> {
    return this.integrations.findOne(scope, { _id: id as Integration['_id'] }, { session });
  }

  /** For what arrives from outside, which names no tenant: its signature will say whether it may. */
  findAddressed(id: string): Promise<Integration | null> {
    return this.rows.findOne({ _id: id as Integration['_id'] });
  }

  list(scope: Scope, limit: number, after?: string): Promise<Integration[]> {
    const older = after === undefined ? {} : { _id: { $lt: after as Integration['_id'] } };
    return this.integrations.find(scope, older, { sort: { _id: -1 }, limit });
  }

  count(tenantId: string, session: ClientSession): Promise<number> {
    return this.integrations.count(tenantScope(tenantId), {}, { session });
  }

  insert(integration: Integration, session: ClientSession): Promise<void> {
    return this.integrations.insert(tenantScope(integration.tenantId), integration, session);
  }

  /** Null where somebody changed it first. */
  change(scope: Scope, { _id, rev }: Integration, patch: Partial<Integration>, session: ClientSession): Promise<Integration | null> {
    return this.integrations.change(scope, { _id, rev }, { $set: patch, $inc: { rev: 1 } }, { session });
  }

  async remove({ _id, tenantId, rev }: Integration, session: ClientSession): Promise<boolean> {
    return (await this.rows.deleteOne({ _id, tenantId, rev }, { session })).deletedCount === 1;
  }

  private get rows() {
    return this.database.collection<Integration>(integrationsCollection.name);
  }
}
