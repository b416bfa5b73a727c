import { Module } from '@nestjs/common';
import { DerivedEvents } from './derived-events.js';
import { EventFeed } from './event-feed.js';
import { EventFeedService } from './event-feed.service.js';
import { EventPositions } from './event-positions.js';
import { EventSequencer } from './event-sequencer.js';
import { EventSources } from './event-source.js';
import { EventStreams } from './event-streams.js';
import { EventSubscribers } from './event-subscribers.js';
import { EventsController } from './events.controller.js';
import { EventsService } from './events.service.js';
import { FeedAccess } from './feed-access.js';
import { LiveFeeds } from './live-feeds.js';

@Module({
  controllers: [EventsController],
  providers: [
    DerivedEvents,
    EventFeed,
    EventFeedService,
    EventPositions,
    EventSequencer,
    EventSources,
    EventStreams,
    EventSubscribers,
    EventsService,
    FeedAccess,
    LiveFeeds,
  ],
  exports: [EventSources, EventSubscribers, EventsService],
})
export class EventsModule {}
