import { Controller, Get, Headers, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Actor } from '../kernel/actor/actor.js';
import { Allow } from '../kernel/actor/allow.decorator.js';
import { By } from '../kernel/actor/by.decorator.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import { ValidationFailed } from '../kernel/fault/common-faults.js';
import { raise } from '../kernel/fault/fault.js';
import { type Page, UnknownCursor } from '../kernel/http/page.js';
import { rangeOf, readMoment, type ReadMoment } from '../kernel/time/calendar.js';
import type { SequencedEvent } from './event.js';
import { UnknownLastEventId } from './event-cursor.js';
import type { EventFilter } from './event-filter.js';
import { EventFeedService } from './event-feed.service.js';
import { EventStreams, TooManyStreams } from './event-streams.js';
import { EventView } from './event.view.js';
import { EventsQuery, StreamQuery } from './events.dto.js';
import { FeedAccess } from './feed-access.js';

const type = 'text/event-stream; charset=utf-8';

@Dialect('traced')
@Controller('api/v1/events')
export class EventsController {
  constructor(
    private readonly feed: EventFeedService,
    private readonly streams: EventStreams,
    private readonly access: FeedAccess,
  ) {}

  /** What happened in the tenant, oldest first; every event once, in the one order that all readers see. */
  @Get()
  @Allow('events:read')
  @Answers(EventView, { shape: 'page' })
  @Fails(() => new UnknownCursor())
  list(@By() actor: Actor, @Query() { limit, cursor, from, to, ...query }: EventsQuery): Promise<Page<SequencedEvent>> {
    const range = rangeOf(moment('from', from), moment('to', to));
    const page = { limit, ...(cursor !== undefined && { cursor }) };
    return this.feed.list(this.access.scope(actor, query.tenant), { ...filterOf(query), ...range }, page);
  }

  /** The same events as they happen, as Server-Sent Events: `id` is the cursor, `event` the type, `data` the event. */
  @Get('stream')
  @Allow('events:read')
  @Answers(EventView, { shape: 'stream' })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Begins behind this event; without it, with the next one.' })
  @Fails(() => new UnknownLastEventId(), () => new TooManyStreams())
  async stream(
    @By() actor: Actor,
    @Query() query: StreamQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const frames = await this.streams.follow({
      actor,
      scope: this.access.scope(actor, query.tenant),
      filter: filterOf(query),
      ...(lastEventId && { lastEventId }),
      isAllowed: () => this.access.lasts(actor, request.headers),
      response: reply.raw,
    });
    void reply.headers({ 'cache-control': 'no-store, no-transform', 'x-accel-buffering': 'no' });
    return new StreamableFile(frames, { type });
  }
}

function filterOf({ type: only, source_agent: sourceAgent }: StreamQuery): EventFilter {
  return { ...(only !== undefined && { type: only }), ...(sourceAgent !== undefined && { sourceAgent }) };
}

function moment(field: string, text: string | undefined): ReadMoment | undefined {
  if (text === undefined) return undefined;
  return readMoment(text) ?? raise(new ValidationFailed([{ field, message: `${field} must be a date or a date with time` }]));
}
