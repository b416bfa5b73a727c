import fc from 'fast-check';
import { newSeed, scale } from '../../test/support/random.js';
import { ApprovalRates, type Observation } from './adaptive.js';
import { drawsOf } from './chance.js';

const visa = { currency: 'EUR', method: 'card', cardBrand: 'visa' };
const mastercard = { ...visa, cardBrand: 'mastercard' };
const seen = (provider: string, approved: boolean, segment = visa, latencyMs = 100): Observation => ({
  ...segment,
  provider,
  approved,
  latencyMs,
});
const after = (...observations: readonly Observation[]): ApprovalRates => {
  const rates = new ApprovalRates();
  for (const observation of observations) rates.observe(observation);
  return rates;
};
const times = (count: number, ...observations: readonly Observation[]) => Array.from({ length: count }, () => observations).flat();

describe('an estimate', () => {
  it('of nothing seen is hopeful', () => {
    expect(new ApprovalRates().estimate('stripe', visa)).toEqual({ success: 0.7, evidence: 0, latencyMs: null });
  });

  it('comes near to what is seen, and remembers some 65 payments', () => {
    const rates = after(...times(100, ...times(4, seen('stripe', true)), seen('stripe', false, visa, 600)));
    const { success, evidence, latencyMs } = rates.estimate('stripe', visa);
    expect([success, evidence, latencyMs]).toEqual([expect.closeTo(0.79, 1), expect.closeTo(66.6, 0), expect.closeTo(203, 0)]);
  });

  it('of a segment with nothing of its own is that of the coarser one', () => {
    const rates = after(...times(200, seen('stripe', true, visa, 50), seen('adyen', false)));
    const coarser = { success: expect.closeTo(0.99, 1), evidence: 0, latencyMs: expect.closeTo(50) };
    expect(rates.estimate('stripe', mastercard)).toEqual(coarser);
    expect(rates.estimate('stripe', { currency: 'USD', method: 'bank', cardBrand: null })).toEqual(coarser);
    expect(rates.estimate('adyen', mastercard).success).toBeLessThan(0.05);
  });

  it('of a segment goes by its own payments when there are enough', () => {
    const rates = after(...times(200, seen('stripe', true)), ...times(60, seen('stripe', false, mastercard)));
    expect(rates.estimate('stripe', mastercard).success).toBeLessThan(0.1);
    expect(rates.estimate('stripe', visa).success).toBeGreaterThan(0.9);
  });

  it('fades while others take the payments', () => {
    const rates = after(...times(50, seen('stripe', false)), ...times(400, seen('adyen', true)));
    expect(rates.estimate('stripe', visa)).toMatchObject({ success: expect.closeTo(0.7, 1), evidence: expect.closeTo(0, 0) });
  });
});

describe('the state', () => {
  const observation: fc.Arbitrary<Observation> = fc.record({
    provider: fc.constantFrom('stripe', 'adyen', 'paypal'),
    currency: fc.constantFrom('EUR', 'USD'),
    method: fc.constantFrom('card', 'bank'),
    cardBrand: fc.constantFrom('visa', null),
    approved: fc.boolean(),
    latencyMs: fc.integer({ min: 0, max: 5_000 }),
  });
  const history = fc.array(observation, { maxLength: 60 });
  const seed = newSeed();
  const runs = { seed, numRuns: scale(200, 5_000) };
  const patience = scale(60_000, 600_000);
  beforeAll(() => void process.stdout.write(`approval rates: seed ${seed}\n`));

  const figuresOf = (rates: ApprovalRates): Record<string, number> =>
    Object.fromEntries(
      rates
        .toJSON()
        .segments.flatMap(({ key, count, tallies }) => [
          [`${key} count`, count],
          ...tallies.flatMap(({ provider, ...tally }) =>
            Object.entries(tally).map(([name, value]) => [`${key} ${provider} ${name}`, value]),
          ),
        ]),
    );
  /** Up to the last bits of a sum in another order. */
  const nearly = (figures: Record<string, number>) =>
    Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, expect.closeTo(value, 6)]));

  it(
    'of two parts together is that of one that saw both',
    () => {
      const property = fc.property(history, history, (one, other) => {
        expect(figuresOf(after(...one).followedBy(after(...other)))).toEqual(nearly(figuresOf(after(...one, ...other))));
      });
      fc.assert(property, runs);
    },
    patience,
  );

  it(
    'of many parts is the same however they are put together',
    () => {
      const property = fc.property(history, history, history, (one, other, third) => {
        const [a, b, c] = [after(...one), after(...other), after(...third)];
        expect(figuresOf(a.followedBy(b).followedBy(c))).toEqual(nearly(figuresOf(a.followedBy(b.followedBy(c)))));
      });
      fc.assert(property, runs);
    },
    patience,
  );

  it(
    'is read as it was written',
    () => {
      const property = fc.property(history, history, observation, (one, other, asked) => {
        const rates = after(...one);
        const read = ApprovalRates.of(JSON.parse(JSON.stringify(rates)));
        expect(read.toJSON()).toEqual(rates.toJSON());
        for (const next of other) for (const either of [rates, read]) either.observe(next);
        expect(read.draw(asked.provider, asked, 'pay_1')).toBeCloseTo(rates.draw(asked.provider, asked, 'pay_1'), 9);
      });
      fc.assert(property, runs);
    },
    patience,
  );

  it('stays small: of many segments the longest unused are forgotten', () => {
    const rates = new ApprovalRates();
    for (let at = 0; at < 1_000; at++) rates.observe(seen('stripe', true, { ...visa, currency: `C${at}` }));
    const keys = rates.toJSON().segments.map(({ key }) => key);
    expect([keys.length, keys.includes(''), keys.includes('C999 card visa'), keys.includes('C1 card visa')]).toEqual([
      200,
      true,
      true,
      false,
    ]);
    expect(new ApprovalRates().followedBy(rates).followedBy(rates).toJSON().segments).toHaveLength(200);
    expect(JSON.stringify(rates).length).toBeLessThan(30_000);
  });
});

