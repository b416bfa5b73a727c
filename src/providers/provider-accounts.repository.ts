import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import { type Scope, tenantScope } from '../kernel/actor/scope.js';
import { Database } from '../kernel/mongo/database.js';
import { hasCode } from '../kernel/mongo/error-code.js';
import type { ScopedCollection } from '../kernel/mongo/scoped-collection.js';
import { type ProviderAccount, providerAccountsCollection } from './provider-account.js';
import { ProviderNameTaken } from './provider.faults.js';

@Injectable()
export class ProviderAccountsRepository {
  private readonly accounts: ScopedCollection<ProviderAccount>;

  constructor(private readonly database: Database) {
    this.accounts = database.scoped<ProviderAccount>(providerAccountsCollection.name);
  }

  find(scope: Scope, id: string, session?: ClientSession): Promise<ProviderAccount | null> {
    return this.accounts.findOne(scope, { _id: id as ProviderAccount['_id'] }, { session });
  }

  /** For what arrives from outside, which names no tenant: its signature will say whether it may. */
  findAddressed(id: string): Promise<ProviderAccount | null> {
    return this.rows.findOne({ _id: id as ProviderAccount['_id'] });
  }

  /** In the order of their names; after one of them. */
  list(scope: Scope, limit: number, after = ''): Promise<ProviderAccount[]> {
    return this.accounts.find(scope, { name: { $gt: after } }, { sort: { name: 1 }, limit });
  }

  count(tenantId: string, session: ClientSession): Promise<number> {
    return this.accounts.count(tenantScope(tenantId), {}, { session });
  }

  /** @throws ProviderNameTaken */
  async insert(account: ProviderAccount, session: ClientSession): Promise<void> {
    try {
      await this.accounts.insert(tenantScope(account.tenantId), account, session);
    } catch (error) {
      throw hasCode(error, 11000) ? new ProviderNameTaken() : error;
    }
  }

  /** Null where somebody changed it first. */
  change(scope: Scope, { _id, rev }: ProviderAccount, patch: Partial<ProviderAccount>, session: ClientSession) {
    return this.accounts.change(scope, { _id, rev }, { $set: patch, $inc: { rev: 1 } }, { session });
  }

  async remove({ _id, tenantId, rev }: ProviderAccount, session: ClientSession): Promise<boolean> {
    return (await this.rows.deleteOne({ _id, tenantId, rev }, { session })).deletedCount === 1;
  }

  private get rows() {
    return this.database.collection<ProviderAccount>(providerAccountsCollection.name);
  }
}
