import type { ClientSession, Collection } from 'mongodb';
import { type Event, eventsCollection, type EventType, type SequencedEvent } from '../../../src/events/event.js';
import { feedsCollection, leaseCollection, rangesCollection, type RangeRow } from '../../../src/events/event-feed.schema.js';
import { DerivedEvents } from '../../../src/events/derived-events.js';
import { EventPositions } from '../../../src/events/event-positions.js';
import { EventSequencer } from '../../../src/events/event-sequencer.js';
import { EventSources } from '../../../src/events/event-source.js';
import { EventSubscribers } from '../../../src/events/event-subscribers.js';
import { EventsService } from '../../../src/events/events.service.js';
import { Clock } from '../../../src/kernel/clock.js';
import { Idempotency } from '../../../src/kernel/idempotency/idempotency.js';
import { newId } from '../../../src/kernel/ids.js';
import { Database } from '../../../src/kernel/mongo/database.js';
import { UnitOfWork } from '../../../src/kernel/mongo/unit-of-work.js';
import { testDatabaseUri } from '../database.js';

/** A node that records events and, once it is started, puts them into the feeds. */
export interface FeedNode {
  readonly database: Database;
  readonly positions: EventPositions;
  readonly sources: EventSources;
  readonly subscribers: EventSubscribers;
  /** What it has complained of. */
  readonly complaints: unknown[];
  readonly transact: <Result>(work: (session: ClientSession) => Promise<Result>) => Promise<Result>;
  readonly record: (...events: readonly Event[]) => Promise<void>;
  readonly start: () => void;
  readonly stop: () => Promise<void>;
}
export interface NodeOptions {
  readonly everyMs?: number;
  readonly leaseMs?: number;
  readonly batch?: number;
}

export async function prepareFeeds(uri: string): Promise<Database> {
  const database = await Database.connect(uri);
  for (const { name, indexes } of [eventsCollection, feedsCollection, leaseCollection, rangesCollection]) {
    await database.db.createCollection(name);
    if (indexes.length > 0) await database.db.collection(name).createIndexes([...indexes]);
  }
  return database;
}

export async function feedNode(uri: string, { everyMs = 1_000, leaseMs = 5_000, batch = 500 }: NodeOptions = {}): Promise<FeedNode> {
  const database = await Database.connect(uri);
  const unitOfWork = new UnitOfWork(database, new Idempotency(database, new Clock()));
  const [sources, subscribers, complaints] = [new EventSources(), new EventSubscribers(), [] as unknown[]];
  const positions = new EventPositions(database, unitOfWork, sources, new DerivedEvents(database, sources), subscribers, batch);
  const http = { httpAdapter: { getInstance: () => ({ log: { warn: (what: unknown) => complaints.push(what) } }) } };
  const config = { backgroundIntervalMs: everyMs, eventLeaseMs: leaseMs };
  const sequencer = new EventSequencer(database, positions, sources, http as never, config);
  const events = new EventsService(database, sequencer);
  const transact: FeedNode['transact'] = (work) => unitOfWork.transact(work);
  return {
    database,
    positions,
    sources,
    subscribers,
    complaints,
    transact,
    record: (...recorded) => transact((session) => events.record(session, recorded)),
    start: () => sequencer.onApplicationBootstrap(),
    stop: async () => {
      await sequencer.beforeApplicationShutdown();
      await database.client.close();
    },
  };
}

/** Nodes over a database of their own, which goes when they do. */
export class FeedBench {
  private readonly nodes: FeedNode[] = [];

  private constructor(
    readonly uri: string,
    readonly database: Database,
  ) {}

  static async open(name: string): Promise<FeedBench> {
    const uri = testDatabaseUri(name);
    return new FeedBench(uri, await prepareFeeds(uri));
  }

  async node(options?: NodeOptions): Promise<FeedNode> {
    const made = await feedNode(this.uri, options);
    this.nodes.push(made);
    return made;
  }

  async close(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
    await this.database.db.dropDatabase();
    await this.database.client.close();
  }
}

export function event(tenantId: string, given: Partial<Event> = {}): Event {
  const type: EventType = 'PAYMENT_CREATED';
  const common = { type, version: 1, sourceAgent: 'usr_1', subject: { type: 'payment', id: 'pay_1' }, data: {}, traceId: null } as const;
  return { _id: newId('evt'), tenantId, at: new Date(), ...common, ...given };
}

/** A row of a source stands in the feed under this id. */
export const rowId = (source: string, row: number): string => `${source}:${row}`;

/** The feed of a tenant as it stands in the database, in order. */
export class Feed {
  private readonly events: Collection<Event & { position?: number }>;
  private readonly ranges: Collection<RangeRow>;

  constructor(
    database: Database,
    readonly tenantId: string,
  ) {
    this.events = database.collection(eventsCollection.name);
    this.ranges = database.collection(rangesCollection.name);
  }

  async written(): Promise<SequencedEvent[]> {
    const found = await this.events.find({ tenantId: this.tenantId, position: { $exists: true } }, { sort: { position: 1 } }).toArray();
    return found as SequencedEvent[];
  }

  async all(): Promise<{ readonly _id: string; readonly position: number }[]> {
    const { tenantId } = this;
    const derived = (await this.ranges.find({ tenantId }).toArray()).flatMap(({ source, from, to, firstRow }) =>
      Array.from({ length: to - from + 1 }, (_, index) => ({ _id: rowId(source, firstRow + index), position: from + index })),
    );
    return [...(await this.written()), ...derived].sort((one, other) => one.position - other.position);
  }

  async ids(): Promise<string[]> {
    return (await this.all()).map(({ _id }) => _id);
  }

  waiting(): Promise<number> {
    return this.events.countDocuments({ tenantId: this.tenantId, position: { $exists: false } });
  }

  /** What is not as it should be: positions count from 1, and nothing waits. */
  async faults(): Promise<string[]> {
    const positions = (await this.all()).map(({ position }) => position);
    const misplaced = positions.filter((position, index) => position !== index + 1).map((position) => `${position} is out of place`);
    const waiting = await this.waiting();
    return [...misplaced.slice(0, 5), ...(waiting > 0 ? [`${waiting} wait`] : [])];
  }
}
