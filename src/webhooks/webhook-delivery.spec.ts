import { mostTries, nextTry, readRetryAfter } from './webhook-delivery.js';

const now = new Date('2026-01-01T00:00:00.000Z');
const waited = (triesNow: number, retryAfterMs: number, chance: number) =>
  Number(nextTry(triesNow, now, retryAfterMs, chance)) - now.getTime();

it('tries ten times, over three days at least and four at most', () => {
  const waits = (chance: number) => Array.from({ length: mostTries - 1 }, (_, index) => waited(index + 1, 0, chance));
  const hours = (ms: readonly number[]) => ms.reduce((one, other) => one + other) / 3_600_000;
  expect(mostTries).toBe(10);
  expect(nextTry(mostTries, now)).toBeNull();
  expect(hours(waits(0))).toBeGreaterThan(72);
  expect(hours(waits(1))).toBeLessThan(96);
  waits(0).forEach((wait, index) => expect(waits(1)[index]).toBeCloseTo(wait * 1.2, 3));
});

it('waits for the receiver as long as it asks, a day at most', () => {
  expect(waited(1, 60_000, 0)).toBe(60_000);
  expect(waited(4, 60_000, 0)).toBe(2 * 3_600_000);
  expect(waited(1, 1e12, 0)).toBe(86_400_000);
});

it.each([
  [undefined, 0],
  ['0', 0],
  ['120', 120_000],
  ['999999999', 999_999_999_000],
  ['Thu, 01 Jan 2026 01:00:00 GMT', 3_600_000],
  ['Wed, 31 Dec 2025 23:00:00 GMT', 0],
  ['', 0],
  ['-1', 0],
  ['1.5', 0],
  ['1e3', 0],
  ['9999999999', 0],
  ['tomorrow', 0],
  ['2026-01-02', 0],
  ['Thu, 99 Jan 2026 99:00:00 GMT', 0],
])('reads the header %j as %i ms', (header, ms) => {
  expect(readRetryAfter(header, now)).toBe(ms);
});
