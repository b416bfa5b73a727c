import { Injectable } from '@nestjs/common';
import type { Collection } from 'mongodb';
import { Clock } from '../kernel/clock.js';
import { Database } from '../kernel/mongo/database.js';
import { hasCode } from '../kernel/mongo/error-code.js';
import { healthCollection, type StoredHealth } from './stored-health.js';
import type { SharedHealth } from './tenant-health.js';

/** One document a tenant, which every node extends by what it has seen. */
@Injectable()
export class ProviderHealthRepository {
  private readonly rows: Collection<StoredHealth>;

  constructor(
    database: Database,
    private readonly clock: Clock,
  ) {
    this.rows = database.collection<StoredHealth>(healthCollection.name);
  }

  find(tenantId: string): Promise<StoredHealth | null> {
    return this.rows.findOne({ _id: tenantId });
  }

  /** Of these tenants, what is newer than is known. */
  async newer(known: readonly { readonly tenantId: string; readonly rev: number }[]): Promise<StoredHealth[]> {
    if (known.length === 0) return [];
    return this.rows.find({ $or: known.map(({ tenantId, rev }) => ({ _id: tenantId, rev: { $gt: rev } })) }).toArray();
  }

  /** The revision after the one before; false where another node has written it. */
  async replace(tenantId: string, after: SharedHealth): Promise<boolean> {
    const row = { ...after, sharedAt: this.clock.now() };
    try {
      if (after.rev > 1) return (await this.rows.replaceOne({ _id: tenantId, rev: after.rev - 1 }, row)).matchedCount === 1;
      await this.rows.insertOne({ _id: tenantId, ...row });
      return true;
    } catch (error) {
      if (hasCode(error, 11000)) return false;
      throw error;
    }
  }
}
