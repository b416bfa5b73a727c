import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import type { SequencedEvent } from './event.js';

/** Reads the events of a batch, in their order. Whoever needs none need not call it. */
export type ReadBatch = () => Promise<readonly SequencedEvent[]>;

/** Who needs to know of every event, once. */
export interface EventSubscriber {
  /**
   * Called with events of one tenant that get their positions in this very transaction, in their order: what it writes is there when
   * they are in the feed, and not otherwise. It may run again before it commits, so it holds database work only; what it throws holds
   * up the tenant's feed.
   */
  onEvents(session: ClientSession, tenantId: string, read: ReadBatch): Promise<void>;
}

/** Features above register here, when their module is initialised. */
@Injectable()
export class EventSubscribers {
  private readonly all: EventSubscriber[] = [];

  subscribe(subscriber: EventSubscriber): void {
    this.all.push(subscriber);
  }

  /** One after the other: a transaction does one thing at a time. */
  async tell(session: ClientSession, tenantId: string, read: ReadBatch): Promise<void> {
    for (const subscriber of this.all) await subscriber.onEvents(session, tenantId, read);
  }
}
