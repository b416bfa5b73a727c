import { Clock } from '../../src/kernel/clock.js';

/** A clock that stands still until a test turns it. */
export class FakeClock extends Clock {
  private millis: number;

  constructor(start: Date | string = '2026-01-01T00:00:00.000Z') {
    super();
    this.millis = new Date(start).getTime();
  }

  override now(): Date {
    return new Date(this.millis);
  }

  set(time: Date | string): void {
    this.millis = new Date(time).getTime();
  }

  advance(millis: number): void {
    this.millis += millis;
  }
}
