import { ValidationFailed } from '../kernel/fault/common-faults.js';
import { readSteps } from './strategy.reader.js';

function problemsOf(value: unknown): unknown {
  try {
    return readSteps(value);
  } catch (error) {
    if (error instanceof ValidationFailed) return Object.fromEntries(error.fields.map(({ field, message }) => [field, message]));
    throw error;
  }
}
const eur = { '==': [{ var: 'currency' }, 'EUR'] };
const rule = (name: string) => ({ name, condition: eur, effect: { kind: 'only', providers: ['stripe'] } });
const rules = (...all: unknown[]) => ({ kind: 'rules', rules: all });

it('reads a strategy of every step', () => {
  const sent = {
    steps: [
      rules(
        { name: 'sanctions', condition: { in: [{ var: 'customerCountry' }, ['KP']] }, effect: { kind: 'exclude', providers: ['adyen'] } },
        { name: 'trial', condition: eur, effect: { kind: 'split', shares: [{ provider: 'adyen', weight: 5 }] } },
      ),
      { kind: 'split', shares: [{ provider: 'stripe', weight: 70 }] },
      { kind: 'adaptive' },
      { kind: 'leastCost' },
      { kind: 'fallback', providers: [' stripe ', 'adyen'] },
    ],
  };
  const [ruled, split, , leastCost] = sent.steps;
  const expected = [
    ruled,
    split,
    { kind: 'adaptive', tolerancePoints: 0 },
    leastCost,
    { kind: 'fallback', providers: ['stripe', 'adyen'] },
  ];
  expect(readSteps(sent)).toEqual(expected);
});

it('names every field that is wrong', () => {
  const sent = {
    steps: [
      rules(
        { name: '', condition: { foo: 1 }, effect: { kind: 'prefer', providers: [] } },
        { name: 'no condition', effect: rule('').effect },
      ),
      { kind: 'split', shares: [{ provider: 'stripe', weight: 0.5 }] },
      { kind: 'leastCost', costs: [{ provider: 'stripe', currency: 'EUR', fixedMinor: 25, basisPoints: 140 }] },
      { kind: 'cheapest' },
      { kind: 'fallback', providers: ['stripe', 'stripe'], more: 1 },
    ],
  };
  expect(problemsOf(sent)).toEqual({
    'steps.0.rules.0.name': 'Too small: expected string to have >=1 characters',
    'steps.0.rules.0.condition': 'there is no operator "foo"',
    'steps.0.rules.0.effect.providers': 'Too small: expected array to have >=1 items',
    'steps.0.rules.1.condition': 'must be true, false or an object with one operator',
    'steps.1.shares.0.weight': 'Invalid input: expected int, received number',
    'steps.2.costs': 'are the prices of the provider accounts, and no part of a strategy',
    'steps.3.kind': "Invalid discriminator value. Expected 'rules' | 'split' | 'leastCost' | 'adaptive' | 'fallback'",
    'steps.4': 'Unrecognized key: "more"',
    'steps.4.providers': 'names a provider twice',
  });
});

const named = (count: number) => Array.from({ length: count }, (_, at) => rule(`rule ${at}`));
const share = { provider: 'stripe', weight: 1 };

it.each([
  [null, { '': 'Invalid input: expected object, received null' }],
  [{ steps: [] }, { steps: 'Too small: expected array to have >=1 items' }],
  [{ steps: [{ kind: 'adaptive' }], version: 3 }, { '': 'Unrecognized key: "version"' }],
  [
    { steps: [rules(...named(150)), rules(...named(51).map((one) => ({ ...one, name: `other ${one.name}` })))] },
    { steps: 'has more than 200 rules' },
  ],
  [{ steps: [rules(rule('a')), rules(rule('a'))] }, { steps: 'has two rules of one name' }],
  [{ steps: [{ kind: 'adaptive' }, { kind: 'adaptive' }] }, { steps: 'may have one step of least cost, and one adaptive' }],
  [{ steps: [{ kind: 'leastCost' }, { kind: 'leastCost' }] }, { steps: 'may have one step of least cost, and one adaptive' }],
  [{ steps: [{ kind: 'split', shares: [share, share] }] }, { 'steps.0.shares': 'names a provider twice' }],
])('refuses %#', (sent, problems) => {
  expect(problemsOf(sent)).toEqual(problems);
});

it('takes two hundred rules, and tells of no more than fifty problems', () => {
  expect(readSteps({ steps: [rules(...named(200))] })).toHaveLength(1);
  const wrong = named(200).map((one) => ({ ...one, condition: { foo: 1 } }));
  expect(Object.keys(problemsOf({ steps: [rules(...wrong)] }) as object)).toHaveLength(50);
});
