import { defaultMethods, LogicEngine } from 'json-logic-engine';

/** What a condition may ask about. */
export interface Facts {
  readonly currency: string;
  readonly region: string;
  readonly amountMinor: number;
  readonly paymentType: string;
  readonly customerCountry: string;
  readonly cardBrand: string | null;
  readonly merchant: string;
}
/** JSON Logic, of which only comparisons of facts are taken: nothing that computes, loops, or knows anything else. */
export type Condition = boolean | { readonly [operator: string]: unknown };

export const conditionLimits = { depth: 8, parts: 300, text: 100 };

type Kind = 'text' | 'amount';
const kinds: Readonly<Record<keyof Facts, Kind>> = {
  currency: 'text',
  region: 'text',
  amountMinor: 'amount',
  paymentType: 'text',
  customerCountry: 'text',
  cardBrand: 'text',
  merchant: 'text',
};
const equalities: readonly string[] = ['==', '===', '!=', '!=='];
const orderings: readonly string[] = ['<', '<=', '>', '>='];

const known = ['and', 'or', '!', 'in', 'var', ...equalities, ...orderings];
const engine = new LogicEngine(Object.fromEntries(known.map((name) => [name, (defaultMethods as Record<string, unknown>)[name]])));

/** Only of a condition that has no problem. */
export const compileCondition = (condition: Condition): ((facts: Facts) => boolean) => engine.build(condition) as (facts: Facts) => boolean;

/** Why it is none, in the words of the field's owner; null for a condition. */
export const problemOf = (value: unknown): string | null => problemAt(value, 1, { parts: conditionLimits.parts });

interface Room {
  parts: number;
}

function problemAt(value: unknown, depth: number, room: Room): string | null {
  if (--room.parts < 0) return tooLong;
  if (typeof value === 'boolean') return null;
  if (depth > conditionLimits.depth) return `is more than ${conditionLimits.depth} operators deep`;
  const operation = operationOf(value);
  if (!operation) return 'must be true, false or an object with one operator';
  const [operator, given] = operation;
  if (operator === 'and' || operator === 'or') {
    return Array.isArray(given) && given.length > 0 ? firstProblem(given, depth + 1, room) : `"${operator}" needs a list of conditions`;
  }
  if (operator === '!') return firstProblem(Array.isArray(given) && given.length === 1 ? given : [given], depth + 1, room);
  if (operator === 'in') return membershipProblem(given, room);
  if (equalities.includes(operator) || orderings.includes(operator)) return comparisonProblem(operator, given, room);
  return `there is no operator ${shown(operator)}`;
}

function firstProblem(values: readonly unknown[], depth: number, room: Room): string | null {
  for (const value of values) {
    const problem = problemAt(value, depth, room);
    if (problem !== null) return problem;
  }
  return null;
}

function comparisonProblem(operator: string, given: unknown, room: Room): string | null {
  const isOrdering = orderings.includes(operator);
  // Three operands ask whether the middle one lies between.
  if (!Array.isArray(given) || (given.length !== 2 && !(isOrdering && given.length === 3))) return `"${operator}" compares two operands`;
  room.parts -= given.length;
  if (room.parts < 0) return tooLong;
  const stranger = given.find((operand) => kindOf(operand) === null);
  if (stranger !== undefined) return strangerProblem(stranger);
  if (!given.some((operand) => fieldOf(operand) !== null)) return `"${operator}" compares no field`;
  const expected = isOrdering ? 'amount' : kindOf(given[0]);
  return given.every((operand) => kindOf(operand) === expected) ? null : `"${operator}" compares what can never compare`;
}

function membershipProblem(given: unknown, room: Room): string | null {
  const [field, list, ...rest] = Array.isArray(given) ? (given as unknown[]) : [];
  const name = fieldOf(field);
  if (name === null || kinds[name] !== 'text' || !Array.isArray(list) || rest.length > 0)
    return '"in" needs a text field and a list of texts';
  room.parts -= list.length + 1;
  if (room.parts < 0) return tooLong;
  return list.every((text) => typeof text === 'string' && text.length <= conditionLimits.text) ? null : '"in" takes a list of short texts';
}

const tooLong = `has more than ${conditionLimits.parts} operators and values`;
const shown = (value: unknown): string => JSON.stringify(String(value).slice(0, 30));

function strangerProblem(operand: unknown): string {
  const [operator, name] = operationOf(operand) ?? [];
  if (operator === 'var') return `there is no field ${shown(name)}`;
  if (operator !== undefined) return `${shown(operator)} cannot be compared, only fields and values can`;
  return `values are whole numbers and texts of at most ${conditionLimits.text} characters`;
}

function operationOf(value: unknown): [operator: string, operands: unknown] | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const [operation, ...others] = Object.entries(value);
  return operation && others.length === 0 ? operation : null;
}

function fieldOf(operand: unknown): keyof Facts | null {
  const [operator, name] = operationOf(operand) ?? [];
  return operator === 'var' && typeof name === 'string' && Object.hasOwn(kinds, name) ? (name as keyof Facts) : null;
}

function kindOf(operand: unknown): Kind | null {
  const field = fieldOf(operand);
  if (field !== null) return kinds[field];
  if (operand === null || (typeof operand === 'string' && operand.length <= conditionLimits.text)) return 'text';
  return Number.isSafeInteger(operand) ? 'amount' : null;
}

/** The only values of the field with which the condition can hold; null where any might do. */
export function pinnedValues(condition: unknown, field: 'currency' | 'region'): ReadonlySet<string> | null {
  if (typeof condition === 'boolean') return condition ? null : new Set();
  const [operator = '', given] = operationOf(condition) ?? [];
  const operands = Array.isArray(given) ? (given as unknown[]) : [];
  if (operator === 'and') return operands.map((part) => pinnedValues(part, field)).reduce(intersection, null);
  if (operator === 'or') return operands.map((part) => pinnedValues(part, field)).reduce(union);
  const place = operands.findIndex((operand) => fieldOf(operand) === field);
  if (place < 0) return null;
  if (operator === 'in') return new Set(operands[1] as string[]);
  const value = operands[1 - place];
  return (operator === '==' || operator === '===') && typeof value === 'string' ? new Set([value]) : null;
}

type Values = ReadonlySet<string> | null;
const intersection = (one: Values, other: Values): Values =>
  one === null ? other : other === null ? one : new Set([...one].filter((value) => other.has(value)));
const union = (one: Values, other: Values): Values => (one === null || other === null ? null : new Set([...one, ...other]));
