import { Invalid, raise } from '../kernel/fault/fault.js';
import { decodeCursor, encodeCursor, UnknownCursor } from '../kernel/http/page.js';

const OF_EVENTS = 'event';

export const cursorKey = (position: number): readonly (string | number)[] => [OF_EVENTS, position];
/** Stands for a place in the feed: behind the event of this position. */
export const eventCursor = (position: number): string => encodeCursor(cursorKey(position));

/** @throws UnknownCursor also where the feed does not go so far */
export function readEventCursor(cursor: string, head: number): number {
  const [kind, position] = decodeCursor(cursor, ['text', 'integer']);
  return kind === OF_EVENTS && position >= 0 && position <= head ? position : raise(new UnknownCursor());
}

/** @throws UnknownLastEventId */
export function readLastEventId(id: string, head: number): number {
  try {
    return readEventCursor(id, head);
  } catch (cause) {
    throw new UnknownLastEventId(cause);
  }
}

export class UnknownLastEventId extends Invalid {
  constructor(cause?: unknown) {
    const fields = [{ field: 'Last-Event-ID', message: 'unknown event id' }];
    super('Last-Event-ID is not one that this stream gave out', { cause, context: { fields } });
  }
}
