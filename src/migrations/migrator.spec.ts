import { once } from 'node:events';
import { type Db, MongoClient, type MongoClientOptions } from 'mongodb';
import { testDatabaseUri } from '../../test/support/database.js';
import type { CollectionSpec } from '../kernel/mongo/collection-spec.js';
import { comesTrue } from '../kernel/mongo/mongod-process.js';
import { type Migration, Migrator, SchemaTooNew } from './migrator.js';
import { collections as ofTheProduct, migrations as released } from './schema.js';

const books: CollectionSpec = {
  name: 'books',
  indexes: [
    { name: 'isbn', key: { isbn: 1 }, unique: true },
    { name: 'expiry', key: { at: 1 }, expireAfterSeconds: 60 },
  ],
};
const shelves: CollectionSpec = { name: 'shelves', indexes: [] };

let uri: string;
let db: Db;
let clients: MongoClient[];

beforeEach(async () => {
  uri = testDatabaseUri('migrator');
  clients = [];
  db = (await open()).db();
});
afterEach(async () => {
  await db.dropDatabase();
  await Promise.all(clients.map((client) => client.close()));
});

async function open(options?: MongoClientOptions): Promise<MongoClient> {
  const client = await MongoClient.connect(uri, options);
  clients.push(client);
  return client;
}

/** Migrations that write down when they ran. */
function migration(version: number, ran: number[], work: () => Promise<void> = async () => {}): Migration {
  return {
    version,
    name: `number-${version}`,
    run: async () => {
      ran.push(version);
      await work();
    },
  };
}

function gate(): { opened: Promise<void>; open: () => void } {
  let open: () => void = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

const indexNames = async (name: string): Promise<string[]> => (await db.collection(name).indexes()).map((index) => index.name ?? '').sort();
const leases = () => db.collection<{ _id: string; holder: string; until: Date }>('migrations');
const leaseEnd = async (): Promise<number> => Number((await leases().findOne({ _id: 'lease' }))?.until);

describe('an empty database', () => {
  it('gets every migration in order and every index, and a second run changes nothing', async () => {
    const ran: number[] = [];
    const migrator = new Migrator(db, [migration(1, ran), migration(2, ran)], [books, shelves]);
    await migrator.run();
    await migrator.run();
    expect(ran).toEqual([1, 2]);
    expect(await indexNames('books')).toEqual(['_id_', 'expiry', 'isbn']);
    expect(await indexNames('shelves')).toEqual(['_id_']);
    expect(await db.collection('migrations').find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: 1, name: 'number-1', at: expect.any(Date) },
      { _id: 2, name: 'number-2', at: expect.any(Date) },
    ]);
  });

  it('gets what the product needs', async () => {
    await new Migrator(db, released, ofTheProduct).run();
    for (const { name, indexes } of ofTheProduct) {
      expect(await indexNames(name)).toEqual(['_id_', ...indexes.map((index) => index.name)].sort());
    }
  });
});

describe('two processes at once', () => {
  it('run each migration once: the second waits, and then finds nothing to do', async () => {
    const [first, second]: [number[], number[]] = [[], []];
    const [started, goOn] = [gate(), gate()];
    const slow = migration(1, first, async () => {
      started.open();
      await goOn.opened;
    });
    const running = new Migrator(db, [slow, migration(2, first)], [books]).run();
    await started.opened;
    const other = await open({ monitorCommands: true });
    const refused = once(other, 'commandSucceeded');
    const waiting = new Migrator(other.db(), [migration(1, second), migration(2, second)], [books]).run();
    const [{ commandName, reply }] = await refused;
    expect({ commandName, code: reply.writeErrors[0].code }).toEqual({ commandName: 'update', code: 11000 });
    goOn.open();
    await Promise.all([running, waiting]);
    expect({ first, second }).toEqual({ first: [1, 2], second: [] });
  });

  it('and eight more on a fresh database share the work', async () => {
    const ran: number[] = [];
    const processes = await Promise.all(Array.from({ length: 8 }, () => open()));
    await Promise.all(processes.map((client) => new Migrator(client.db(), [migration(1, ran), migration(2, ran)], [books]).run()));
    expect(ran).toEqual([1, 2]);
  });

  it('take turns for as long as the first one lives, even past the end of its lease', async () => {
    const [first, second]: [number[], number[]] = [[], []];
    const [started, goOn] = [gate(), gate()];
    const slow = migration(1, first, async () => {
      started.open();
      await goOn.opened;
    });
    const running = new Migrator(db, [slow], [], 300).run();
    await started.opened;
    const waiting = new Migrator((await open()).db(), [migration(1, second)], [], 300).run();
    const firstEnd = await leaseEnd();
    expect(await comesTrue(async () => (await leaseEnd()) > firstEnd + 600, 10_000)).toBe(true);
    goOn.open();
    await Promise.all([running, waiting]);
    expect({ first, second }).toEqual({ first: [1], second: [] });
  });
});

