import { Injectable } from '@nestjs/common';
import type { Collection } from 'mongodb';
import type { Scope } from '../kernel/actor/scope.js';
import { Database } from '../kernel/mongo/database.js';
import type { ScopedCollection } from '../kernel/mongo/scoped-collection.js';
import { DerivedEvents } from './derived-events.js';
import { eventsCollection, type SequencedEvent } from './event.js';
import type { EventFilter, Stretch } from './event-filter.js';
import { type FeedRow, feedsCollection } from './event-feed.schema.js';

/** The feed of a tenant, to be read from any position on. */
@Injectable()
export class EventFeed {
  private readonly events: ScopedCollection<SequencedEvent>;
  private readonly feeds: Collection<FeedRow>;

  constructor(
    database: Database,
    private readonly derived: DerivedEvents,
  ) {
    this.events = database.scoped<SequencedEvent>(eventsCollection.name);
    this.feeds = database.collection<FeedRow>(feedsCollection.name);
  }

  /** The newest position of the tenant; 0 where there is none. */
  async head(tenantId: string): Promise<number> {
    return (await this.feeds.findOne({ _id: tenantId }))?.position ?? 0;
  }

  async heads(tenants: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const found = await this.feeds.find({ _id: { $in: [...tenants] } }).toArray();
    return new Map(found.map(({ _id, position }) => [_id, position]));
  }

  /**
   * In order, those after a position and up to the head. Without that bound a filter with several index ranges could meet an event
   * that was committed while it read, and not the one before it. There may be more behind fewer than `limit`, as `through` tells.
   */
  async read(scope: Scope, after: number, head: number, limit: number, filter: EventFilter = {}): Promise<Stretch> {
    if (head <= after) return { events: [], through: after };
    const written = await this.written(scope, after, head, limit, filter);
    const derived = await this.derived.read(scope, after, written.through, limit, filter);
    const known = written.events.filter(({ position }) => position <= derived.through);
    const events = [...known, ...derived.events].sort((one, other) => one.position - other.position).slice(0, limit);
    return { events, through: events.length === limit ? (events.at(-1)?.position ?? head) : derived.through };
  }

  private async written(scope: Scope, after: number, head: number, limit: number, filter: EventFilter): Promise<Stretch> {
    const { type, sourceAgent, from, before } = filter;
    const at = { ...(from && { $gte: from }), ...(before && { $lt: before }) };
    const wanted = {
      position: { $gt: after, $lte: head },
      ...(type !== undefined && { type }),
      ...(sourceAgent !== undefined && { sourceAgent }),
      ...(Object.keys(at).length > 0 && { at }),
    };
    const events = await this.events.find(scope, wanted, { sort: { position: 1 }, limit });
    return { events, through: events.length === limit ? (events.at(-1)?.position ?? head) : head };
  }
}
