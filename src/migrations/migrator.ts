import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Collection, type Db, MongoServerError } from 'mongodb';
import type { CollectionSpec } from '../kernel/mongo/collection-spec.js';

/** One change of stored data; it may be cut off anywhere and must then carry on when run again. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  run(db: Db): Promise<void>;
}
interface Applied {
  readonly _id: number | 'lease';
  readonly name?: string;
  readonly at?: Date;
  readonly holder?: string;
  readonly until?: Date;
}

const pollMs = 100;

export class SchemaTooNew extends Error {
  constructor(found: number, known: number) {
    super(`The database is at schema ${found}, this program knows ${known}: start the newer program, or restore an older database.`);
  }
}

/** Brings a database up to this program: changes of data in order, once, by one process at a time; then every index. */
export class Migrator {
  private readonly applied: Collection<Applied>;
  private readonly holder = randomUUID();

  constructor(
    private readonly db: Db,
    private readonly migrations: readonly Migration[],
    private readonly collections: readonly CollectionSpec[],
    private readonly leaseMs = 30_000,
  ) {
    this.applied = db.collection<Applied>('migrations');
  }

  /** @throws SchemaTooNew, or the server's error where an index cannot be built */
  async run(): Promise<void> {
    await this.takeLease();
    const renewal = setInterval(() => void this.renew().catch(() => {}), this.leaseMs / 3);
    try {
      await this.applyPending();
      for (const { name, indexes } of this.collections) await this.build(name, indexes);
    } finally {
      clearInterval(renewal);
      await this.applied.deleteOne({ _id: 'lease', holder: this.holder });
    }
  }

  private async applyPending(): Promise<void> {
    const known = this.migrations.at(-1)?.version ?? 0;
    const done = await this.applied.find({ _id: { $ne: 'lease' } }).toArray();
    const newest = Math.max(0, ...done.map(({ _id }) => Number(_id)));
    if (newest > known) throw new SchemaTooNew(newest, known);
    for (const migration of this.migrations.filter(({ version }) => !done.some(({ _id }) => _id === version))) {
      await migration.run(this.db);
      await this.applied.insertOne({ _id: migration.version, name: migration.name, at: new Date() });
    }
  }

  private async build(collection: string, indexes: CollectionSpec['indexes']): Promise<void> {
    try {
      if (indexes.length > 0) await this.db.collection(collection).createIndexes([...indexes]);
      else await this.db.createCollection(collection);
    } catch (cause) {
      // 48: the collection is there already.
      if (cause instanceof MongoServerError && cause.code === 48) return;
      throw new Error(`The indexes of ${collection} cannot be built: ${(cause as Error).message}`, { cause });
    }
  }

  private async takeLease(): Promise<void> {
    for (;;) {
      try {
        await this.applied.updateOne(
          { _id: 'lease', until: { $lt: new Date() } },
          { $set: { holder: this.holder, until: new Date(Date.now() + this.leaseMs) } },
          { upsert: true },
        );
        return;
      } catch (error) {
        // A duplicate key: the lease is there and has not run out.
        if (!(error instanceof MongoServerError) || error.code !== 11000) throw error;
        await pause(pollMs);
      }
    }
  }

  private async renew(): Promise<void> {
    await this.applied.updateOne({ _id: 'lease', holder: this.holder }, { $set: { until: new Date(Date.now() + this.leaseMs) } });
  }
}
