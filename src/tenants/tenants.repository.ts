import { Injectable } from '@nestjs/common';
import type { ClientSession, Collection } from 'mongodb';
import { Database } from '../kernel/mongo/database.js';
import { type Tenant, type TenantPatch, tenantsCollection } from './tenant.js';

/** Tenants are the scope itself, so they are asked by id; who may is the service's to say. */
@Injectable()
export class TenantsRepository {
  private readonly tenants: Collection<Tenant>;

  constructor(database: Database) {
    this.tenants = database.collection<Tenant>(tenantsCollection.name);
  }

  find(id: string, session?: ClientSession): Promise<Tenant | null> {
    return this.tenants.findOne({ _id: id }, { session });
  }

  list(after: string, limit: number, ids?: readonly string[]): Promise<Tenant[]> {
    return this.tenants.find({ _id: { $gt: after, ...(ids && { $in: [...ids] }) } }, { sort: { _id: 1 }, limit }).toArray();
  }

  async insert(tenant: Tenant, session?: ClientSession): Promise<void> {
    await this.tenants.insertOne(tenant, { session });
  }

  async ensure(tenant: Tenant): Promise<void> {
    const { _id, ...fields } = tenant;
    await this.tenants.updateOne({ _id }, { $setOnInsert: fields }, { upsert: true });
  }

  change(session: ClientSession, { _id, rev }: Tenant, patch: TenantPatch): Promise<Tenant | null> {
    return this.tenants.findOneAndUpdate({ _id, rev }, { $set: patch, $inc: { rev: 1 } }, { session, returnDocument: 'after' });
  }

  /** Takes the next number; gaps stay where the transaction is given up. */
  async nextUserNumber(session: ClientSession, id: string): Promise<number | undefined> {
    const before = await this.tenants.findOneAndUpdate({ _id: id }, { $inc: { nextUserNumber: 1 } }, { session, returnDocument: 'before' });
    return before?.nextUserNumber;
  }
}
