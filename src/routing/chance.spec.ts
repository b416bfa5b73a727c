import { drawBeta, drawsOf, hash32, share } from './chance.js';

const count = 10_000;
const ids = Array.from({ length: count }, (_, at) => `65f1a7c4b2e8f4a91c${at.toString(16).padStart(6, '0')}`);

it('is the same for the same text, in every version', () => {
  expect(['', 'pay_1', 'pay_2'].map(hash32)).toEqual([2_872_998_923, 1_940_407_516, 149_083_129]);
  const draw = drawsOf('pay_1');
  expect([draw(), draw()]).toEqual([0.7562517212936655, 0.03568988631013781]);
});

it('spreads ids that follow each other evenly', () => {
  const buckets = Array.from({ length: 20 }, () => 0);
  for (const id of ids) buckets[Math.floor(share(id) * 20)]!++;
  const expected = count / 20;
  const chiSquare = buckets.reduce((sum, found) => sum + (found - expected) ** 2 / expected, 0);
  // 19 degrees of freedom: one in a thousand lies above.
  expect(chiSquare).toBeLessThan(43.8);
});

it.each([
  [1, 1],
  [0.4, 3.6],
  [45, 5],
  [2, 2],
])('draws Beta(%d, %d) with its mean and variance', (wins, losses) => {
  const draws = ids.map((id) => drawBeta(wins, losses, drawsOf(id)));
  expect(draws.every((draw) => draw >= 0 && draw <= 1)).toBe(true);
  const mean = draws.reduce((sum, draw) => sum + draw, 0) / count;
  const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / count;
  const total = wins + losses;
  const exact = { mean: wins / total, variance: (wins * losses) / (total ** 2 * (total + 1)) };
  expect(Math.abs(mean - exact.mean)).toBeLessThan(5 * Math.sqrt(exact.variance / count));
  expect(variance / exact.variance).toBeGreaterThan(0.93);
  expect(variance / exact.variance).toBeLessThan(1.07);
});
