import { MongoClient } from 'mongodb';
import { testDatabaseUri } from '../../test/support/database.js';
import { newSeed, randomOf } from '../../test/support/random.js';
import { binExpression, binOf, percentile, type Sketch } from './latency-sketch.js';
import { sumTallies } from './payment-figures.js';

const longestMs = 86_400_000;
const seed = newSeed();
const random = randomOf(seed);
const chance = () => (random.below(1_000_000) + 0.5) / 1_000_000;
const gauss = () => Math.sqrt(-2 * Math.log(chance())) * Math.cos(2 * Math.PI * chance());
const wholeMs = (ms: number) => Math.min(longestMs, Math.round(ms));

beforeAll(() => void process.stdout.write(`latency sketch: seed ${seed}\n`));

/** Typed from the paper's promise. */
const mayBeOff = 0.02;
const isNear = (found: number | null, exact: number) => found !== null && Math.abs(found - exact) <= mayBeOff * exact;
const exactly = (values: readonly number[], hundredths: number) =>
  [...values].sort((one, other) => one - other)[Math.floor((hundredths * (values.length - 1)) / 100)] as number;

function sketchOf(values: readonly number[], sign: 1 | -1 = 1): Sketch {
  const sketch: Record<string, number> = {};
  for (const value of values) sketch[binOf(value)] = (sketch[binOf(value)] ?? 0) + sign;
  return sketch;
}
function merged(sketches: readonly Sketch[]): Sketch {
  const days = sketches.map((sketch) => ({ success: { n: 1, latencies: { Stripe: sketch } } }));
  return sumTallies(days).success?.latencies?.Stripe ?? {};
}

const distributions: [string, () => number][] = [
  ['uniform', () => random.below(5_000)],
  ['lognormal', () => wholeMs(Math.exp(5 + gauss()))],
  ['of two peaks', () => wholeMs(random.below(10) < 7 ? 120 + 15 * gauss() : 2_400 + 300 * gauss())],
  ['Pareto', () => wholeMs(80 / chance() ** (1 / 1.2))],
];
const size = 20_000;

describe.each(distributions)('of latencies that are %s', (_name, draw) => {
  const values = Array.from({ length: size }, draw);

  it.each([50, 95, 99])('the %sth percentile is at most 2 %% off', (hundredths) => {
    const exact = exactly(values, hundredths);
    const found = percentile(sketchOf(values), hundredths);
    expect({ seed, exact, found, near: isNear(found, exact) }).toMatchObject({ near: true });
  });

  it('many sketches, merged in any order, are the sketch of all', () => {
    const parts = Array.from({ length: 100 }, (_, part) => values.filter((_value, at) => at % 100 === part)).map((part) => sketchOf(part));
    expect(merged(parts)).toEqual(sketchOf(values));
    expect(merged(parts.toReversed())).toEqual(sketchOf(values));
  });

  it('what is taken out leaves no trace', () => {
    const [gone, kept] = [values.filter((value) => value % 3 === 0), values.filter((value) => value % 3 !== 0)];
    const left = merged([sketchOf(values), ...gone.map((value) => sketchOf([value], -1))]);
    expect(left).toEqual(sketchOf(kept));
    for (const hundredths of [50, 95, 99]) {
      expect({ seed, near: isNear(percentile(left, hundredths), exactly(kept, hundredths)) }).toEqual({ seed, near: true });
    }
  });
});

it('knows short latencies exactly, and no percentile of nothing', () => {
  for (let ms = 0; ms <= 24; ms++) expect(percentile(sketchOf([ms]), 50)).toBe(ms);
  expect(percentile({}, 50)).toBeNull();
  expect(percentile({ 12: 0 }, 50)).toBeNull();
  expect(percentile(sketchOf([0, 0, 0, 7]), 50)).toBe(0);
});

/** The shortest and the longest latency of every bin: where the formula could slip. */
function bounds(): number[] {
  const found = [0, 1];
  for (let ms = 1; ms < longestMs;) {
    let [inside, outside] = [ms, Math.ceil(ms * 1.05) + 1];
    while (outside - inside > 1) {
      const middle = Math.floor((inside + outside) / 2);
      if (binOf(middle) === binOf(ms)) inside = middle;
      else outside = middle;
    }
    found.push(inside, outside);
    ms = outside;
  }
  return found.filter((ms) => ms <= longestMs);
}

it('stands for every latency of a bin, in a few hundred bins', () => {
  const off = bounds().filter((ms) => !isNear(percentile(sketchOf([ms]), 50), ms));
  expect(off).toEqual([]);
  for (let ms = 1; ms < 100_000; ms++) if (binOf(ms) < binOf(ms - 1)) throw new Error(`${ms} is counted below ${ms - 1}`);
  expect(new Set(bounds().map(binOf)).size).toBe(402);
  expect(binOf(longestMs)).toBe(458);
});

it('bins as the database does', async () => {
  const client = await MongoClient.connect(testDatabaseUri('latency-sketch'));
  try {
    const all = bounds();
    const rows = client.db().aggregate([{ $documents: all.map((ms) => ({ ms })) }, { $project: { bin: binExpression('$ms') } }]);
    expect((await rows.toArray()).map(({ bin }) => Number(bin))).toEqual(all.map(binOf));
  } finally {
    await client.close();
  }
});
