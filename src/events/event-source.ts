import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Id } from '../kernel/ids.js';
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

/** The id of the event of a row, the same one whoever makes it: a UUID of version 8 (RFC 9562). */
export function derivedId({ name }: Pick<EventSource, 'name'>, tenantId: string, row: number): Id<'evt'> {
  const bytes = createHash('sha256')
    .update(JSON.stringify([name, tenantId, row]))
    .digest()
    .subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  const groups = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
  return `evt_${groups.join('-')}` as Id<'evt'>;
}
