import { setTimeout as pause } from 'node:timers/promises';
import { event, Feed, feedNode, type FeedNode, type NodeOptions, prepareFeeds, rowId } from '../../test/support/events/feed-nodes.js';
import { testDatabaseUri } from '../../test/support/database.js';
import { armFailpoints } from '../kernel/failpoints.js';
import type { Database } from '../kernel/mongo/database.js';
import { comesTrue } from '../kernel/mongo/mongod-process.js';
import { tenantScope } from '../kernel/actor/scope.js';
import { DerivedEvents } from './derived-events.js';
import { EventFeed } from './event-feed.js';
import type { EventFilter } from './event-filter.js';
import { feedsCollection, leaseCollection } from './event-feed.schema.js';
import type { EventSource } from './event-source.js';

let uri: string;
let database: Database;
let nodes: FeedNode[];

beforeEach(async () => {
  uri = testDatabaseUri('sequencer');
  database = await prepareFeeds(uri);
  nodes = [];
});
afterEach(async () => {
  armFailpoints(undefined);
  await Promise.all(nodes.map((node) => node.stop()));
  await database.db.dropDatabase();
  await database.client.close();
});

async function node(options?: NodeOptions): Promise<FeedNode> {
  const made = await feedNode(uri, options);
  nodes.push(made);
  return made;
}
async function running(options?: NodeOptions): Promise<FeedNode> {
  const made = await node(options);
  made.start();
  return made;
}
const feed = (tenantId = 'ten_a') => new Feed(database, tenantId);
const holds = (length: number, tenantId?: string) => comesTrue(async () => (await feed(tenantId).all()).length === length, 10_000);
const never = 3_600_000;

describe('what a node records', () => {
  it('is in the feed of its tenant at once, in the order of its time, and counts from 1 for each tenant', async () => {
    const { record } = await running({ everyMs: never });
    const [first, second, third] = [event('ten_a', { at: new Date(1) }), event('ten_a', { at: new Date(2) }), event('ten_b')];
    await record(second, third, first);
    expect(await holds(2)).toBe(true);
    expect(await holds(1, 'ten_b')).toBe(true);
    expect((await feed().all()).map(({ _id, position }) => [_id, position])).toEqual([
      [first._id, 1],
      [second._id, 2],
    ]);
    expect((await feed('ten_b').all()).map(({ _id, position }) => [_id, position])).toEqual([[third._id, 1]]);
  });

  it('is not there when its transaction was not committed', async () => {
    const { record, transact, database: own } = await running();
    const lost = transact(async (session) => {
      await own.collection('events').insertOne(event('ten_a') as never, { session });
      throw new Error('The power went');
    });
    await expect(lost).rejects.toThrow('The power went');
    await record(event('ten_a'));
    expect(await holds(1)).toBe(true);
    expect(await feed().faults()).toEqual([]);
  });

  it('gets its position behind those that were committed before, however long ago it was written', async () => {
    const { record, transact, database: own } = await running();
    const late = event('ten_a', { at: new Date(0) });
    const soon = [event('ten_a'), event('ten_a')] as const;
    await transact(async (session) => {
      await own.collection('events').insertOne(late as never, { session });
      for (const [index, one] of soon.entries()) {
        await record(one);
        expect(await holds(index + 1)).toBe(true);
      }
    });
    expect(await holds(3)).toBe(true);
    expect(await feed().ids()).toEqual([...soon, late].map(({ _id }) => _id));
  });

  it('gets there by whatever batches it takes', async () => {
    const { record } = await running({ batch: 7, everyMs: never });
    const events = Array.from({ length: 50 }, (_, at) => event('ten_a', { at: new Date(at) }));
    await record(...events);
    expect(await holds(50)).toBe(true);
    expect(await feed().ids()).toEqual(events.map(({ _id }) => _id));
    expect(await feed().faults()).toEqual([]);
  });
});

