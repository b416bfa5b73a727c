import { ApprovalRates } from './adaptive.js';
import type { Draft, KnownProvider } from './decision.js';
import { decide, prepare } from './route.js';
import type { Step } from './strategy.js';

const draft: Draft = {
  id: 'pay_1',
  method: 'card',
  currency: 'EUR',
  region: 'DE',
  amountMinor: 10_050,
  paymentType: 'subscription',
  customerCountry: 'DE',
  cardBrand: 'visa',
  merchant: 'Spotify',
};
const provider = (name: string, known: Partial<KnownProvider> = {}): KnownProvider => ({
  name,
  enabled: true,
  capabilities: { currencies: null, methods: ['card'] },
  prices: [],
  breaker: 'closed',
  ...known,
});
const three = [provider('stripe'), provider('adyen'), provider('paypal')];
const unseen = { success: 0.7, evidence: 0, latencyMs: null };

const decided = (
  steps: readonly Step[],
  providers: readonly KnownProvider[] = three,
  of: Partial<Draft> = {},
  rates = new ApprovalRates(),
) => decide(prepare({ version: 7, steps }), { ...draft, ...of }, { providers, rates });
const rules = (name: string, effect: Extract<Step, { kind: 'rules' }>['rules'][number]['effect'], condition = true): Step => ({
  kind: 'rules',
  rules: [
    { name: `not ${name}`, condition: false, effect: { kind: 'exclude', providers: ['stripe', 'adyen', 'paypal'] } },
    { name, condition, effect },
    { name: `after ${name}`, condition: true, effect: { kind: 'exclude', providers: ['stripe', 'adyen', 'paypal'] } },
  ],
});
const fallback = (...providers: string[]): Step => ({ kind: 'fallback', providers });
const leastCost: Step = { kind: 'leastCost' };
const priced = (name: string, fixedMinor: number, basisPoints: number, currency = 'EUR') =>
  provider(name, { prices: [{ currency, fixedMinor, basisPoints }] });

it('tells everything of every provider', () => {
  const providers = [
    priced('stripe', 25, 140),
    priced('adyen', 10, 25, 'USD'),
    provider('paypal', { enabled: false }),
    provider('klarna', { capabilities: { currencies: ['SEK'], methods: ['card'] } }),
    provider('wise', { capabilities: { currencies: ['EUR'], methods: ['bank'] } }),
    provider('worldpay', { breaker: 'open' }),
    { ...priced('checkout', 10, 25), breaker: 'half_open' as const },
  ];
  const rates = new ApprovalRates();
  rates.observe({ currency: 'EUR', method: 'card', cardBrand: 'visa', provider: 'stripe', approved: true, latencyMs: 120 });
  const steps = [rules('no stripe here', { kind: 'exclude', providers: ['stripe'] }), leastCost] as const;
  expect(decided(steps, providers, {}, rates)).toEqual({
    strategyVersion: 7,
    order: ['checkout', 'adyen'],
    rules: ['no stripe here'],
    reason: 'checkout is tried first: rule "no stripe here" excludes others, then it costs least.',
    candidates: [
      { provider: 'checkout', score: null, costMinor: 35, estimate: unseen, breaker: 'half_open', leftOut: null },
      { provider: 'adyen', score: null, costMinor: null, estimate: unseen, breaker: 'closed', leftOut: null },
      {
        provider: 'stripe',
        score: null,
        // 140.7 and 25, halves up.
        costMinor: 166,
        estimate: { success: expect.closeTo(0.846, 3), evidence: 1, latencyMs: 120 },
        breaker: 'closed',
        leftOut: { because: 'rule', rule: 'no stripe here' },
      },
      { provider: 'paypal', score: null, costMinor: null, estimate: unseen, breaker: 'closed', leftOut: { because: 'disabled' } },
      { provider: 'klarna', score: null, costMinor: null, estimate: unseen, breaker: 'closed', leftOut: { because: 'currency' } },
      { provider: 'wise', score: null, costMinor: null, estimate: unseen, breaker: 'closed', leftOut: { because: 'method' } },
      { provider: 'worldpay', score: null, costMinor: null, estimate: unseen, breaker: 'open', leftOut: { because: 'circuit_open' } },
    ],
  });
});

