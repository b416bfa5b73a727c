import { FakeClock } from '../../test/support/clock.js';
import { Clock } from './clock.js';

describe('Clock', () => {
  it('tells the time of now', () => {
    const before = Date.now();
    const told = new Clock().now().getTime();
    expect(told).toBeGreaterThanOrEqual(before);
    expect(told).toBeLessThanOrEqual(Date.now());
  });
});

describe('FakeClock', () => {
  it('stands still', () => {
    const clock = new FakeClock('2026-03-01T10:00:00.000Z');
    expect([clock.now().toISOString(), clock.now().toISOString()]).toEqual(['2026-03-01T10:00:00.000Z', '2026-03-01T10:00:00.000Z']);
  });

  it('is set and advanced by hand', () => {
    const clock = new FakeClock();
    clock.set('2026-02-28T23:59:59.500Z');
    clock.advance(500);
    expect(clock.now().toISOString()).toBe('2026-03-01T00:00:00.000Z');
  });

  it('hands out dates that cannot turn it', () => {
    const clock = new FakeClock('2026-03-01T10:00:00.000Z');
    clock.now().setFullYear(1999);
    expect(clock.now().toISOString()).toBe('2026-03-01T10:00:00.000Z');
  });
});
