import { Module } from '@nestjs/common';
import { EventSubscribers } from './event-subscribers.js';
import { EventsService } from './events.service.js';

@Module({ providers: [EventSubscribers, EventsService], exports: [EventSubscribers, EventsService] })
export class EventsModule {}
