import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import { type Scope, tenantScope } from '../kernel/actor/scope.js';
import { Database } from '../kernel/mongo/database.js';
import type { ScopedCollection } from '../kernel/mongo/scoped-collection.js';
import { limits, type WebhookEndpoint, webhookEndpointsCollection } from './webhook-endpoint.js';

@Injectable()
export class WebhookEndpointsRepository {
  private readonly endpoints: ScopedCollection<WebhookEndpoint>;

  constructor(private readonly database: Database) {
    this.endpoints = database.scoped<WebhookEndpoint>(webhookEndpointsCollection.name);
  }

  find(scope: Scope, id: string, session?: ClientSession): Promise<WebhookEndpoint | null> {
    return this.endpoints.findOne(scope, { _id: id as WebhookEndpoint['_id'] }, { session });
  }

  list(scope: Scope, limit: number, after?: string): Promise<WebhookEndpoint[]> {
    const older = after === undefined ? {} : { _id: { $lt: after as WebhookEndpoint['_id'] } };
    return this.endpoints.find(scope, older, { sort: { _id: -1 }, limit });
  }

  /** Those that want to be told. */
  enabled(tenantId: string, session: ClientSession): Promise<WebhookEndpoint[]> {
    return this.endpoints.find(tenantScope(tenantId), { enabled: true }, { session, limit: limits.endpointsOfTenant });
  }

  count(tenantId: string, session: ClientSession): Promise<number> {
    return this.endpoints.count(tenantScope(tenantId), {}, { session });
  }

  insert(endpoint: WebhookEndpoint, session: ClientSession): Promise<void> {
    return this.endpoints.insert(tenantScope(endpoint.tenantId), endpoint, session);
  }

  /** Null where somebody changed it first. */
  change(scope: Scope, { _id, rev }: WebhookEndpoint, patch: Partial<WebhookEndpoint>, session: ClientSession) {
    return this.endpoints.change(scope, { _id, rev }, { $set: patch, $inc: { rev: 1 } }, { session });
  }

  async remove({ _id, tenantId, rev }: WebhookEndpoint, session: ClientSession): Promise<boolean> {
    const rows = this.database.collection<WebhookEndpoint>(webhookEndpointsCollection.name);
    return (await rows.deleteOne({ _id, tenantId, rev }, { session })).deletedCount === 1;
  }

  async removeOf(tenantId: string, ownerId: string, session: ClientSession): Promise<void> {
    await this.database.collection<WebhookEndpoint>(webhookEndpointsCollection.name).deleteMany({ tenantId, ownerId }, { session });
  }

  /** How an endpoint does, beside whatever else is changed of it; one that is disabled already stays as it is. */
  async noteFailing({ _id, tenantId }: WebhookEndpoint, failingSince: Date | null): Promise<void> {
    const was = failingSince === null ? { failingSince: { $ne: null } } : { failingSince: null };
    await this.endpoints.change(tenantScope(tenantId), { _id, enabled: true, ...was }, { $set: { failingSince } });
  }
}
