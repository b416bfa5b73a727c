import type { ApprovalRates } from './adaptive.js';
import type { Candidate, Decision, Draft, Knowledge, KnownProvider, LeftOut } from './decision.js';
import { indexRules } from './rule-index.js';
import { type Refine, refinementOf, type Tier } from './steps.js';
import type { Price } from '../providers/provider-account.js';
import type { Strategy } from './strategy.js';

/** A strategy made ready, once for all payments of its version. */
export interface PreparedStrategy {
  readonly version: number;
  readonly refinements: readonly Refine[];
  readonly isAdaptive: boolean;
}

export function prepare({ version, steps }: Pick<Strategy, 'version' | 'steps'>, indexed = indexRules): PreparedStrategy {
  return {
    version,
    refinements: steps.map((step) => refinementOf(step, indexed)),
    isAdaptive: steps.some(({ kind }) => kind === 'adaptive'),
  };
}

/** Who is tried for this payment, in which order, and why. The same again for the same payment and the same knowledge. */
export function decide(strategy: PreparedStrategy, draft: Draft, { providers, rates }: Knowledge): Decision {
  const all = providers.map((provider) => candidateOf(provider, strategy, draft, rates));
  let tiers: readonly Tier[] = [all.filter(({ leftOut }) => leftOut === null)].filter((tier) => tier.length > 0);
  const ruledOut = new Map<string, LeftOut>();
  const [rules, reasons]: [string[], string[]] = [[], []];
  for (const refine of strategy.refinements) {
    const refined = refine(tiers, draft);
    if (refined.rule) {
      rules.push(refined.rule.name);
      const left = new Set(refined.tiers.flat());
      for (const candidate of tiers.flat()) {
        if (!left.has(candidate)) ruledOut.set(candidate.provider, { because: 'rule', rule: refined.rule.name });
      }
    }
    if (tiers[0]?.some((candidate) => !refined.tiers[0]?.includes(candidate))) reasons.push(refined.because);
    tiers = refined.tiers;
  }
  const ordered = tiers.flat();
  const others = all.filter((candidate) => !ordered.includes(candidate));
  const rejected = others.map((candidate) => ({ ...candidate, leftOut: ruledOut.get(candidate.provider) ?? candidate.leftOut }));
  return {
    strategyVersion: strategy.version,
    order: ordered.map(({ provider }) => provider),
    candidates: [...ordered, ...rejected],
    rules,
    reason: ordered[0] ? reasonFor(ordered, reasons) : reasonAgainst(rejected),
  };
}

function candidateOf(provider: KnownProvider, strategy: PreparedStrategy, draft: Draft, rates: ApprovalRates): Candidate {
  const price = provider.prices.find(({ currency }) => currency === draft.currency);
  return {
    provider: provider.name,
    score: strategy.isAdaptive ? rates.draw(provider.name, draft, draft.id) : null,
    costMinor: price ? costOf(price, draft.amountMinor) : null,
    estimate: rates.estimate(provider.name, draft),
    breaker: provider.breaker,
    leftOut: unusable(provider, draft),
  };
}

function unusable({ enabled, lacksToken, capabilities, breaker }: KnownProvider, { currency, method }: Draft): LeftOut | null {
  if (!enabled) return { because: 'disabled' };
  if (lacksToken) return { because: 'no_token' };
  if (capabilities.currencies?.includes(currency) === false) return { because: 'currency' };
  if (!capabilities.methods.includes(method)) return { because: 'method' };
  return breaker === 'open' ? { because: 'circuit_open' } : null;
}

/** In whole minor units, halves up; the largest amounts are too large to be multiplied as numbers. */
const costOf = ({ fixedMinor, basisPoints }: Price, amountMinor: number): number =>
  fixedMinor + Number((BigInt(amountMinor) * BigInt(basisPoints) + 5_000n) / 10_000n);

function reasonFor([first, ...rest]: readonly Candidate[], reasons: readonly string[]): string {
  const why = rest.length === 0 && reasons.length === 0 ? 'no other can take the payment' : 'nothing tells it from the next';
  return `${first?.provider} is tried first: ${reasons.join(', then ') || why}.`;
}

function reasonAgainst(rejected: readonly Candidate[]): string {
  if (rejected.length === 0) return 'No provider is known.';
  return `No provider is left: ${rejected.map(({ provider, leftOut }) => `${provider} ${leftOut ? words(leftOut) : ''}`).join(', ')}.`;
}

function words(leftOut: LeftOut): string {
  if (leftOut.because === 'rule') return `is left out by rule "${leftOut.rule}"`;
  const of = {
    disabled: 'is disabled',
    no_token: 'does not know the method',
    currency: 'does not take the currency',
    method: 'does not take the method',
    circuit_open: 'is failing',
  };
  return of[leftOut.because];
}