it('is plain data, as it is stored and sent', () => {
  const decision = decided([{ kind: 'adaptive', tolerancePoints: 0 }]);
  expect(JSON.parse(JSON.stringify(decision))).toEqual(decision);
});

it.each<[name: string, steps: readonly Step[], order: string, reason: string]>([
  ['nothing', [], 'stripe adyen paypal', 'stripe is tried first: nothing tells it from the next.'],
  [
    'a preference',
    [rules('r', { kind: 'prefer', providers: ['paypal', 'adyen'] })],
    'adyen paypal stripe',
    'adyen is tried first: rule "r" prefers it.',
  ],
  [
    'a preference that a later step orders',
    [rules('r', { kind: 'prefer', providers: ['adyen', 'paypal'] }), fallback('stripe', 'paypal')],
    'paypal adyen stripe',
    'paypal is tried first: rule "r" prefers it, then it comes first in the fallback list.',
  ],
  ['the only ones', [rules('r', { kind: 'only', providers: ['paypal'] })], 'paypal', 'paypal is tried first: rule "r" allows it.'],
  [
    'an exclusion of those that came first',
    [fallback('stripe'), rules('r', { kind: 'exclude', providers: ['stripe'] })],
    'adyen paypal',
    'adyen is tried first: it comes first in the fallback list, then rule "r" excludes others.',
  ],
  [
    'a rule that splits',
    [rules('r', { kind: 'split', shares: [{ provider: 'paypal', weight: 1 }] })],
    'paypal stripe adyen',
    'paypal is tried first: rule "r" gives it this payment.',
  ],
  [
    'a split, and what comes after it',
    [{ kind: 'split', shares: [{ provider: 'adyen', weight: 1 }] }, fallback('paypal', 'adyen')],
    'adyen paypal stripe',
    'adyen is tried first: the split gives it this payment.',
  ],
  [
    'a split over others',
    [{ kind: 'split', shares: [{ provider: 'wise', weight: 1 }] }],
    'stripe adyen paypal',
    'stripe is tried first: nothing tells it from the next.',
  ],
])('%s', (_, steps, order, reason) => {
  const decision = decided(steps);
  expect([decision.order.join(' '), decision.reason]).toEqual([order, reason]);
});

it.each<[name: string, steps: readonly Step[], providers: readonly KnownProvider[], order: string, reason: string]>([
  [
    'costs',
    [leastCost],
    // 0.5 % and 10 of 100.50 are 60; 1 % is 101, halves up.
    [provider('stripe'), priced('paypal', 0, 100), priced('adyen', 10, 50)],
    'adyen paypal stripe',
    'adyen is tried first: it costs least.',
  ],
  [
    'equal costs',
    [leastCost, fallback('paypal')],
    [priced('stripe', 6, 0), priced('adyen', 5, 0), priced('paypal', 5, 0)],
    'paypal adyen stripe',
    'paypal is tried first: it costs least, then it comes first in the fallback list.',
  ],
  [
    'a price in another currency',
    [leastCost],
    [priced('stripe', 1, 0, 'USD'), priced('adyen', 900, 0)],
    'adyen stripe',
    'adyen is tried first: it costs least.',
  ],
])('goes by %s of the accounts', (_, steps, providers, order, reason) => {
  const decision = decided(steps, providers);
  expect([decision.order.join(' '), decision.reason]).toEqual([order, reason]);
});

it.each([
  ['No provider is known.', [], []],
  ['stripe is tried first: no other can take the payment.', [], [provider('stripe')]],
  [
    'No provider is left: stripe is disabled, adyen is failing.',
    [],
    [provider('stripe', { enabled: false }), provider('adyen', { breaker: 'open' })],
  ],
  ['No provider is left: stripe is left out by rule "none".', [rules('none', { kind: 'only', providers: [] })], [provider('stripe')]],
  [
    'No provider is left: wise does not take the currency, klarna does not take the method.',
    [],
    [
      provider('wise', { capabilities: { currencies: [], methods: ['card'] } }),
      provider('klarna', { capabilities: { currencies: null, methods: [] } }),
    ],
  ],
])('%s', (reason, steps, providers) => {
  expect(decided(steps, providers).reason).toBe(reason);
});

