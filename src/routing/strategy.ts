import type { Condition } from './conditions.js';

/**
 * How a tenant wants payments routed; a version never changes. The steps refine one another: the first one says most, and a later one
 * only orders what those before it left equal.
 */
export interface Strategy {
  readonly tenantId: string;
  readonly version: number;
  readonly steps: readonly Step[];
}
export type Step = RulesStep | SplitStep | LeastCostStep | AdaptiveStep | FallbackStep;

/** The first rule that holds takes effect, and none of those after it. */
export interface RulesStep {
  readonly kind: 'rules';
  readonly rules: readonly Rule[];
}
export interface Rule {
  readonly name: string;
  readonly condition: Condition;
  readonly effect: Effect;
}
export type Effect =
  | { readonly kind: 'prefer' | 'only' | 'exclude'; readonly providers: readonly string[] }
  | { readonly kind: 'split'; readonly shares: readonly Share[] };

/** Which provider comes first is a matter of the payment's id and the weights; the rest is left to later steps. */
export interface SplitStep {
  readonly kind: 'split';
  readonly shares: readonly Share[];
}
export interface Share {
  readonly provider: string;
  readonly weight: number;
}

/** The cheapest first, by the prices of the accounts; whoever has none in the payment's currency comes last. */
export interface LeastCostStep {
  readonly kind: 'leastCost';
}

/** The likeliest to be approved first. */
export interface AdaptiveStep {
  readonly kind: 'adaptive';
  /** As near to the best in percentage points is as good, so that a later step can decide. */
  readonly tolerancePoints: number;
}

/** These first, in this order; it leaves nobody out. */
export interface FallbackStep {
  readonly kind: 'fallback';
  readonly providers: readonly string[];
}

/** The names of providers that a step mentions. */
export function providersIn(step: Step): readonly string[] {
  const inEffect = (effect: Effect) => (effect.kind === 'split' ? effect.shares.map(({ provider }) => provider) : effect.providers);
  if (step.kind === 'rules') return step.rules.flatMap(({ effect }) => inEffect(effect));
  if (step.kind === 'split') return step.shares.map(({ provider }) => provider);
  return step.kind === 'fallback' ? step.providers : [];
}

export const strategyLimits = {
  steps: 20,
  /** Of all steps together. */
  rules: 200,
  providers: 50,
  name: 100,
  weight: 10_000,
  tolerancePoints: 20,
  /** Of problems that one answer tells. */
  problems: 50,
};
