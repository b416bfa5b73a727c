import type { Document } from 'mongodb';

/**
 * How many latencies fell into each bin: a DDSketch (Masson, Rim, Lee, VLDB 2019). It holds counts alone, so adding, taking out and
 * merging are sums, exact in any order.
 */
export type Sketch = Readonly<Record<string, number>>;

/** How far a percentile may be off, of its true value. */
const accuracy = 0.02;
/** The bounds of a bin lie at most this factor apart: then one value in it is off by no more than `(gamma - 1) / (gamma + 1)` of any other. */
const gamma = (1 + accuracy) / (1 - accuracy);
const lnGamma = Math.log(gamma);

/** Bin 0 is of 0 ms alone; bin `n` begins above `gamma ** (n - 2)` and ends with `gamma ** (n - 1)`. Whole ms lie too far from a bound to slip. */
export const binOf = (ms: number): number => (ms <= 0 ? 0 : 1 + Math.ceil(Math.log(ms) / lnGamma));

/** `binOf` as the database computes it. */
export const binExpression = (ms: string): Document => ({
  $cond: [{ $lte: [ms, 0] }, 0, { $add: [1, { $ceil: { $divide: [{ $ln: ms }, lnGamma] } }] }],
});

/** The value that is off by the same share of the least and of the most whole ms of its bin; up to 24 ms a bin holds one. */
function valueOf(bin: number): number {
  if (bin === 0) return 0;
  const least = Math.floor(gamma ** (bin - 2)) + 1;
  const most = Math.floor(gamma ** (bin - 1));
  return (2 * least * most) / (least + most);
}

/** At most 2 % off the one that stands so many hundredths up the sorted latencies; null where there is none. */
export function percentile(sketch: Sketch, hundredths: number): number | null {
  // Names that are whole numbers come in their order.
  const bins = Object.entries(sketch).filter(([, n]) => n > 0);
  const total = bins.reduce((sum, [, n]) => sum + n, 0);
  const rank = Math.floor((hundredths * (total - 1)) / 100);
  let passed = 0;
  for (const [bin, n] of bins) {
    passed += n;
    if (passed > rank) return valueOf(Number(bin));
  }
  return null;
}
