import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import type { ChangeStream, Document } from 'mongodb';
import { type Config, CONFIG } from '../kernel/config/config.js';
import { Database } from '../kernel/mongo/database.js';
import { EventFeed } from './event-feed.js';
import { type FeedRow, feedsCollection } from './event-feed.schema.js';

type OnHead = (head: number) => void;
type Moved = Document & { readonly fullDocument?: FeedRow };

/** Tells how far feeds have come: one change stream and one timer for all who follow one on this node, and none where nobody does. */
@Injectable()
export class LiveFeeds implements BeforeApplicationShutdown {
  private readonly followers = new Map<string, Set<OnHead>>();
  private changes: ChangeStream<FeedRow, Moved> | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: Database,
    private readonly feed: EventFeed,
    @Inject(CONFIG) private readonly config: Pick<Config, 'backgroundIntervalMs'>,
  ) {}

  /** From now on `onHead` is called with each new head, sooner or later, until the follower stops. */
  follow(tenantId: string, onHead: OnHead): () => void {
    const followers = this.followers.get(tenantId) ?? new Set();
    this.followers.set(tenantId, followers.add(onHead));
    this.start();
    return () => {
      followers.delete(onHead);
      if (followers.size === 0) this.followers.delete(tenantId);
      if (this.followers.size === 0) this.stop();
    };
  }

  beforeApplicationShutdown(): void {
    this.stop();
  }

  private start(): void {
    if (this.timer) return;
    this.timer = setInterval(() => {
      this.watch();
      void this.look();
    }, this.config.backgroundIntervalMs).unref();
    this.watch();
  }

  private stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    void this.changes?.close().catch(() => {});
    this.changes = undefined;
  }

  /** A stream that breaks is opened again with the next look. */
  private watch(): void {
    if (this.changes) return;
    const changes = this.database.collection<FeedRow>(feedsCollection.name).watch<FeedRow, Moved>([]);
    this.changes = changes;
    changes.once('resumeTokenChanged', () => void this.look());
    changes.on('change', ({ fullDocument }) => fullDocument && this.tell(fullDocument._id, fullDocument.position));
    changes.once('error', () => {
      void changes.close().catch(() => {});
      if (this.changes === changes) this.changes = undefined;
    });
  }

  private async look(): Promise<void> {
    const heads = await this.feed.heads([...this.followers.keys()]).catch(() => new Map<string, number>());
    for (const [tenantId, head] of heads) this.tell(tenantId, head);
  }

  private tell(tenantId: string, head: number): void {
    for (const onHead of this.followers.get(tenantId) ?? []) onHead(head);
  }
}
