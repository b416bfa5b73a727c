import { Injectable } from '@nestjs/common';
import type { ClientSession, Collection } from 'mongodb';
import { hasCode } from '../kernel/mongo/error-code.js';
import { Database } from '../kernel/mongo/database.js';
import { mostTeams, type Tenant, type TenantPatch, tenantsCollection } from './tenant.js';

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

  findAll(ids: readonly string[]): Promise<Tenant[]> {
    return this.tenants.find({ _id: { $in: [...ids] } }, { sort: { _id: 1 } }).toArray();
  }

  list(after: string, limit: number, ids?: readonly string[]): Promise<Tenant[]> {
    return this.tenants.find({ _id: { $gt: after, ...(ids && { $in: [...ids] }) } }, { sort: { _id: 1 }, limit }).toArray();
  }

  async insert(session: ClientSession, tenant: Tenant): Promise<void> {
    await this.tenants.insertOne(tenant, { session });
  }

  async ensure({ _id, ...fields }: Tenant): Promise<void> {
    try {
      await this.tenants.updateOne({ _id }, { $setOnInsert: fields }, { upsert: true });
    } catch (error) {
      // Another process made it at the same moment.
      if (!hasCode(error, 11000)) throw error;
    }
  }

  change(session: ClientSession, { _id, rev }: Tenant, patch: TenantPatch): Promise<Tenant | null> {
    return this.tenants.findOneAndUpdate({ _id, rev }, { $set: patch, $inc: { rev: 1 } }, { session, returnDocument: 'after' });
  }

  async nextUserNumber(id: string, session?: ClientSession): Promise<number | undefined> {
    const before = await this.tenants.findOneAndUpdate({ _id: id }, { $inc: { nextUserNumber: 1 } }, { session, returnDocument: 'before' });
    return before?.nextUserNumber;
  }

  /** Undefined where all are given out. */
  async nextTeamNumber(session: ClientSession, id: string): Promise<number | undefined> {
    const room = { lastTeamNumber: { $not: { $gte: mostTeams } } };
    const after = await this.tenants.findOneAndUpdate(
      { _id: id, ...room },
      { $inc: { lastTeamNumber: 1 } },
      { session, returnDocument: 'after' },
    );
    return after?.lastTeamNumber;
  }
}
