import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import { newSeed, scale } from '../../test/support/random.js';
import { ApprovalRates } from './adaptive.js';
import { type Condition, problemOf } from './conditions.js';
import type { Draft, Knowledge } from './decision.js';
import { decide, prepare } from './route.js';
import { indexRules, scanRules } from './rule-index.js';
import type { Effect, Rule, Step } from './strategy.js';

const seed = newSeed();
const numRuns = scale(200, 10_000);
const patience = scale(60_000, 1_800_000);
beforeAll(() => void process.stdout.write(`rule index: seed ${seed}, ${numRuns} runs\n`));

/** Few values, so that rules hold, and pin, and meet each other. */
const values = {
  currency: fc.constantFrom('EUR', 'USD', 'GBP'),
  region: fc.constantFrom('DE', 'US', 'UK', ''),
  customerCountry: fc.constantFrom('DE', 'US'),
  cardBrand: fc.constantFrom('visa', 'mastercard', null),
  merchant: fc.constantFrom('Spotify', 'Netflix'),
  paymentType: fc.constantFrom('subscription', 'once'),
};
const amount = fc.integer({ min: 0, max: 4 });
const text = fc.oneof(values.currency, values.region);
/** Mostly of the fields that are indexed. */
const field = fc
  .constantFrom('currency', 'currency', 'region', 'region', 'customerCountry', 'cardBrand', 'merchant')
  .map((name) => ({ var: name }));
const either = (pair: fc.Arbitrary<readonly unknown[]>) =>
  fc.tuple(pair, fc.boolean()).map(([both, isTurned]) => (isTurned ? both.toReversed() : both));

const equality = fc
  .record({
    operator: fc.constantFrom('==', '===', '!=', '!=='),
    operands: either(fc.tuple(field, fc.oneof({ arbitrary: text, weight: 4 }, field))),
  })
  .map(({ operator, operands }) => ({ [operator]: operands }));
const ordering = fc
  .record({ operator: fc.constantFrom('<', '<=', '>', '>='), operands: either(fc.tuple(fc.constant({ var: 'amountMinor' }), amount)) })
  .map(({ operator, operands }) => ({ [operator]: operands }));
const membership = fc.tuple(field, fc.array(text, { maxLength: 3 })).map((operands) => ({ in: operands }));
const { condition } = fc.letrec<{ condition: Condition; leaf: Condition }>((tie) => ({
  leaf: fc.oneof({ weight: 5, arbitrary: equality }, { weight: 3, arbitrary: membership }, ordering, fc.boolean()),
  condition: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    { weight: 3, arbitrary: tie('leaf') },
    { weight: 2, arbitrary: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((all) => ({ and: all })) },
    { weight: 2, arbitrary: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((any) => ({ or: any })) },
    tie('condition').map((one) => ({ '!': one })),
  ),
}));

const names = ['stripe', 'adyen', 'paypal'];
const providers = fc.subarray(names, { minLength: 1 });
const shares = providers.chain((some) =>
  fc.tuple(...some.map((provider) => fc.integer({ min: 1, max: 9 }).map((weight) => ({ provider, weight })))),
);
const effect: fc.Arbitrary<Effect> = fc.oneof(
  fc.record({ kind: fc.constantFrom('prefer', 'only', 'exclude'), providers }),
  fc.record({ kind: fc.constant('split'), shares }),
);
const rules: fc.Arbitrary<readonly Rule[]> = fc
  .array(fc.record({ condition, effect }), { minLength: 1, maxLength: 40 })
  .map((all) => all.map((one, at) => ({ ...one, name: `rule ${at}` })));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('rules'), rules }) },
  fc.record({ kind: fc.constant('split'), shares }),
  fc.record({ kind: fc.constant('adaptive'), tolerancePoints: fc.integer({ min: 0, max: 20 }) }),
  fc.record({ kind: fc.constant('fallback'), providers }),
);
const draft: fc.Arbitrary<Draft> = fc.record({ ...values, id: fc.uuid(), method: fc.constantFrom('card', 'bank'), amountMinor: amount });
const knowledge: fc.Arbitrary<Knowledge> = fc
  .tuple(...names.map(() => fc.record({ enabled: fc.boolean(), breaker: fc.constantFrom('closed', 'open', 'half_open') })))
  .map((states) => ({
    providers: states.map((state, at) => ({
      ...state,
      name: names[at] ?? '',
      capabilities: { currencies: null, methods: ['card', 'bank'] },
      prices: [],
    })),
    rates: new ApprovalRates(),
  }));

const drafts = fc.array(draft, { minLength: 5, maxLength: 10 });

it(
  'decides with the index as without it',
  () => {
    let matched = 0;
    const property = fc.property(fc.array(step, { minLength: 1, maxLength: 4 }), drafts, knowledge, (steps, all, known) => {
      const [indexed, scanned] = [prepare({ version: 1, steps }), prepare({ version: 1, steps }, scanRules)];
      for (const one of all) {
        const decision = decide(indexed, one, known);
        const expected = decide(scanned, one, known);
        // The matcher of the suite takes most of the time of so many.
        deepStrictEqual(decision, expected);
        matched += decision.rules.length;
      }
    });
    fc.assert(property, { seed, numRuns });
    expect(matched).toBeGreaterThan(numRuns);
  },
  patience,
);

it('is asked about conditions that a strategy may have', () => {
  fc.assert(
    fc.property(condition, (one) => expect(problemOf(one)).toBeNull()),
    { seed, numRuns },
  );
});

it('finds the first of many rules, and what holds for values that none names', () => {
  const pinned = Array.from({ length: 200 }, (_, at): Rule => ({
    name: `rule ${at}`,
    condition: { and: [{ '==': [{ var: 'currency' }, `C${at % 20}`] }, { in: [{ var: 'region' }, [`R${at % 10}`, `S${at % 10}`]] }] },
    effect: { kind: 'only', providers: [] },
  }));
  const everywhere: Rule = { name: 'everywhere', condition: true, effect: { kind: 'only', providers: [] } };
  const facts = { amountMinor: 1, paymentType: '', customerCountry: '', cardBrand: null, merchant: '' };
  const find = indexRules([...pinned, everywhere]);
  const found = (currency: string, region: string) => find({ ...facts, currency, region })?.name;
  expect([found('C19', 'R9'), found('C19', 'S9'), found('C12', 'R2'), found('C19', 'R8'), found('XXX', 'R9'), found('', '')]).toEqual([
    'rule 19',
    'rule 19',
    'rule 12',
    'everywhere',
    'everywhere',
    'everywhere',
  ]);
});
