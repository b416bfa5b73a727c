import { Injectable } from '@nestjs/common';
import type { ClientSession, Collection } from 'mongodb';
import { Database } from '../kernel/mongo/database.js';
import { type Event, eventsCollection } from './event.js';

/** The record of what happened; written with the change it tells of. */
@Injectable()
export class EventsService {
  private readonly events: Collection<Event>;

  constructor(database: Database) {
    this.events = database.collection<Event>(eventsCollection.name);
  }

  async record(session: ClientSession, events: readonly Event[]): Promise<void> {
    if (events.length > 0) await this.events.insertMany([...events], { session });
  }
}
