import { compileCondition, type Facts, pinnedValues } from './conditions.js';
import type { Rule } from './strategy.js';

/** The first rule that holds; null where none does. */
export type FindRule = (facts: Facts) => Rule | null;

interface CompiledRule {
  readonly rule: Rule;
  readonly holds: (facts: Facts) => boolean;
}
const compiled = (rules: readonly Rule[]): readonly CompiledRule[] =>
  rules.map((rule) => ({ rule, holds: compileCondition(rule.condition) }));

/** Asks one rule after the other: what the index is measured against, and must agree with. */
export function scanRules(rules: readonly Rule[]): FindRule {
  const all = compiled(rules);
  return (facts) => all.find(({ holds }) => holds(facts))?.rule ?? null;
}

/** Asks only the rules that may hold for the currency and the region of the payment. */
export function indexRules(rules: readonly Rule[]): FindRule {
  const all = compiled(rules);
  const [ofCurrency, ofRegion] = [candidatesBy(rules, 'currency'), candidatesBy(rules, 'region')];
  return (facts) => {
    const [ones, others] = [ofCurrency(facts.currency), ofRegion(facts.region)];
    for (let word = 0; word < ones.length; word++) {
      for (let bits = (ones[word] ?? 0) & (others[word] ?? 0); bits !== 0; bits &= bits - 1) {
        const candidate = all[word * 32 + lowestBit(bits)];
        if (candidate?.holds(facts)) return candidate.rule;
      }
    }
    return null;
  };
}

const lowestBit = (bits: number): number => 31 - Math.clz32(bits & -bits);

/** For each value that a rule pins, the rules that it does not rule out, as one bit each in their order. */
function candidatesBy(rules: readonly Rule[], field: 'currency' | 'region'): (value: string) => Uint32Array {
  const pins = rules.map(({ condition }) => pinnedValues(condition, field));
  const bitsOf = (isCandidate: (pinned: ReadonlySet<string> | null) => boolean): Uint32Array => {
    const bits = new Uint32Array(Math.ceil(rules.length / 32));
    for (const [at, pinned] of pins.entries()) if (isCandidate(pinned)) bits[at >> 5] = (bits[at >> 5] ?? 0) | (1 << (at & 31));
    return bits;
  };
  const values = new Set(pins.flatMap((pinned) => [...(pinned ?? [])]));
  const byValue = new Map([...values].map((value) => [value, bitsOf((pinned) => pinned?.has(value) ?? true)]));
  const unpinned = bitsOf((pinned) => pinned === null);
  return (value) => byValue.get(value) ?? unpinned;
}
