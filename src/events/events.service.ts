import { Injectable } from '@nestjs/common';
import type { ClientSession, Collection } from 'mongodb';
import { Database } from '../kernel/mongo/database.js';
import { type Event, eventsCollection } from './event.js';
import { EventSequencer } from './event-sequencer.js';

/** The record of what happened; written with the change it tells of. */
@Injectable()
export class EventsService {
  private readonly events: Collection<Event>;
  private readonly open = new WeakMap<ClientSession, Set<string>>();

  constructor(
    database: Database,
    private readonly sequencer: EventSequencer,
  ) {
    this.events = database.collection<Event>(eventsCollection.name);
  }

  async record(session: ClientSession, events: readonly Event[]): Promise<void> {
    if (events.length === 0) return;
    await this.events.insertMany([...events], { session });
    const tenants = this.tenantsOf(session);
    for (const { tenantId } of events) tenants.add(tenantId);
  }

  /** Whose events are written in this session; when it ends they are committed, or never will be. */
  private tenantsOf(session: ClientSession): Set<string> {
    const known = this.open.get(session);
    if (known) return known;
    const tenants = new Set<string>();
    this.open.set(session, tenants);
    session.once('ended', () => this.sequencer.wake(tenants));
    return tenants;
  }
}
