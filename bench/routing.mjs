import { isDeepStrictEqual } from 'node:util';
import { ApprovalRates } from '../dist/routing/adaptive.js';
import { decide, prepare } from '../dist/routing/route.js';
import { indexRules, scanRules } from '../dist/routing/rule-index.js';
import { readSteps } from '../dist/routing/strategy.reader.js';
import { assertPositive, leastRounds, readOptions, report } from './report.mjs';
import { progress } from './results.mjs';
import { asCount, asFactor, median, percentile, ratio } from './stats.mjs';

const mostMicros = { scanned: 300, indexed: 50 };
const usual = { rounds: '9', decisions: '5000' };
const toy = { rounds: '1', decisions: '200' };

const currencies = [
  'EUR',
  'USD',
  'GBP',
  'SEK',
  'NOK',
  'DKK',
  'PLN',
  'CZK',
  'HUF',
  'CHF',
  'INR',
  'JPY',
  'AUD',
  'CAD',
  'BRL',
  'MXN',
  'SGD',
  'ZAR',
  'TRY',
  'KRW',
];
const regions = ['EU', 'UK', 'US', 'APAC', 'LATAM'];
const providers = ['stripe', 'adyen', 'paypal', 'checkout', 'worldpay'];
const ruleCount = 200;
const equals = (field, value) => ({ '==': [{ var: field }, value] });

/** @param {readonly string[]} args */
export async function main(args) {
  const { toy: _, write, ...given } = readOptions(args, usual, toy);
  const [rounds, decisions] = [Number(given.rounds), Number(given.decisions)];
  assertPositive([rounds, decisions]);
  const about =
    `${rounds} rounds of ${asCount(decisions)} decisions each way, in turns; medians of the rounds. Of ${ruleCount} rules the last one ` +
    `holds, so that without the index all are asked; ${providers.length} providers, then an adaptive step, least cost and a fallback. ` +
    'Every decision is made both ways and compared.';
  await report({ name: 'routing', args, about, judged: rounds >= leastRounds, write }, async () => measure(rounds, decisions));
}

function measure(rounds, decisions) {
  const steps = readSteps({ steps: stepsOfTenant() });
  const ways = { scanned: prepare({ version: 1, steps }, scanRules), indexed: prepare({ version: 1, steps }, indexRules) };
  const knowledge = knowledgeOfTenant();
  const drafts = Array.from({ length: decisions }, (_, at) => draftOf(at));
  for (const draft of drafts) {
    const decision = decide(ways.indexed, draft, knowledge);
    if (!isDeepStrictEqual(decision, decide(ways.scanned, draft, knowledge))) throw new Error(`The index decides otherwise: ${draft.id}`);
    if (decision.rules[0] !== `rule ${ruleCount - 1}`) throw new Error('Another rule held');
  }
  const micros = { scanned: [], indexed: [] };
  for (let round = 0; round < rounds; round++) {
    progress(`decisions, round ${round + 1}`);
    for (const [way, strategy] of Object.entries(ways)) micros[way].push(timesOf(strategy, drafts, knowledge));
  }
  const middle = (way) => micros[way].map((times) => median(times));
  const row = (way, what, more = '') => {
    const p50 = median(middle(way));
    const p99 = median(micros[way].map((times) => percentile(times, 99)));
    const figures = `p50 ${p50.toFixed(1)} µs, p99 ${p99.toFixed(1)} µs${more}`;
    return { what, figures, goal: `p50 at most ${mostMicros[way]} µs`, reached: p50 <= mostMicros[way] };
  };
  const compared = `: ${asFactor(ratio(middle('indexed'), middle('scanned')))} of all`;
  return [
    row('scanned', `a decision, all ${ruleCount} rules asked`),
    row('indexed', `a decision, rules found by currency and region`, compared),
  ];
}

function timesOf(strategy, drafts, knowledge) {
  return drafts.map((draft) => {
    const begun = performance.now();
    decide(strategy, draft, knowledge);
    return (performance.now() - begun) * 1000;
  });
}

function stepsOfTenant() {
  const rules = Array.from({ length: ruleCount - 1 }, (_, at) => ({
    name: `rule ${at}`,
    condition: {
      and: [
        equals('currency', currencies[at % currencies.length]),
        equals('region', regions[Math.floor(at / currencies.length) % regions.length]),
        { in: [{ var: 'cardBrand' }, ['visa', 'mastercard']] },
        { '>': [{ var: 'amountMinor' }, 1_000_000] },
      ],
    },
    effect: { kind: 'prefer', providers: [providers[at % providers.length]] },
  }));
  const last = {
    name: `rule ${ruleCount - 1}`,
    condition: equals('paymentType', 'subscription'),
    effect: { kind: 'exclude', providers: ['worldpay'] },
  };
  return [
    { kind: 'rules', rules: [...rules, last] },
    { kind: 'adaptive', tolerancePoints: 3 },
    { kind: 'leastCost' },
    { kind: 'fallback', providers },
  ];
}

function knowledgeOfTenant() {
  const rates = new ApprovalRates();
  for (let at = 0; at < 5_000; at++) {
    rates.observe({ ...draftOf(at), provider: providers[at % providers.length], approved: at % 11 !== 0, latencyMs: 100 + (at % 300) });
  }
  const capabilities = { currencies: null, methods: ['card'] };
  const pricesOf = (at) => currencies.map((currency) => ({ currency, fixedMinor: 20 + at, basisPoints: 120 + 7 * at }));
  return {
    rates,
    providers: providers.map((name, at) => ({ name, enabled: true, capabilities, prices: pricesOf(at), breaker: 'closed' })),
  };
}

function draftOf(at) {
  return {
    id: `65f1a7c4b2e8f4a91c${at.toString(16).padStart(6, '0')}`,
    method: 'card',
    currency: currencies[at % currencies.length],
    region: regions[Math.floor(at / 7) % regions.length],
    amountMinor: 1_000 + at,
    paymentType: 'subscription',
    customerCountry: 'DE',
    cardBrand: at % 3 === 0 ? 'visa' : 'mastercard',
    merchant: 'Spotify',
  };
}