describe('a draw', () => {
  const rates = after(...times(30, seen('stripe', true)), ...times(10, seen('stripe', false)));
  const drawn = (provider: string) => Array.from({ length: 2_000 }, (_, at) => rates.draw(provider, visa, `pay_${at}`));

  it('is the same for the same payment', () => {
    expect(rates.draw('stripe', visa, 'pay_1')).toBe(rates.draw('stripe', visa, 'pay_1'));
    expect(rates.draw('stripe', visa, 'pay_1')).not.toBe(rates.draw('stripe', visa, 'pay_2'));
  });

  it('lies around the estimate, nearer the more is known', () => {
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const spread = (values: readonly number[]) => Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));
    expect(Math.abs(mean(drawn('stripe')) - rates.estimate('stripe', visa).success)).toBeLessThan(0.01);
    expect(spread(drawn('stripe'))).toBeLessThan(spread(drawn('adyen')) / 2);
  });
});

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
};

/** Processes that take payments in turns, and tell each other what they saw every so many payments. */
class Processes {
  private shared = new ApprovalRates();
  private parts: readonly ApprovalRates[] = [];
  private views: readonly ApprovalRates[] = [];

  constructor(private readonly count: number) {
    this.exchange();
  }

  /** What the one whose turn it is knows. */
  knownAt(turn: number): ApprovalRates {
    return this.views[turn % this.count] ?? this.shared;
  }

  observe(turn: number, observation: Observation): void {
    this.knownAt(turn).observe(observation);
    this.parts[turn % this.count]?.observe(observation);
    if (turn % 20 === 19) this.exchange();
  }

  private exchange(): void {
    this.shared = this.parts.reduce((all, part) => all.followedBy(part), this.shared);
    const each = Array.from({ length: this.count });
    this.parts = each.map(() => new ApprovalRates());
    this.views = each.map(() => ApprovalRates.of(this.shared.toJSON()));
  }
}

/** Payments at one provider each, no second tries, equal cost. The first of them fails for a while. */
describe('a provider that falls from 90 % to 40 %, and heals', () => {
  const [warmUp, failing, healed] = [400, 500, 500];
  const seeds = Array.from({ length: 20 }, (_, at) => at + 1);

  interface Run {
    /** Approvals among payments 101 to 300 after the fall. */
    readonly won: number;
    readonly perfect: number;
    readonly split: number;
    /** Of payments 251 to 500 after the healing. */
    readonly back: number;
  }
  function simulate(seed: number, usual: readonly number[], count: number): Run {
    const [processes, draw] = [new Processes(count), drawsOf(`simulation ${seed}`)];
    const run = { won: 0, perfect: 0, split: 0, back: 0 };
    for (let at = 0; at < warmUp + failing + healed; at++) {
      const isFailing = at >= warmUp && at < warmUp + failing;
      const success = usual.map((share, provider) => (isFailing && provider === 0 ? 0.4 : share));
      // What each would answer is settled before one is chosen, so that all routers meet the same customers.
      const answers = success.map((share) => draw() < share);
      const rates = processes.knownAt(at);
      const scores = usual.map((_, provider) => rates.draw(`p${provider}`, visa, `${seed} ${at}`));
      const chosen = scores.indexOf(Math.max(...scores));
      processes.observe(at, seen(`p${chosen}`, answers[chosen] === true));
      const [sinceFall, sinceHealing] = [at - warmUp, at - warmUp - failing];
      if (sinceFall >= 100 && sinceFall < 300) {
        run.won += Number(answers[chosen]);
        run.perfect += Number(answers[success.indexOf(Math.max(...success))]);
        run.split += Number(answers[at % usual.length]);
      }
      if (sinceHealing >= 250 && sinceHealing < 500) run.back += Number(chosen === 0);
    }
    return run;
  }

  it.each([
    // The part that has come back between two equals is half; the better one gets most.
    { usual: [0.9, 0.9], processes: 1, back: 0.35 },
    { usual: [0.9, 0.9], processes: 4, back: 0.35 },
    { usual: [0.9, 0.8], processes: 1, back: 0.6 },
    { usual: [0.9, 0.85, 0.85], processes: 1, back: 0.35 },
    { usual: [0.97, 0.97], processes: 1, back: 0.35 },
  ])('costs little beside $usual over $processes processes, and gets its payments back', ({ usual, processes, back }) => {
    const runs = seeds.map((seed) => simulate(seed, usual, processes));
    const won = median(runs.map((run) => (run.won - run.split) / (run.perfect - run.split)));
    const returned = median(runs.map((run) => run.back / 250));
    process.stdout.write(`beside ${usual.join(' ')} over ${processes}: won ${won.toFixed(3)}, returned ${returned.toFixed(3)}\n`);
    expect(won).toBeGreaterThanOrEqual(0.8);
    expect(returned).toBeGreaterThanOrEqual(back);
  });
});
