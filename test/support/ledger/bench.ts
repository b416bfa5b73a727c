import type { ClientSession } from 'mongodb';
import { Keys } from '../../../src/kernel/config/keys.js';
import { Database } from '../../../src/kernel/mongo/database.js';
import { GroupedLedgerWriter, ledgerLimits, type LedgerLimits } from '../../../src/ledger/grouped-ledger-writer.js';
import type { LedgerStore } from '../../../src/ledger/ledger-store.js';
import type { LedgerWriter } from '../../../src/ledger/ledger-writer.js';
import {
  accountsCollection,
  anchorsCollection,
  batchesCollection,
  entriesCollection,
  lanesCollection,
} from '../../../src/ledger/ledger.schema.js';
import { MongoLedgerStore } from '../../../src/ledger/mongo-ledger-store.js';
import { FakeClock } from '../clock.js';
import { testDatabaseUri } from '../database.js';
import { FaultyLedgerStore } from './faulty-ledger-store.js';
import { MemoryLedgerStore } from './memory-ledger-store.js';

/** A place for ledgers, and documents that may be written together with a posting. */
export interface Books {
  /** A connection of its own, as each node has one. */
  connect(): LedgerStore;
  write(session: ClientSession, id: string): Promise<void>;
  written(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export function memoryBooks(store = new MemoryLedgerStore()): Books {
  return {
    connect: () => store,
    write: (session, id) => store.write(session, id),
    written: () => Promise.resolve(store.written()),
    close: async () => {},
  };
}

export async function mongoBooks(uri = testDatabaseUri('ledger')): Promise<Books & { readonly database: Database }> {
  const database = await Database.connect(uri);
  for (const { name, indexes } of [accountsCollection, anchorsCollection, batchesCollection, entriesCollection, lanesCollection]) {
    await database.db.createCollection(name);
    await database.db.collection(name).createIndexes([...indexes]);
  }
  const documents = await database.db.createCollection<{ _id: string }>('documents');
  return {
    database,
    connect: () => new MongoLedgerStore(database),
    write: async (session, id) => void (await documents.insertOne({ _id: id }, { session })),
    written: async () => (await documents.find().toArray()).map(({ _id }) => _id),
    close: async () => {
      await database.db.dropDatabase();
      await database.client.close();
    },
  };
}

export interface LedgerNode {
  readonly writer: LedgerWriter;
  readonly store: FaultyLedgerStore;
}
export interface Bench {
  readonly clock: FakeClock;
  readonly books: Books;
  node(limits?: Partial<LedgerLimits>): LedgerNode;
}

export const ledgerKeys = new Keys(Buffer.alloc(32, 7));

/** Nodes of the product's writer over the books; all of them read one clock, which stands still. */
export function benchOver(books: Books): Bench {
  const clock = new FakeClock();
  const node = (limits: Partial<LedgerLimits> = {}) => {
    const store = new FaultyLedgerStore(books.connect(), books.connect());
    return { store, writer: new GroupedLedgerWriter(store, ledgerKeys, clock, { ...ledgerLimits, ...limits }) };
  };
  return { clock, books, node };
}
