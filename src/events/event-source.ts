import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Id } from '../kernel/ids.js';
import type { Event, EventType } from './event.js';

/** Rows of one moment that follow each other: `last` is the number of the last one. */
export interface Run {
  readonly first: number;
  readonly last: number;
  readonly at: Date;
}

/**
 * Facts that stand elsewhere, in rows that each tenant counts from 1 without a gap. Every row is an event, which is not written a
 * second time: the feed keeps which positions its rows have, and the event is made when somebody reads it.
 */
export interface EventSource {
  /** Never changed: it is stored with the feeds. */
  readonly name: string;
  /** Whether there may be events of this type among its own. */
  makes(type: EventType): boolean;
  /** The number of each tenant's last row. */
  heads(): Promise<ReadonlyMap<string, number>>;
  /** The next rows after this one, up to `limit` of them, in their order. */
  runs(tenantId: string, after: number, limit: number): Promise<readonly Run[]>;
  /** The events of these rows, one for each, in their order; the same ones every time. */
  events(tenantId: string, first: number, last: number): Promise<readonly Event[]>;
}

/** Features above register here, when their module is initialised. */
@Injectable()
export class EventSources {
  private readonly sources: EventSource[] = [];
  private onGrowth: (tenantId: string) => void = () => {};

  add(source: EventSource): void {
    this.sources.push(source);
  }

  /** For a source whose rows this node has written; those of a node that died are found by looking. */
  grew(tenantId: string): void {
    this.onGrowth(tenantId);
  }

  listen(onGrowth: (tenantId: string) => void): void {
    this.onGrowth = onGrowth;
  }

  get all(): readonly EventSource[] {
    return this.sources;
  }

  named(name: string): EventSource {
    const source = this.sources.find((one) => one.name === name);
    if (!source) throw new Error(`There is no source of events called ${name}`);
    return source;
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
