import type { MomentRange } from '../kernel/time/calendar.js';
import type { Event, EventType, SequencedEvent } from './event.js';

export interface EventFilter extends MomentRange {
  readonly type?: EventType;
  readonly sourceAgent?: string;
}
export interface Stretch {
  readonly events: readonly SequencedEvent[];
  /** Up to here the feed was looked at: there is no further event of the filter at or before it. */
  readonly through: number;
}

export function passes(event: Event, { type, sourceAgent, from, before }: EventFilter): boolean {
  return (
    (type === undefined || event.type === type) &&
    (sourceAgent === undefined || event.sourceAgent === sourceAgent) &&
    (from === undefined || event.at >= from) &&
    (before === undefined || event.at < before)
  );
}
