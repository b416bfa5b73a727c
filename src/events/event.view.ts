import type { EventType, SequencedEvent } from './event.js';
import { eventCursor } from './event-cursor.js';

export class EventSubjectView {
  /** @example "payment" */
  type: string;
  /** @example "pay_65a0c0ffee0123456789abcd" */
  id: string;
}
export class EventView {
  /** @example "evt_0190a1b2-0000-7000-8000-000000000000" */
  id: string;
  /** @example "PAYMENT_CREATED" */
  type: EventType;
  /** Of the shape of `data`. @example 1 */
  version: number;
  /** Counts the tenant's events without a gap. @example 42 */
  position: number;
  /** Reads on behind this event, also as `Last-Event-ID`. @example "WyJldmVudCIsNDJd" */
  cursor: string;
  /** When it happened. @example "2026-01-03T10:00:00.000Z" */
  at: string;
  /** Who did it. @example "usr_0190a1b2-0000-7000-8000-000000000000" */
  sourceAgent: string;
  subject: EventSubjectView;
  /** What is known of it, by its type. */
  data: Record<string, unknown>;
  /** Null where it was not kept. @example "0af7651916cd43dd8448eb211c80319c" */
  traceId: string | null;

  static of({ _id, type, version, position, at, sourceAgent, subject, data, traceId }: SequencedEvent): EventView {
    return { id: _id, type, version, position, cursor: eventCursor(position), at: at.toISOString(), sourceAgent, subject, data, traceId };
  }
}
