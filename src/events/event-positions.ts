import { Injectable, Optional } from '@nestjs/common';
import type { ClientSession, Collection } from 'mongodb';
import { failpoint } from '../kernel/failpoints.js';
import { Database } from '../kernel/mongo/database.js';
import { hasCode } from '../kernel/mongo/error-code.js';
import { TryAgain, UnitOfWork } from '../kernel/mongo/unit-of-work.js';
import { DerivedEvents } from './derived-events.js';
import { type Event, eventsCollection, type SequencedEvent } from './event.js';
import { type FeedRow, feedsCollection, rangesCollection, type RangeRow } from './event-feed.schema.js';
import { type EventSource, EventSources } from './event-source.js';
import { EventSubscribers } from './event-subscribers.js';
import { type NewRun, placed } from './event-order.js';

type Stored = Event & { readonly position?: number };
interface Batch {
  readonly recorded: readonly Event[];
  readonly runs: readonly NewRun[];
  /** As much of something as may be in a batch. */
  readonly isFull: boolean;
}

const mostTenants = 1_000;
const hint = 'unsequenced';

/**
 * Gives events their positions, a tenant and a batch at a time. The end of the tenant's feed moves in the transaction that writes the
 * positions: of two that extend a feed at once one fails, so that positions have neither gap nor double, and become visible in order.
 */
@Injectable()
export class EventPositions {
  private readonly events: Collection<Stored>;
  private readonly ranges: Collection<RangeRow>;
  private readonly feeds: Collection<FeedRow>;

  constructor(
    database: Database,
    private readonly unitOfWork: UnitOfWork,
    private readonly sources: EventSources,
    private readonly derived: DerivedEvents,
    private readonly subscribers: EventSubscribers,
    @Optional() private readonly batch = 500,
  ) {
    this.events = database.collection<Stored>(eventsCollection.name);
    this.ranges = database.collection<RangeRow>(rangesCollection.name);
    this.feeds = database.collection<FeedRow>(feedsCollection.name);
  }

  /** Tenants with events that have no position. One step of the index for each, however many events wait. */
  async waiting(): Promise<string[]> {
    const tenants: string[] = [];
    while (tenants.length < mostTenants) {
      const beyond = { position: null as never, tenantId: { $gt: tenants.at(-1) ?? '' } };
      const found = await this.events.findOne(beyond, { projection: { tenantId: 1 }, sort: { tenantId: 1, _id: 1 }, hint });
      if (!found) break;
      tenants.push(found.tenantId);
    }
    return tenants;
  }

  /** Tenants of which a source has rows that are not in the feed. */
  async behind(): Promise<string[]> {
    const feeds = new Map((await this.feeds.find().toArray()).map(({ _id, through }) => [_id, through]));
    const found = await Promise.all(
      this.sources.all.map(async (source) => {
        const heads = [...(await source.heads())];
        return heads.filter(([tenantId, head]) => head > throughOf(feeds.get(tenantId), source)).map(([tenantId]) => tenantId);
      }),
    );
    return [...new Set(found.flat())];
  }

  /** Extends the tenant's feed by one batch. True where there may be more. */
  async advance(tenantId: string): Promise<boolean> {
    const isFull = await this.unitOfWork.transact(async (session) => {
      const feed = await this.feeds.findOne({ _id: tenantId }, { session });
      const batch = await this.next(session, tenantId, feed);
      await failpoint('events.batch-read');
      if (batch.recorded.length + batch.runs.length > 0) await this.write(session, tenantId, feed, batch);
      await failpoint('events.batch-written');
      return batch.isFull;
    });
    await failpoint('events.batch-committed');
    return isFull;
  }

  private async next(session: ClientSession, tenantId: string, feed: FeedRow | null): Promise<Batch> {
    const waiting = { tenantId, position: null as never };
    const recorded = await this.events.find(waiting, { session, sort: { _id: 1 }, limit: this.batch, hint }).toArray();
    const runs: NewRun[] = [];
    let isFull = recorded.length === this.batch;
    for (const source of this.sources.all) {
      const after = throughOf(feed?.through, source);
      const found = await source.runs(tenantId, after, this.batch);
      runs.push(...found.map((run) => ({ ...run, source: source.name })));
      isFull ||= (found.at(-1)?.last ?? after) - after >= this.batch;
    }
    return { recorded, runs, isFull };
  }

  private async write(session: ClientSession, tenantId: string, feed: FeedRow | null, { recorded, runs }: Batch): Promise<void> {
    const { events, ranges, head } = placed(tenantId, feed?.position ?? 0, recorded, runs);
    const through = { ...feed?.through, ...Object.fromEntries(runs.map(({ source, last }) => [source, last])) };
    // First what two nodes would both write: the later one finds out at once.
    await this.move(session, feed, { _id: tenantId, position: head, through });
    await this.place(session, recorded, events);
    if (ranges.length > 0) await this.ranges.insertMany([...ranges], { session });
    await this.subscribers.tell(session, tenantId, async () => {
      const all = [...events, ...(await this.derived.made(tenantId, ranges))];
      return all.sort((one, other) => one.position - other.position);
    });
  }

  private async move(session: ClientSession, before: FeedRow | null, after: FeedRow): Promise<void> {
    try {
      const { _id, position } = before ?? { _id: after._id, position: -1 };
      const { matchedCount, upsertedCount } = await this.feeds.replaceOne({ _id, position }, after, { session, upsert: before === null });
      if (matchedCount + upsertedCount !== 1) throw new TryAgain('The feed has moved');
    } catch (error) {
      // Another node has begun the feed.
      throw hasCode(error, 11000) ? new TryAgain('The feed was begun', { cause: error }) : error;
    }
  }

  /** Written anew rather than changed: with as many indexes as a feed has, that takes the server half as long. */
  private async place(session: ClientSession, waiting: readonly Event[], events: readonly SequencedEvent[]): Promise<void> {
    if (waiting.length === 0) return;
    const { deletedCount } = await this.events.deleteMany({ _id: { $in: waiting.map(({ _id }) => _id) } }, { session });
    if (deletedCount !== waiting.length) throw new Error('An event moved on inside a transaction');
    await this.events.insertMany([...events], { session, ordered: false });
  }
}

const throughOf = (through: FeedRow['through'] | undefined, { name }: EventSource): number => through?.[name] ?? 0;