describe('what nobody has told of', () => {
  it('is found at the start: rows of before there were positions', async () => {
    const rows = Array.from({ length: 1_200 }, (_, at) => event(at % 2 ? 'ten_a' : 'ten_b'));
    await database.collection('events').insertMany(rows as never[]);
    await running({ everyMs: 50 });
    expect(await holds(600)).toBe(true);
    expect(await holds(600, 'ten_b')).toBe(true);
    expect([...(await feed().faults()), ...(await feed('ten_b').faults())]).toEqual([]);
  });

  it('is found by looking: rows of a node that died', async () => {
    const { record } = await running({ everyMs: 50 });
    await record(event('ten_a'));
    await holds(1);
    await database.collection('events').insertOne(event('ten_b') as never);
    expect(await holds(1, 'ten_b')).toBe(true);
  });
});

describe('several nodes', () => {
  it('call the one that gives out positions', async () => {
    const [first, second] = [await running({ everyMs: never }), await running({ everyMs: never })];
    await first.record(event('ten_a'));
    await holds(1);
    const since = performance.now();
    await second.record(event('ten_a'));
    expect(await holds(2)).toBe(true);
    expect(performance.now() - since).toBeLessThan(1_000);
    expect((await database.collection(leaseCollection.name).findOne())?.calls).toBeGreaterThan(0);
  });

  it('leave no gap and give no position twice when all give them out at once', async () => {
    const all = await Promise.all(Array.from({ length: 4 }, () => node({ batch: 10 })));
    const events = Array.from({ length: 300 }, () => event('ten_a'));
    const work = { isOver: false };
    const writing = (async () => {
      for (let at = 0; at < events.length; at += 3) await all[0]?.record(...events.slice(at, at + 3));
      work.isOver = true;
    })();
    const extending = all.map(async ({ positions }) => {
      while (!work.isOver || (await feed().waiting()) > 0) await positions.advance('ten_a');
    });
    await Promise.all([writing, ...extending]);
    expect(await feed().faults()).toEqual([]);
    expect((await feed().ids()).sort()).toEqual(events.map(({ _id }) => _id).sort());
    expect(await database.collection(feedsCollection.name).find().toArray()).toEqual([{ _id: 'ten_a', position: 300, through: {} }]);
  });

  it('go on when the one that worked is gone', async () => {
    const [first, second] = [await running({ leaseMs: 300, everyMs: 50 }), await running({ leaseMs: 300, everyMs: 50 })];
    await first.record(event('ten_a'));
    await holds(1);
    // Gone without a word.
    await database.collection(leaseCollection.name).updateOne({}, { $set: { holder: 'gone', until: new Date(Date.now() + 500) } });
    await second.record(event('ten_a'));
    expect(await holds(2)).toBe(true);
  });

  it('take over at once from one that was stopped', async () => {
    const [first, second] = [await feedNode(uri, { everyMs: 50 }), await node({ everyMs: 50 })];
    first.start();
    await first.record(event('ten_a'));
    await holds(1);
    second.start();
    await first.stop();
    await second.record(event('ten_a'));
    expect(await holds(2)).toBe(true);
  });
});

describe('a node that has lost its turn in the middle of a batch', () => {
  it.each(['events.batch-read', 'events.batch-written'])('gives no position that another one gave: %s', async (place) => {
    const [slow, quick] = [await node(), await node()];
    const events = Array.from({ length: 5 }, () => event('ten_a'));
    await slow.record(...events.slice(0, 3));
    armFailpoints(`${place}=delay:300`);
    const behind = slow.positions.advance('ten_a');
    await pause(100);
    await quick.record(...events.slice(3));
    await quick.positions.advance('ten_a').catch(() => {});
    await behind;
    await slow.positions.advance('ten_a');
    expect(await feed().faults()).toEqual([]);
    expect((await feed().ids()).sort()).toEqual(events.map(({ _id }) => _id).sort());
  });
});

