import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type Collection, type Db, type Document, MongoClient, type MongoClientOptions } from 'mongodb';
import { tellOfClosedSockets } from './closed-sockets.js';
import { ScopedCollection, type TenantDocument } from './scoped-collection.js';

/**
 * Every read is of majority-committed data on the primary and every write is journalled by a majority: nothing that was
 * acknowledged can be lost. `ignoreUndefined` stays off, or a filter with a lost tenant would match every tenant.
 */
const options: MongoClientOptions = {
  appName: 'payops',
  writeConcern: { w: 'majority', journal: true },
  readConcern: { level: 'majority' },
  readPreference: 'primary',
  retryWrites: true,
  retryReads: true,
  ignoreUndefined: false,
  maxPoolSize: 64,
  serverSelectionTimeoutMS: 5_000,
  connectTimeoutMS: 3_000,
  // A server that hangs is given up this long after the time to connect; until then every request on it waits.
  heartbeatFrequencyMS: 2_000,
  socketTimeoutMS: 30_000,
};

/** The one way to MongoDB. The name of the database comes with the address; without one it is `payops`. */
@Injectable()
export class Database implements OnApplicationShutdown {
  readonly db: Db;

  private constructor(readonly client: MongoClient) {
    const named = client.options.dbName;
    this.db = client.db(named === 'test' ? 'payops' : named);
  }

  static async connect(uri: string): Promise<Database> {
    const client = new MongoClient(uri, options);
    tellOfClosedSockets(client);
    await client.connect();
    return new Database(client);
  }

  /** Rows that belong to no tenant, or infrastructure that serves them all. */
  collection<Row extends Document>(name: string): Collection<Row> {
    return this.db.collection<Row>(name);
  }

  /** Rows of tenants: no query without a scope. */
  scoped<Row extends TenantDocument>(name: string): ScopedCollection<Row> {
    return new ScopedCollection(this.db.collection<Row>(name));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.close();
  }
}
