import { z } from 'zod';
import { ValidationFailed } from '../kernel/fault/common-faults.js';
import { type Condition, problemOf } from './conditions.js';
import { type Step, strategyLimits as limits } from './strategy.js';

const name = z.string().trim().min(1).max(limits.name);
const providers = z.array(name).min(1).max(limits.providers).refine(areDistinct, 'names a provider twice').readonly();
const share = z.strictObject({ provider: name, weight: z.int().min(1).max(limits.weight) }).readonly();
const shares = z
  .array(share)
  .min(1)
  .max(limits.providers)
  .refine((all) => areDistinct(all.map(({ provider }) => provider)), 'names a provider twice')
  .readonly();

const condition = z
  .custom<Condition>(() => true)
  .superRefine((value, context) => {
    const problem = problemOf(value);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  });
const effect = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['prefer', 'only', 'exclude']), providers }).readonly(),
  z.strictObject({ kind: z.literal('split'), shares }).readonly(),
]);
const rule = z.strictObject({ name, condition, effect }).readonly();

// Earlier versions carried the prices that the accounts have.
const noCosts = z.undefined('are the prices of the provider accounts, and no part of a strategy').optional();
const step = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('rules'), rules: z.array(rule).min(1).max(limits.rules).readonly() }).readonly(),
  z.strictObject({ kind: z.literal('split'), shares }).readonly(),
  z
    .strictObject({ kind: z.literal('leastCost'), costs: noCosts })
    .transform(({ kind }) => ({ kind }))
    .readonly(),
  z.strictObject({ kind: z.literal('adaptive'), tolerancePoints: z.int().min(0).max(limits.tolerancePoints).default(0) }).readonly(),
  z.strictObject({ kind: z.literal('fallback'), providers }).readonly(),
]);

const steps = z
  .array(step)
  .min(1)
  .max(limits.steps)
  .refine((all) => rulesOf(all).length <= limits.rules, `has more than ${limits.rules} rules`)
  .refine((all) => areDistinct(rulesOf(all).map((one) => one.name)), 'has two rules of one name')
  .refine((all) => areDistinct(all.map(({ kind }) => kind).filter(isOnceOnly)), 'may have one step of least cost, and one adaptive')
  .readonly();
const body = z.strictObject({ steps });

/** What a tenant sends, read as the steps of a strategy. @throws ValidationFailed with every field that is wrong */
export function readSteps(value: unknown): readonly Step[] {
  const read = body.safeParse(value);
  if (read.success) return read.data.steps;
  const problems = read.error.issues.slice(0, limits.problems);
  throw new ValidationFailed(problems.map(({ path, message }) => ({ field: path.join('.'), message })));
}

const rulesOf = (all: readonly Step[]) => all.flatMap((one) => (one.kind === 'rules' ? one.rules : []));
const isOnceOnly = (kind: Step['kind']): boolean => kind === 'leastCost' || kind === 'adaptive';
function areDistinct(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}
