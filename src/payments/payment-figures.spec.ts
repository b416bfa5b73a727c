import type { DayTallies } from './payment-buckets.js';
import { sumTallies } from './payment-figures.js';

it('sums a provider that has always answered at once, or never well', () => {
  const stored = (tallies: unknown) => tallies as DayTallies;
  const days = [
    stored({ success: { n: 1, volume: { GBP: { n: 1, sum: 5 } }, providers: { Stripe: { n: 1 } } } }),
    stored({ success: { n: 1, volume: { GBP: { n: 1, sum: 7 } }, providers: { Stripe: { n: 2, ms: 300, ok: 1 } } } }),
  ];
  const stripe = { n: 3, ms: 300, ok: 1 };
  expect(sumTallies(days)).toEqual({ success: { n: 2, volume: { GBP: { n: 2, sum: 12 } }, providers: { Stripe: stripe } } });
  expect(sumTallies(days.slice(0, 1))).toEqual({
    success: { n: 1, volume: { GBP: { n: 1, sum: 5 } }, providers: { Stripe: { n: 1, ms: 0, ok: 0 } } },
  });
});
