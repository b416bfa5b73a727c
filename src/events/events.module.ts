import { Module } from '@nestjs/common';
import { EventPositions } from './event-positions.js';
import { EventSequencer } from './event-sequencer.js';
import { EventSources } from './event-source.js';
import { EventSubscribers } from './event-subscribers.js';
import { EventsService } from './events.service.js';

@Module({
  providers: [EventPositions, EventSequencer, EventSources, EventSubscribers, EventsService],
  exports: [EventSources, EventSubscribers, EventsService],
})
export class EventsModule {}