describe('subscribers', () => {
  it('are told of each event once, with its position, in the transaction that gives it', async () => {
    const { record, subscribers, database: own } = await running({ batch: 3 });
    await database.db.createCollection('told');
    subscribers.subscribe({
      onEvents: async (session, tenantId, read) => {
        const rows = (await read()).map(({ _id, position }) => ({ _id, position, tenantId }));
        await own.collection('told').insertMany(rows as never[], { session });
      },
    });
    await record(...Array.from({ length: 10 }, () => event('ten_a')));
    expect(await holds(10)).toBe(true);
    const expected = (await feed().written()).map(({ _id, position, tenantId }) => ({ _id, position, tenantId }));
    expect(await database.collection('told').find().sort({ position: 1 }).toArray()).toEqual(expected);
  });

  it('hold up the feed of the tenant whose events they fail on, and no other', async () => {
    const { record, subscribers, complaints } = await running({ everyMs: 30 });
    let isBroken = true;
    subscribers.subscribe({
      onEvents: async (_session, tenantId) => {
        if (isBroken && tenantId === 'ten_a') throw new Error('Not today');
      },
    });
    await record(event('ten_a'), event('ten_b'));
    expect(await holds(1, 'ten_b')).toBe(true);
    expect(await comesTrue(() => Promise.resolve(complaints.length > 1), 5_000)).toBe(true);
    expect(complaints[0]).toEqual({ err: new Error('Not today'), tenantId: 'ten_a' });
    expect(await feed().all()).toEqual([]);
    isBroken = false;
    expect(await holds(1)).toBe(true);
    expect(await feed().faults()).toEqual([]);
  });
});