describe('a holder of the lease that died', () => {
  it('is waited for until its lease has run out, and no longer', async () => {
    const until = new Date(Date.now() + 500);
    await leases().insertOne({ _id: 'lease', holder: 'gone', until });
    const ran: number[] = [];
    let at = 0;
    await new Migrator(db, [migration(1, ran, async () => void (at = Date.now()))], []).run();
    expect(ran).toEqual([1]);
    expect(at).toBeGreaterThanOrEqual(until.getTime());
    expect(at).toBeLessThan(until.getTime() + 5_000);
  });

  it('takes no lease away from its successor when it was only stopped', async () => {
    const [started, goOn] = [gate(), gate()];
    const stopped = migration(1, [], async () => {
      started.open();
      await goOn.opened;
    });
    const running = new Migrator(db, [stopped], []).run();
    await started.opened;
    const successor = { holder: 'successor', until: new Date(Date.now() + 60_000) };
    await leases().updateOne({ _id: 'lease' }, { $set: successor });
    goOn.open();
    await running;
    expect(await leases().findOne({ _id: 'lease' })).toEqual({ _id: 'lease', ...successor });
  });
});

it('runs a migration again that failed half way, and only then the later ones', async () => {
  const ran: number[] = [];
  let broken = true;
  const halfWay = migration(2, ran, async () => {
    await db.collection('books').updateOne({ isbn: 'a' }, { $set: { title: 'A' } }, { upsert: true });
    if (broken) throw new Error('The power went');
  });
  const migrator = new Migrator(db, [migration(1, ran), halfWay, migration(3, ran)], [books]);
  await expect(migrator.run()).rejects.toThrow('The power went');
  expect(ran).toEqual([1, 2]);
  expect(await indexNames('books')).toEqual(['_id_']);
  broken = false;
  await migrator.run();
  expect(ran).toEqual([1, 2, 2, 3]);
  expect(await indexNames('books')).toEqual(['_id_', 'expiry', 'isbn']);
});

it('refuses a database of a newer program and leaves it as it is', async () => {
  const ran: number[] = [];
  await new Migrator(db, [migration(1, ran), migration(2, ran), migration(3, ran)], []).run();
  const before = await db.collection('migrations').find().toArray();
  const older = new Migrator(db, [migration(1, ran), migration(2, ran)], [books]);
  await expect(older.run()).rejects.toThrow(SchemaTooNew);
  await expect(older.run()).rejects.toThrow('at schema 3, this program knows 2');
  await expect(new Migrator(db, [], [books]).run()).rejects.toThrow('at schema 3, this program knows 0');
  expect(ran).toEqual([1, 2, 3]);
  expect(await db.collection('migrations').find().toArray()).toEqual(before);
  expect(await db.listCollections({ name: 'books' }).toArray()).toEqual([]);
});

describe('an index that cannot be built is refused with the name of the collection', () => {
  const stands: Record<string, () => Promise<unknown>> = {
    'the same name over another field': () => db.collection('books').createIndex({ title: 1 }, { name: 'isbn' }),
    'not unique': () => db.collection('books').createIndex({ isbn: 1 }, { name: 'isbn' }),
    'another expiry': () => db.collection('books').createIndex({ at: 1 }, { name: 'expiry', expireAfterSeconds: 90 }),
    'the same field under another name': () => db.collection('books').createIndex({ isbn: 1 }, { name: 'number', unique: true }),
    'rows that are not unique': () => db.collection('books').insertMany([{ isbn: 'a' }, { isbn: 'a' }]),
  };

  it.each(Object.entries(stands))('%s', async (_case, stand) => {
    await stand();
    await expect(new Migrator(db, [], [shelves, books]).run()).rejects.toThrow(/^The indexes of books cannot be built: .+/);
    await db.collection('books').drop();
    await new Migrator(db, [], [shelves, books]).run();
    expect(await indexNames('books')).toEqual(['_id_', 'expiry', 'isbn']);
  });
});
