import { LRUCache } from 'lru-cache';
import type { ClientSession } from 'mongodb';

/** What was read a moment ago: remembered for as long as a change made on another node may go unseen; with a time of 0, not at all. */
export class ShortMemory<Value extends object> {
  private readonly known: LRUCache<string, Value> | undefined;

  constructor(most: number, ms: number) {
    this.known = ms > 0 ? new LRUCache({ max: most, ttl: ms }) : undefined;
  }

  get(id: string): Value | undefined {
    return this.known?.get(id);
  }

  set(id: string, value: Value): void {
    this.known?.set(id, value);
  }

  /** When the transaction is over: what is read before it commits would be remembered as it was. */
  forgetAfter(session: ClientSession, isMeant: (value: Value) => boolean): void {
    session.once('ended', () => {
      for (const [id, value] of this.known?.entries() ?? []) if (isMeant(value)) this.known?.delete(id);
    });
  }
}