describe('a source', () => {
  /** Rows that count from 1, three of them in each moment. */
  function numbered(rows: { head: number }): EventSource {
    const moment = (row: number) => Math.ceil(row / 3);
    return {
      name: 'rows',
      collection: 'rows',
      makes: (type) => type === 'CREDITS_SPENT',
      heads: async () => new Map([['ten_a', rows.head]]),
      runs: async (tenantId, after, limit) => {
        const last = tenantId === 'ten_a' ? Math.min(rows.head, after + limit) : after;
        const numbers = Array.from({ length: Math.max(last - after, 0) }, (_, index) => after + 1 + index);
        const moments = [...new Set(numbers.map(moment))];
        return moments.map((at) => {
          const those = numbers.filter((row) => moment(row) === at);
          return { first: those[0] as number, last: those.at(-1) as number, at: new Date(at * 1000) };
        });
      },
      events: async (tenantId, first, last) => {
        const numbers = Array.from({ length: Math.min(last, rows.head) - first + 1 }, (_, index) => first + index);
        const type = 'CREDITS_SPENT';
        return numbers.map((row) => event(tenantId, { _id: rowId('rows', row) as never, type, at: new Date(moment(row) * 1000) }));
      },
    };
  }
  const upTo = (head: number) => Array.from({ length: head }, (_, at) => rowId('rows', at + 1));

  it('is read from where the feed has come to, whoever reads it', async () => {
    const rows = { head: 20 };
    for (const head of [20, 20, 31]) {
      rows.head = head;
      const { sources, positions } = await node({ batch: 4 });
      sources.add(numbered(rows));
      while (await positions.advance('ten_a'));
    }
    expect(await feed().ids()).toEqual(upTo(31));
    expect(await database.collection(feedsCollection.name).findOne()).toEqual({ _id: 'ten_a', position: 31, through: { rows: 31 } });
    expect(await feed().written()).toEqual([]);
  });

  it('is found to be ahead at the start, and when a row of its is written', async () => {
    const rows = { head: 5 };
    const { sources, start } = await node({ everyMs: 100 });
    sources.add(numbered(rows));
    await database.db.createCollection('rows');
    start();
    expect(await holds(5)).toBe(true);
    rows.head = 7;
    await database.collection('rows').insertOne({ tenantId: 'ten_a' });
    expect(await holds(7)).toBe(true);
    expect(await feed().ids()).toEqual(upTo(7));
  });

  it('is read by several at once, and each of its rows is in the feed once', async () => {
    const all = await Promise.all(Array.from({ length: 3 }, () => node({ batch: 5 })));
    for (const { sources } of all) sources.add(numbered({ head: 200 }));
    await Promise.all(
      all.map(async ({ positions }) => {
        while (await positions.advance('ten_a'));
      }),
    );
    expect(await feed().ids()).toEqual(upTo(200));
    expect(await feed().faults()).toEqual([]);
  });

  it('has its rows among what was recorded, by their time', async () => {
    const { sources, positions, record } = await node();
    sources.add(numbered({ head: 9 }));
    const [first, second] = [event('ten_a', { at: new Date(1_500) }), event('ten_a', { at: new Date(9_000) })];
    await record(first, second);
    await positions.advance('ten_a');
    expect(await feed().ids()).toEqual([...upTo(3), first._id, ...upTo(9).slice(3), second._id]);
    expect(await feed().faults()).toEqual([]);
  });

  it('keeps the order of its rows where a clock was set back between them', async () => {
    const { sources, positions, record } = await node();
    const source = numbered({ head: 4 });
    const times = [5_000, 1_000, 2_000, 7_000];
    sources.add({ ...source, runs: async () => times.map((at, index) => ({ first: index + 1, last: index + 1, at: new Date(at) })) });
    const between = event('ten_a', { at: new Date(6_000) });
    await record(between);
    await positions.advance('ten_a');
    expect(await feed().ids()).toEqual([...upTo(3), between._id, ...upTo(4).slice(3)]);
    const ranges = await database.collection('event_ranges').find().sort({ to: 1 }).toArray();
    expect(ranges.map(({ since, until }) => [since, until])).toEqual([
      [new Date(1_000), new Date(5_000)],
      [new Date(7_000), new Date(7_000)],
    ]);
  });

  it('has its rows told to subscribers who ask for them, with the positions that they have in the feed', async () => {
    const { sources, positions, subscribers, record } = await node({ batch: 4 });
    sources.add(numbered({ head: 10 }));
    await record(event('ten_a', { at: new Date(2_500) }));
    const told: (readonly [string, number])[] = [];
    subscribers.subscribe({
      onEvents: async (_session, _tenantId, read) => void told.push(...(await read()).map(({ _id, position }) => [_id, position] as const)),
    });
    while (await positions.advance('ten_a'));
    expect(told).toEqual((await feed().all()).map(({ _id, position }) => [_id, position]));
    expect(told).toHaveLength(11);
  });

  describe('in a feed that is read', () => {
    let reader: EventFeed;
    let all: (readonly [string, number])[];

    /** 60 rows in batches of seven, and 20 recorded events among them. */
    beforeEach(async () => {
      const { sources, positions, record } = await node({ batch: 7 });
      sources.add(numbered({ head: 60 }));
      await record(...Array.from({ length: 20 }, (_, at) => event('ten_a', { at: new Date(at * 1_100), sourceAgent: `usr_${at % 2}` })));
      while (await positions.advance('ten_a'));
      reader = new EventFeed(database, new DerivedEvents(database, sources));
      all = (await feed().all()).map(({ _id, position }) => [_id, position] as const);
    });
    const scope = tenantScope('ten_a');
    async function pages(limit: number, filter: EventFilter = {}): Promise<(readonly [string, number])[]> {
      const found: (readonly [string, number])[] = [];
      for (let after = 0; after < all.length;) {
        const { events, through } = await reader.read(scope, after, all.length, limit, filter);
        expect(through).toBeGreaterThan(after);
        found.push(...events.map(({ _id, position }) => [_id, position] as const));
        after = through;
      }
      return found;
    }

    it.each([1, 2, 3, 7, 50, 1_000])('has each event once, in order, in pages of %i', async (limit) => {
      expect(all).toHaveLength(80);
      expect(await pages(limit)).toEqual(all);
    });

    it.each<[string, EventFilter, number]>([
      ['a type of the source', { type: 'CREDITS_SPENT' }, 60],
      ['a type that was recorded', { type: 'PAYMENT_CREATED' }, 20],
      ['a type of which there is none', { type: 'KEY_CREATED' }, 0],
      ['an agent of both', { sourceAgent: 'usr_1' }, 70],
      ['an agent', { sourceAgent: 'usr_0' }, 10],
      ['a time', { from: new Date(4_000), before: new Date(8_000) }, 16],
    ])('has what passes the filter: %s', async (_what, filter, count) => {
      for (const limit of [1, 4, 100]) expect(await pages(limit, filter)).toHaveLength(count);
      const ids = (await pages(3, filter)).map(([id]) => id);
      expect(all.map(([id]) => id).filter((id) => ids.includes(id))).toEqual(ids);
    });

    it('shows none of it to another tenant', async () => {
      expect(await reader.read(tenantScope('ten_b'), 0, all.length, 100)).toEqual({ events: [], through: all.length });
    });
  });
});
