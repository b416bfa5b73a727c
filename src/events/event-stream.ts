import type { Scope } from '../kernel/actor/scope.js';
import type { SequencedEvent } from './event.js';
import { EventView } from './event.view.js';
import type { EventFeed } from './event-feed.js';
import type { EventFilter } from './event-filter.js';
import type { LiveFeeds } from './live-feeds.js';

export interface Reading {
  readonly scope: Scope;
  readonly filter: EventFilter;
  /** The position behind which it begins. */
  readonly after: number;
  /** Whether the reader may still read; asked at each heartbeat. */
  readonly isAllowed: () => Promise<boolean>;
  readonly heartbeatMs: number;
}

const page = 100;

/**
 * One reader of a feed, as Server-Sent Events (https://html.spec.whatwg.org/multipage/server-sent-events.html). It holds no more
 * than a page in memory: the next one is read when the one before has been taken.
 */
export class EventStream {
  private readonly ending = new AbortController();
  private head = 0;
  private wakeUp: () => void = () => {};

  constructor(
    private readonly feed: EventFeed,
    private readonly live: LiveFeeds,
    private readonly reading: Reading,
  ) {}

  end(): void {
    this.ending.abort();
    this.wakeUp();
  }

  async *frames(): AsyncGenerator<string> {
    const { scope, filter, heartbeatMs, isAllowed } = this.reading;
    const unfollow = this.live.follow(scope.tenantId, (head) => this.onHead(head));
    try {
      let position = this.reading.after;
      let beatAt = performance.now();
      yield ': open\n\n';
      this.onHead(await this.feed.head(scope.tenantId));
      while (!this.ending.signal.aborted) {
        const idleMs = performance.now() - beatAt;
        if (idleMs >= heartbeatMs) {
          if (!(await isAllowed())) return;
          beatAt = performance.now();
          yield ': heartbeat\n\n';
        } else if (position < this.head) {
          const { events, through } = await this.feed.read(scope, position, this.head, page, filter);
          position = through;
          if (events.length > 0) yield events.map(frameOf).join('');
        } else {
          await this.news(heartbeatMs - idleMs);
        }
      }
    } finally {
      unfollow();
    }
  }

  private onHead(head: number): void {
    this.head = Math.max(this.head, head);
    this.wakeUp();
  }

  private async news(withinMs: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.wakeUp = resolve;
      timer = setTimeout(resolve, withinMs);
    });
    clearTimeout(timer);
  }
}

function frameOf(event: SequencedEvent): string {
  const view = EventView.of(event);
  return `id: ${view.cursor}\nevent: ${view.type}\ndata: ${JSON.stringify(view)}\n\n`;
}
