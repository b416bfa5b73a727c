import { setTimeout as pause } from 'node:timers/promises';
import { testDatabaseUri } from '../../test/support/database.js';
import { event, Feed, feedNode, type FeedNode, prepareFeeds } from '../../test/support/events/feed-nodes.js';
import { newSeed, randomOf, scale } from '../../test/support/random.js';
import { tenantScope } from '../kernel/actor/scope.js';
import type { Database } from '../kernel/mongo/database.js';
import type { EventType } from './event.js';
import { DerivedEvents } from './derived-events.js';
import { EventFeed } from './event-feed.js';
import type { EventFilter } from './event-filter.js';
import { leaseCollection } from './event-feed.schema.js';
import { EventSources } from './event-source.js';

const seed = newSeed();
const random = randomOf(seed);
const uri = testDatabaseUri('feed');
const tenants = ['ten_a', 'ten_b', 'ten_c'];
const types: readonly EventType[] = ['PAYMENT_CREATED', 'PAYMENT_UPDATED', 'PAYMENT_DELETED'];
let database: Database;
let feed: EventFeed;

beforeAll(async () => {
  database = await prepareFeeds(uri);
  feed = new EventFeed(database, new DerivedEvents(database, new EventSources()));
});
afterAll(async () => {
  await database.db.dropDatabase();
  await database.client.close();
});

const read = async (tenantId: string, after: number, limit: number, filter?: EventFilter) =>
  feed.read(tenantScope(tenantId), after, await feed.head(tenantId), limit, filter);

describe('readers that begin again at any point while writers write', () => {
  const writers = 6;
  const eachWrites = Math.ceil(scale(5_000, 100_000) / writers);
  const work = { isWritten: false };
  let nodes: FeedNode[] = [];
  afterAll(() => Promise.all(nodes.map((node) => node.stop())));

  /** Transactions of a few events, of which some stay open for a while, and some are given up. */
  async function write(node: FeedNode, share: number): Promise<void> {
    for (let left = share; left > 0;) {
      const few = Math.min(left, 1 + random.below(20));
      const events = Array.from({ length: few }, () => event(random.pick(tenants), { type: random.pick(types) }));
      const waitMs = random.below(10) === 0 ? random.below(60) : 0;
      const isLost = random.below(15) === 0;
      try {
        await node.transact(async (session) => {
          await node.database.collection('events').insertMany(events as never[], { session });
          await pause(waitMs);
          if (isLost) throw new Error('Given up');
        });
        left -= few;
      } catch (error) {
        if (!isLost) throw error;
      }
    }
  }

  /** What one reader of a tenant has seen, when everything is written and it has come to the end. */
  async function follow(tenantId: string, filter: EventFilter): Promise<string[]> {
    const kept = { position: 0, seen: [] as string[] };
    for (;;) {
      // It begins with what it has kept; what it has read since is forgotten with it.
      let { position } = kept;
      const seen: string[] = [];
      for (let pages = 1 + random.below(5); pages > 0; pages--) {
        const isLast = work.isWritten;
        const { events, through } = await read(tenantId, position, 1 + random.below(300), filter);
        position = through;
        seen.push(...events.map(({ _id }) => _id));
        if (
          isLast &&
          events.length === 0 &&
          (await new Feed(database, tenantId).waiting()) === 0 &&
          position === (await feed.head(tenantId))
        )
          return [...kept.seen, ...seen];
        await pause(random.below(5));
      }
      if (random.below(3) > 0) Object.assign(kept, { position, seen: [...kept.seen, ...seen] });
    }
  }

  /** Takes the lease away from whoever has it, without its knowing. */
  async function disturb(): Promise<void> {
    while (!work.isWritten) {
      await pause(100 + random.below(300));
      await database.collection(leaseCollection.name).updateOne({}, { $set: { holder: 'nobody', until: new Date(0) } });
    }
  }

  it('see each event once and in the order in which all see them', async () => {
    nodes = await Promise.all(Array.from({ length: 3 }, () => feedNode(uri, { everyMs: 20, leaseMs: 150, batch: 100 })));
    for (const node of nodes) node.start();
    const filters: EventFilter[] = [{}, {}, { type: 'PAYMENT_UPDATED' }];
    const readers = tenants.flatMap((tenantId) => filters.map((filter) => ({ tenantId, filter, seen: follow(tenantId, filter) })));
    const writing = Promise.all(Array.from({ length: writers }, (_, at) => write(nodes[at % 3] as FeedNode, eachWrites)));
    const disturbing = disturb();
    await writing;
    work.isWritten = true;
    await disturbing;
    for (const { tenantId, filter, seen } of readers) {
      // When a reader is at the end, so is the feed.
      const actual = await seen;
      const all = (await new Feed(database, tenantId).written()).filter(({ type }) => filter.type === undefined || type === filter.type);
      const expected = all.map(({ _id }) => _id);
      expect({ seed, missed: expected.length - actual.length, first: actual.findIndex((id, at) => id !== expected[at]) }).toEqual({
        seed,
        missed: 0,
        first: -1,
      });
    }
    const faults = await Promise.all(tenants.map((tenantId) => new Feed(database, tenantId).faults()));
    expect({ seed, faults }).toEqual({ seed, faults: [[], [], []] });
    expect(await database.collection('events').countDocuments()).toBe(writers * eachWrites);
  }, 600_000);
});
