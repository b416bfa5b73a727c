import { share } from './chance.js';
import type { Candidate, Draft } from './decision.js';
import type { FindRule } from './rule-index.js';
import type { AdaptiveStep, Effect, Rule, Share, Step } from './strategy.js';

/** Those of one tier are all tried before those of the next; among themselves nothing has decided yet. None is empty. */
export type Tier = readonly Candidate[];
export interface Refined {
  readonly tiers: readonly Tier[];
  /** The rule that held. */
  readonly rule: Rule | null;
  /** What this has done for the first tier, as the end of a sentence about who is in it. */
  readonly because: string;
}
export type Refine = (tiers: readonly Tier[], draft: Draft) => Refined;

export function refinementOf(step: Step, indexed: (rules: readonly Rule[]) => FindRule): Refine {
  switch (step.kind) {
    case 'rules':
      return byRules(indexed(step.rules));
    case 'split':
      return ordering('the split gives it this payment', splitBy(step.shares));
    case 'leastCost':
      return ordering('it costs least', (tier) => ranked(tier, ({ costMinor }) => costMinor ?? Infinity));
    case 'adaptive':
      return ordering('it is likeliest to be approved', bySuccess(step));
    default:
      return ordering('it comes first in the fallback list', (tier) => ranked(tier, placeIn(step.providers)));
  }
}

type Divide = (tier: Tier, draft: Draft) => readonly Tier[];

const ordering =
  (because: string, divide: Divide): Refine =>
  (tiers, draft) => ({ tiers: tiers.flatMap((tier) => divide(tier, draft)), rule: null, because });

const byRules =
  (find: FindRule): Refine =>
  (tiers, draft) => {
    const rule = find(draft);
    if (!rule) return { tiers, rule, because: '' };
    return { tiers: applied(rule.effect, tiers, draft), rule, because: `rule "${rule.name}" ${verbs[rule.effect.kind]}` };
  };

const verbs: Readonly<Record<Effect['kind'], string>> = {
  prefer: 'prefers it',
  only: 'allows it',
  exclude: 'excludes others',
  split: 'gives it this payment',
};

function applied(effect: Effect, tiers: readonly Tier[], draft: Draft): readonly Tier[] {
  if (effect.kind === 'split') return tiers.flatMap((tier) => splitBy(effect.shares)(tier, draft));
  const isNamed = ({ provider }: Candidate) => effect.providers.includes(provider);
  if (effect.kind === 'prefer') return tiers.flatMap((tier) => ranked(tier, (candidate) => (isNamed(candidate) ? 0 : 1)));
  const stays = (candidate: Candidate) => isNamed(candidate) === (effect.kind === 'only');
  return tiers.map((tier) => tier.filter(stays)).filter((tier) => tier.length > 0);
}

/**
 * One provider by weighted rendezvous (Thaler and Ravishankar, 1998): each draws by the payment's id and its own name, so that one that
 * cannot be used loses its payments to the others by their weights, and no other payment moves.
 */
const splitBy =
  (shares: readonly Share[]): Divide =>
  (tier, { id }) => {
    const weights = new Map(shares.map(({ provider, weight }) => [provider, weight]));
    const scores = tier.map(({ provider }) => (weights.get(provider) ?? 0) / -Math.log(share(`split ${id} ${provider}`)));
    const best = Math.max(...scores);
    return best > 0 ? ranked(tier, (_, at) => (scores[at] === best ? 0 : 1)) : [tier];
  };

const bySuccess =
  ({ tolerancePoints }: AdaptiveStep): Divide =>
  (tier) => {
    const tiers: Candidate[][] = [];
    let best = Infinity;
    for (const candidate of tier.toSorted((one, other) => scoreOf(other) - scoreOf(one))) {
      if (best - scoreOf(candidate) > tolerancePoints / 100) {
        best = scoreOf(candidate);
        tiers.push([]);
      }
      tiers.at(-1)?.push(candidate);
    }
    return tiers;
  };
const scoreOf = ({ score }: Candidate): number => score ?? 0;

const placeIn =
  (providers: readonly string[]) =>
  ({ provider }: Candidate): number => {
    const place = providers.indexOf(provider);
    return place < 0 ? providers.length : place;
  };

/** The least first; those of equal rank stay together, in their order. */
function ranked(tier: Tier, rankOf: (candidate: Candidate, at: number) => number): readonly Tier[] {
  const byRank = new Map<number, Candidate[]>();
  for (const [at, candidate] of tier.entries()) {
    const rank = rankOf(candidate, at);
    const equals = byRank.get(rank);
    if (equals) equals.push(candidate);
    else byRank.set(rank, [candidate]);
  }
  return [...byRank].toSorted(([one], [other]) => (one === other ? 0 : one - other)).map(([, equals]) => equals);
}
