import { Injectable } from '@nestjs/common';
import type { Event } from './event.js';

export interface Derived {
  readonly events: readonly Event[];
  /** The last row that was looked at. */
  readonly through: number;
}

/** Facts that stand elsewhere, in rows that each tenant counts from 1 without a gap; events are made of them when they enter the feed. */
export interface EventSource {
  /** Never changed: it is stored with how far the feeds have come. */
  readonly name: string;
  /** Into which a row of the tenant `tenantId` is inserted whenever there are new facts. */
  readonly collection: string;
  /** The number of each tenant's last row. */
  heads(): Promise<ReadonlyMap<string, number>>;
  /**
   * Events of at most `limit` rows after this one, in their order, the same ones every time. Not every row is an event; `through` is
   * `after` where there is no row.
   */
  next(tenantId: string, after: number, limit: number): Promise<Derived>;
}

/** Features above register here, when their module is initialised. */
@Injectable()
export class EventSources {
  private readonly sources: EventSource[] = [];

  add(source: EventSource): void {
    this.sources.push(source);
  }

  get all(): readonly EventSource[] {
    return this.sources;
  }
}
