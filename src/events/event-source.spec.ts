import { event, Feed, FeedBench, type FeedNode, type NodeOptions, rowId } from '../../test/support/events/feed-nodes.js';
import { tenantScope } from '../kernel/actor/scope.js';
import type { Database } from '../kernel/mongo/database.js';
import { comesTrue } from '../kernel/mongo/mongod-process.js';
import { DerivedEvents } from './derived-events.js';
import { EventFeed } from './event-feed.js';
import { feedsCollection } from './event-feed.schema.js';
import type { EventFilter } from './event-filter.js';
import type { EventSource } from './event-source.js';

let bench: FeedBench;
let database: Database;

beforeEach(async () => {
  bench = await FeedBench.open('source');
  ({ database } = bench);
});
afterEach(async () => {
  await bench.close();
});

const node = (options?: NodeOptions): Promise<FeedNode> => bench.node(options);
const feed = () => new Feed(database, 'ten_a');
const holds = (length: number) => comesTrue(async () => (await feed().all()).length === length, 10_000);

describe('a source', () => {
  /** Rows that count from 1, three of them in each moment. */
  function numbered(rows: { head: number }): EventSource {
    const moment = (row: number) => Math.ceil(row / 3);
    return {
      name: 'rows',
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

  it('is found to be ahead at the start, and when it tells of a row on whatever node', async () => {
    const rows = { head: 5 };
    const [first, second] = [await node({ everyMs: 1_500 }), await node({ everyMs: 1_500 })];
    for (const { sources } of [first, second]) sources.add(numbered(rows));
    first.start();
    expect(await holds(5)).toBe(true);
    second.start();
    // Sources are looked at again in a quarter of a minute only.
    for (const { sources } of [first, second]) {
      rows.head++;
      sources.grew('ten_a');
      expect(await holds(rows.head)).toBe(true);
    }
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
