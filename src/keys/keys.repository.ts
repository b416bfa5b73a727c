import { Injectable } from '@nestjs/common';
import type { ClientSession, Collection, UpdateFilter } from 'mongodb';
import type { Scope } from '../kernel/actor/scope.js';
import { Database } from '../kernel/mongo/database.js';
import type { ScopedCollection } from '../kernel/mongo/scoped-collection.js';
import { type ApiKey, apiKeysCollection } from './api-key.js';

const notRevoked = { revokedAt: { $exists: false } } as const;

@Injectable()
export class KeysRepository {
  private readonly keys: ScopedCollection<ApiKey>;
  /** A caller is looked for before anybody knows its tenant. */
  private readonly all: Collection<ApiKey>;

  constructor(database: Database) {
    this.keys = database.scoped<ApiKey>(apiKeysCollection.name);
    this.all = database.collection<ApiKey>(apiKeysCollection.name);
  }

  find(scope: Scope, id: string, session?: ClientSession): Promise<ApiKey | null> {
    return this.keys.findOne(scope, { _id: id as ApiKey['_id'], ...notRevoked }, { session });
  }

  /** Newest first. */
  list(scope: Scope, limit: number, after?: string): Promise<ApiKey[]> {
    const beyond = after === undefined ? {} : { _id: { $lt: after as ApiKey['_id'] } };
    return this.keys.find(scope, { ...notRevoked, ...beyond }, { sort: { _id: -1 }, limit });
  }

  countOf(ownerId: string, session: ClientSession): Promise<number> {
    return this.all.countDocuments({ ownerId, ...notRevoked }, { session });
  }

  insert(scope: Scope, key: ApiKey, session: ClientSession): Promise<void> {
    return this.keys.insert(scope, key, session);
  }

  /** Null where somebody moved first. */
  change(scope: Scope, { _id, rev }: ApiKey, $set: Partial<ApiKey>, session: ClientSession): Promise<ApiKey | null> {
    const update = { $set, $inc: { rev: 1 } } as UpdateFilter<ApiKey>;
    return this.keys.change(scope, { _id, rev, ...notRevoked }, update, { session });
  }

  findBySecret(hashes: readonly string[]): Promise<ApiKey | null> {
    return this.all.findOne({ 'secrets.hash': { $in: [...hashes] } });
  }

  async touch(id: ApiKey['_id'], at: Date, notSince: Date): Promise<void> {
    await this.all.updateOne({ _id: id, $or: [{ lastUsedAt: null }, { lastUsedAt: { $lte: notSince } }] }, { $set: { lastUsedAt: at } });
  }

  async removeOf(session: ClientSession, ownerId: string): Promise<void> {
    await this.all.deleteMany({ ownerId }, { session });
  }
}
