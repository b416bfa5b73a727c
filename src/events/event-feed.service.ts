import { Injectable } from '@nestjs/common';
import type { Scope } from '../kernel/actor/scope.js';
import { type Page, pageOf } from '../kernel/http/page.js';
import type { SequencedEvent } from './event.js';
import { cursorKey, eventCursor, readEventCursor } from './event-cursor.js';
import { EventFeed } from './event-feed.js';
import type { EventFilter } from './event-filter.js';

export interface FeedPage {
  readonly limit: number;
  readonly cursor?: string;
}

/** The feed as callers page through it. */
@Injectable()
export class EventFeedService {
  constructor(private readonly feed: EventFeed) {}

  /** Oldest first; fewer than asked for, and a cursor, where the feed was searched for as long as an answer may take. @throws Invalid on a cursor that the feed did not give out */
  async list(scope: Scope, filter: EventFilter, { limit, cursor }: FeedPage): Promise<Page<SequencedEvent>> {
    const head = await this.feed.head(scope.tenantId);
    const after = cursor === undefined ? 0 : readEventCursor(cursor, head);
    const { events, through } = await this.feed.read(scope, after, head, limit + 1, filter);
    const page = pageOf(events, limit, ({ position }) => cursorKey(position));
    return page.nextCursor === null && through < head ? { ...page, nextCursor: eventCursor(through) } : page;
  }
}
