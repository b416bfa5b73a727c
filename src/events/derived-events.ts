import { Injectable } from '@nestjs/common';
import type { Scope } from '../kernel/actor/scope.js';
import { Database } from '../kernel/mongo/database.js';
import type { ScopedCollection } from '../kernel/mongo/scoped-collection.js';
import type { SequencedEvent } from './event.js';
import { type EventFilter, passes, type Stretch } from './event-filter.js';
import { rangesCollection, type RangeRow } from './event-feed.schema.js';
import { EventSources } from './event-source.js';

/** Part of a feed: rows of one source, and the position of the first. */
interface Piece {
  readonly source: string;
  readonly firstRow: number;
  readonly from: number;
  readonly to: number;
}

/** Rows that are made into events at once. */
const chunk = 500;
/** Rows that are looked at for one answer, where few of them pass the filter. */
const mostRows = 20_000;
const rangesAtOnce = 200;

/** The part of a feed that is not written as events: made of the sources' rows for whoever reads it. */
@Injectable()
export class DerivedEvents {
  private readonly ranges: ScopedCollection<RangeRow>;

  constructor(
    database: Database,
    private readonly sources: EventSources,
  ) {
    this.ranges = database.scoped<RangeRow>(rangesCollection.name);
  }

  /** In order, those after a position and up to another; `through` is short of it where there were too many rows to look at. */
  async read(scope: Scope, after: number, upTo: number, limit: number, filter: EventFilter): Promise<Stretch> {
    const events: SequencedEvent[] = [];
    let looked = 0;
    for await (const pieces of this.chunks(scope, after, upTo, Object.keys(filter).length > 0 ? chunk : limit, filter)) {
      const made = await this.made(scope.tenantId, pieces);
      events.push(...made.filter((event) => passes(event, filter)));
      looked += made.length;
      if (events.length >= limit) return { events: events.slice(0, limit), through: events[limit - 1]?.position ?? upTo };
      if (looked >= mostRows) return { events, through: pieces.at(-1)?.to ?? upTo };
    }
    return { events, through: upTo };
  }

  /** The events of pieces that lie one behind the other, with one question to a source for as many of them as follow each other. */
  async made(tenantId: string, pieces: readonly Piece[]): Promise<SequencedEvent[]> {
    const events: SequencedEvent[] = [];
    for (let next = 0; next < pieces.length;) {
      const { source, firstRow } = pieces[next] as Piece;
      const others = pieces.findIndex((piece, index) => index > next && piece.source !== source);
      const same = pieces.slice(next, others === -1 ? undefined : others);
      const last = same.at(-1) as Piece;
      const rows = await this.sources.named(source).events(tenantId, firstRow, lastRowOf(last));
      const positions = same.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index));
      if (rows.length !== positions.length) throw new Error(`Rows of ${source} after ${firstRow} of ${tenantId} are not as they were`);
      events.push(...rows.map((event, index) => ({ ...event, position: positions[index] as number })));
      next += same.length;
    }
    return events;
  }

  /** Pieces with so many rows at a time, of sources and times that the filter does not exclude. */
  private async *chunks(scope: Scope, after: number, upTo: number, size: number, filter: EventFilter): AsyncGenerator<readonly Piece[]> {
    let waiting: Piece[] = [];
    let rows = 0;
    for await (const range of this.rangesAfter(scope, after, filter)) {
      if (range.from > upTo) break;
      const end = Math.min(range.to, upTo);
      for (let from = Math.max(range.from, after + 1); from <= end;) {
        const to = Math.min(end, from + size - rows - 1);
        waiting.push({ source: range.source, firstRow: range.firstRow + from - range.from, from, to });
        rows += to - from + 1;
        from = to + 1;
        if (rows < size) continue;
        yield waiting;
        [waiting, rows] = [[], 0];
      }
    }
    if (waiting.length > 0) yield waiting;
  }

  private async *rangesAfter(scope: Scope, after: number, { type, from, before }: EventFilter): AsyncGenerator<RangeRow> {
    const sources = this.sources.all.filter((source) => type === undefined || source.makes(type)).map(({ name }) => name);
    if (sources.length === 0) return;
    const wanted = { source: { $in: sources }, ...(from && { until: { $gte: from } }), ...(before && { since: { $lt: before } }) };
    for (let place = after; ;) {
      const found = await this.ranges.find(scope, { ...wanted, to: { $gt: place } }, { sort: { to: 1 }, limit: rangesAtOnce });
      yield* found;
      if (found.length < rangesAtOnce) return;
      place = found.at(-1)?.to ?? place;
    }
  }
}

const lastRowOf = ({ firstRow, from, to }: Piece): number => firstRow + to - from;
