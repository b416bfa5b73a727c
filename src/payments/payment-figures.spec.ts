import { sumTallies } from './payment-figures.js';
import type { DayTallies } from './payment-tally.js';

const nothingElse = { failover: { n: 0, recovered: 0 }, declines: {}, latencies: {} };

it('sums a provider that has always answered at once, or never well', () => {
  const stored = (tallies: unknown) => tallies as DayTallies;
  const days = [
    stored({ success: { n: 1, volume: { GBP: { n: 1, sum: 5 } }, providers: { Stripe: { n: 1 } } } }),
    stored({ success: { n: 1, volume: { GBP: { n: 1, sum: 7 } }, providers: { Stripe: { n: 2, ms: 300, ok: 1 } } } }),
  ];
  const stripe = { n: 3, ms: 300, ok: 1 };
  expect(sumTallies(days)).toEqual({
    success: { n: 2, volume: { GBP: { n: 2, sum: 12 } }, providers: { Stripe: stripe }, ...nothingElse },
  });
  expect(sumTallies(days.slice(0, 1))).toEqual({
    success: { n: 1, volume: { GBP: { n: 1, sum: 5 } }, providers: { Stripe: { n: 1, ms: 0, ok: 0 } }, ...nothingElse },
  });
});

it('leaves out declines and latencies of which nothing is left', () => {
  const kept: DayTallies = {
    failed: { n: 2, declines: { Stripe: { limit_exceeded: 1, expired_card: 2 }, Adyen: { other: 1 } }, latencies: { Stripe: { 7: 3 } } },
  };
  const takenOut: DayTallies = {
    failed: { n: -1, declines: { Stripe: { limit_exceeded: -1 }, Adyen: { other: -1 } }, latencies: { Stripe: { 7: -3, 8: 1 } } },
  };
  const { declines, latencies } = sumTallies([kept, takenOut]).failed ?? {};
  expect({ declines, latencies }).toEqual({ declines: { Stripe: { expired_card: 2 } }, latencies: { Stripe: { 8: 1 } } });
});
