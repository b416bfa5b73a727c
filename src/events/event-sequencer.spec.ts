import { setTimeout as pause } from 'node:timers/promises';
import { event, Feed, FeedBench, feedNode, type FeedNode, type NodeOptions } from '../../test/support/events/feed-nodes.js';
import { armFailpoints } from '../kernel/failpoints.js';
import type { Database } from '../kernel/mongo/database.js';
import { comesTrue } from '../kernel/mongo/mongod-process.js';
import { feedsCollection, leaseCollection } from './event-feed.schema.js';

let bench: FeedBench;
let database: Database;

beforeEach(async () => {
  bench = await FeedBench.open('sequencer');
  ({ database } = bench);
});
afterEach(async () => {
  armFailpoints(undefined);
  await bench.close();
});

const node = (options?: NodeOptions): Promise<FeedNode> => bench.node(options);
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
    expect((await database.collection(leaseCollection.name).findOne())?.call).toContain('ten_a');
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
    const [first, second] = [await feedNode(bench.uri, { everyMs: 50 }), await node({ everyMs: 50 })];
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
