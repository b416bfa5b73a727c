import type { Event, SequencedEvent } from './event.js';
import type { RangeRow } from './event-feed.schema.js';
import type { Run } from './event-source.js';

export interface NewRun extends Run {
  readonly source: string;
}
/** What a batch adds to a feed, and where the feed then ends. */
export interface Placed {
  readonly events: readonly SequencedEvent[];
  readonly ranges: readonly RangeRow[];
  readonly head: number;
}

/** Positions behind `head`: as things happened, so far as the clocks of the nodes agree; those of one moment as they came. */
export function placed(tenantId: string, head: number, recorded: readonly Event[], runs: readonly NewRun[]): Placed {
  const events: SequencedEvent[] = [];
  const ranges: RangeRow[] = [];
  let position = head;
  for (const item of inOrder(recorded, runs)) {
    if (!('last' in item)) {
      events.push({ ...item, position: ++position });
      continue;
    }
    const { source, first: firstRow, last, at } = item;
    const [from, to] = [position + 1, position + 1 + last - firstRow];
    const before = ranges.at(-1);
    if (before?.to === position && before.source === source) {
      const [since, until] = [earlier(before.since, at), later(before.until, at)];
      ranges[ranges.length - 1] = { ...before, to, since, until };
    } else {
      ranges.push({ _id: `${tenantId}/${from}`, tenantId, source, from, to, firstRow, since: at, until: at });
    }
    position = to;
  }
  return { events, ranges, head: position };
}

/** Rows of a source keep their order, also where a clock was set back between them. */
function inOrder(recorded: readonly Event[], runs: readonly NewRun[]): readonly (Event | NewRun)[] {
  const latest = new Map<string, Date>();
  const timed = runs.map((run) => {
    const at = later(latest.get(run.source) ?? run.at, run.at);
    latest.set(run.source, at);
    return { item: run, at };
  });
  return [...recorded.map((event) => ({ item: event, at: event.at })), ...timed]
    .sort((one, other) => one.at.getTime() - other.at.getTime())
    .map(({ item }) => item);
}

const earlier = (one: Date, other: Date): Date => (one < other ? one : other);
const later = (one: Date, other: Date): Date => (one > other ? one : other);
