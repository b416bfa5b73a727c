import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { type Config, CONFIG } from '../kernel/config/config.js';
import { RateLimited, Unavailable } from '../kernel/fault/fault.js';
import type { Scope } from '../kernel/actor/scope.js';
import { readLastEventId } from './event-cursor.js';
import { EventFeed } from './event-feed.js';
import type { EventFilter } from './event-filter.js';
import { EventStream } from './event-stream.js';
import { LiveFeeds } from './live-feeds.js';

export interface Follower {
  readonly actor: Actor;
  readonly scope: Scope;
  readonly filter: EventFilter;
  readonly lastEventId?: string;
  /** Whether its credential would still let it in. */
  readonly isAllowed: () => Promise<boolean>;
  /** What the stream is written to. */
  readonly response: ServerResponse;
}
interface Open {
  readonly tenantId: string;
  readonly userId: string;
  readonly stream: EventStream;
}

const heartbeatsUntaken = 4;

export class TooManyStreams extends RateLimited {
  constructor() {
    super('Too many open streams', { retryAfterSeconds: 15 });
  }
}

/** The open streams of this node; there is a bound for each user and each tenant. */
@Injectable()
export class EventStreams implements BeforeApplicationShutdown {
  private readonly open = new Set<Open>();
  private isStopped = false;

  constructor(
    private readonly feed: EventFeed,
    private readonly live: LiveFeeds,
    @Inject(CONFIG) private readonly config: Pick<Config, 'eventHeartbeatMs' | 'eventStreamsPerUser' | 'eventStreamsPerTenant'>,
  ) {}

  /** Events from now on, or behind the last one that the follower has seen. @throws TooManyStreams, UnknownLastEventId */
  async follow({ actor, scope, filter, lastEventId, isAllowed, response }: Follower): Promise<Readable> {
    const head = await this.feed.head(scope.tenantId);
    const after = lastEventId === undefined ? head : readLastEventId(lastEventId, head);
    this.assertRoom(actor);
    const { eventHeartbeatMs: heartbeatMs } = this.config;
    const stream = new EventStream(this.feed, this.live, { scope, filter, after, isAllowed, heartbeatMs });
    const opened = { tenantId: actor.tenantId, userId: actor.userId, stream };
    this.open.add(opened);
    response.once('close', () => {
      this.open.delete(opened);
      stream.end();
    });
    // A client that takes nothing any more is cut off.
    response.setTimeout(heartbeatMs * heartbeatsUntaken);
    return Readable.from(stream.frames());
  }

  /** Whoever reads comes back, to another node, with the last id that it has seen. */
  beforeApplicationShutdown(): void {
    this.isStopped = true;
    for (const { stream } of this.open) stream.end();
  }

  private assertRoom({ tenantId, userId }: Actor): void {
    if (this.isStopped) throw new Unavailable('The server is stopping', { retryAfterSeconds: 1 });
    const ofTenant = [...this.open].filter((stream) => stream.tenantId === tenantId);
    const ofUser = ofTenant.filter((stream) => stream.userId === userId);
    const { eventStreamsPerTenant, eventStreamsPerUser } = this.config;
    if (ofTenant.length >= eventStreamsPerTenant || ofUser.length >= eventStreamsPerUser) throw new TooManyStreams();
  }
}