it('prices the largest amount exactly', () => {
  const { candidates } = decided([leastCost], [priced('stripe', 7, 9_999)], { amountMinor: 999_999_999_999 });
  expect(candidates[0]?.costMinor).toBe(999_900_000_006);
});

describe('a split of 70, 25 and 5', () => {
  const weights = { stripe: 70, adyen: 25, paypal: 5 };
  const shares = Object.entries(weights).map(([name, weight]) => ({ provider: name, weight }));
  const steps: readonly Step[] = [{ kind: 'split', shares }];
  const ids = Array.from({ length: 5_000 }, (_, at) => `65f1a7c4b2e8f4a91c${at.toString(16).padStart(6, '0')}`);
  const prepared = prepare({ version: 1, steps });
  const rates = new ApprovalRates();
  const firstOf = (providers: readonly KnownProvider[]) =>
    ids.map((id) => decide(prepared, { ...draft, id }, { providers, rates }).order[0] ?? '');
  const all = firstOf(three);
  const part = (firsts: readonly string[], name: string) => firsts.filter((first) => first === name).length / firsts.length;

  it('gives each provider its part', () => {
    for (const [name, weight] of Object.entries(weights)) expect(Math.abs(part(all, name) - weight / 100)).toBeLessThan(0.02);
  });

  it('gives a payment to the same one, also of another version, with other steps, and after others have come', () => {
    const other = prepare({ version: 2, steps: [{ kind: 'split', shares: [...shares].reverse() }, fallback('paypal')] });
    const reversed = { providers: [...three].reverse(), rates };
    expect(ids.map((id) => decide(other, { ...draft, id, amountMinor: 1 }, reversed).order[0])).toEqual(all);
  });

  it('moves the payments of a provider that fails, by the weights of the others, and no other payment', () => {
    const without = firstOf([provider('stripe', { breaker: 'open' }), ...three.slice(1)]);
    const [moved, kept] = [without.filter((_, at) => all[at] === 'stripe'), without.filter((_, at) => all[at] !== 'stripe')];
    expect(kept).toEqual(all.filter((first) => first !== 'stripe'));
    expect(Math.abs(part(moved, 'adyen') - 25 / 30)).toBeLessThan(0.03);
  });
});

describe('an adaptive step', () => {
  const rates = new ApprovalRates();
  for (let at = 0; at < 100; at++) {
    rates.observe({ ...draft, provider: 'stripe', approved: at % 10 !== 0, latencyMs: 100 });
    rates.observe({ ...draft, provider: 'adyen', approved: at % 9 !== 0, latencyMs: 100 });
    rates.observe({ ...draft, provider: 'paypal', approved: at % 2 !== 0, latencyMs: 100 });
  }
  const ids = Array.from({ length: 300 }, (_, at) => `pay_${at}`);

  it('orders by the success drawn for the payment, the same each time', () => {
    for (const id of ids) {
      const decision = decided([{ kind: 'adaptive', tolerancePoints: 0 }], three, { id }, rates);
      const scores = decision.candidates.map(({ score }) => score ?? NaN);
      expect(scores).toEqual(scores.toSorted((one, other) => other - one));
      expect(decided([{ kind: 'adaptive', tolerancePoints: 0 }], three, { id }, rates)).toEqual(decision);
    }
  });

  it('tells of the first that it is likeliest to be approved', () => {
    const { order, reason } = decided([{ kind: 'adaptive', tolerancePoints: 0 }], three, {}, rates);
    expect(reason).toBe(`${order[0]} is tried first: it is likeliest to be approved.`);
  });

  it('leaves those near to the best to the next step, and no others', () => {
    const steps: readonly Step[] = [{ kind: 'adaptive', tolerancePoints: 10 }, fallback('paypal', 'adyen')];
    for (const id of ids) {
      const { order, candidates } = decided(steps, three, { id }, rates);
      const scores = new Map(candidates.map((candidate) => [candidate.provider, candidate.score ?? NaN]));
      const best = Math.max(...scores.values());
      const near = ['paypal', 'adyen', 'stripe'].filter((name) => best - (scores.get(name) ?? NaN) <= 0.1);
      expect(order.slice(0, near.length)).toEqual(near);
    }
  });
});
