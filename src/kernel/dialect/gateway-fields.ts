import { type Decimal, readDecimal } from '../money/decimal.js';
import { ValidationFailed } from '../fault/common-faults.js';
import type { FieldProblem } from '../fault/fault.js';

/** Lengths count characters, not UTF-16 units. */
export interface TextRule {
  readonly least?: number;
  readonly most?: number;
  readonly pattern?: RegExp;
  /** As it is published, where that differs from what is compared. */
  readonly publishedPattern?: string;
}
/** A rule that was broken, as it is published. */
export type FieldRefusal = Required<Pick<FieldProblem, 'rule' | 'message'>> & Pick<FieldProblem, 'ctx'>;
type Given = Readonly<Record<string, unknown>>;

const notAnObject = 'Input should be a valid dictionary or object to extract fields from';

/** Reads the fields of a request one by one and keeps every problem, in the published words and in the order of the reading. */
export class GatewayFields {
  private readonly problems: FieldProblem[] = [];

  constructor(
    private readonly given: Given,
    private readonly place: 'body' | 'query',
  ) {}

  /** @throws ValidationFailed where the body is not there or no object */
  static ofBody(body: unknown): GatewayFields {
    if (body === null || body === undefined)
      throw new ValidationFailed([{ field: '', rule: 'missing', message: 'Field required', input: null }]);
    if (typeof body === 'object' && !Array.isArray(body)) return new GatewayFields(body as Given, 'body');
    throw new ValidationFailed([{ field: '', rule: 'model_attributes_type', message: notAnObject, input: body }]);
  }

  /** Of a field given twice, the last counts. */
  static ofQuery(query: unknown): GatewayFields {
    return new GatewayFields(
      Object.fromEntries(Object.entries(query ?? {}).map(([name, value]) => [name, [value].flat().at(-1)])),
      'query',
    );
  }

  /** The value as it came; undefined where there is none. */
  value(name: string): unknown {
    return Object.hasOwn(this.given, name) ? this.given[name] : undefined;
  }

  /** `''` where there is a problem. */
  text(name: string, rule: TextRule = {}): string {
    const value = this.value(name);
    if (value === undefined) return this.missing(name);
    const problem = textProblem(value, rule);
    if (problem) this.refuse(name, problem);
    return problem ? '' : (value as string);
  }

  /** Null where there is none, or where there is a problem. */
  optionalText(name: string, rule: TextRule = {}): string | null {
    const value = this.value(name);
    return value === undefined || value === null ? null : this.text(name, rule);
  }

  /** A finite number, or text of one, exactly as it was written; undefined where there is none or a problem. */
  decimal(name: string): Decimal | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    const read = decimalOf(value);
    if ('digits' in read) return read;
    this.refuse(name, read);
    return undefined;
  }

  /** One of the words; the first where there is a problem. */
  oneOf<Word extends string>(name: string, words: readonly [Word, ...Word[]]): Word {
    const value = this.value(name);
    const found = words.find((word) => word === value);
    if (found !== undefined) return found;
    const quoted = words.map((word) => `'${word}'`);
    const expected = [quoted.slice(0, -1).join(', '), quoted.at(-1)].join(' or ');
    if (value === undefined) this.missing(name);
    else this.refuse(name, { rule: 'enum', message: `Input should be ${expected}`, ctx: { expected } });
    return words[0];
  }

  refuse(name: string, problem: FieldRefusal): void {
    this.problems.push({ in: this.place, field: name, ...problem, input: this.value(name) ?? null });
  }

  /** What is missing is shown by what was there instead. */
  missing(name: string): '' {
    this.problems.push({ in: this.place, field: name, rule: 'missing', message: 'Field required', input: this.given });
    return '';
  }

  /** @throws ValidationFailed with all of them */
  assertNone(): void {
    if (this.problems.length > 0) throw new ValidationFailed(this.problems);
  }
}

/** A rule that a validator of the surface's own checks. */
export const valueError = (message: string): FieldRefusal => ({
  rule: 'value_error',
  message: `Value error, ${message}`,
  ctx: { error: {} },
});

function textProblem(value: unknown, { least = 0, most = Infinity, pattern, publishedPattern }: TextRule): FieldRefusal | undefined {
  if (typeof value !== 'string') return { rule: 'string_type', message: 'Input should be a valid string' };
  const length = Array.from(value).length;
  if (length < least)
    return { rule: 'string_too_short', message: `String should have at least ${counted(least)}`, ctx: { min_length: least } };
  if (length > most) return { rule: 'string_too_long', message: `String should have at most ${counted(most)}`, ctx: { max_length: most } };
  if (!pattern || pattern.test(value)) return undefined;
  const published = publishedPattern ?? pattern.source;
  return { rule: 'string_pattern_mismatch', message: `String should match pattern '${published}'`, ctx: { pattern: published } };
}

function decimalOf(value: unknown): Decimal | FieldRefusal {
  if (typeof value !== 'number' && typeof value !== 'string') return { rule: 'float_type', message: 'Input should be a valid number' };
  const text = String(value);
  if (/^\s*[+-]?(inf|infinity|nan)\s*$/i.test(text)) return notFinite;
  const decimal = readDecimal(text);
  if (!decimal) return { rule: 'float_parsing', message: 'Input should be a valid number, unable to parse string as a number' };
  return Number.isFinite(Number(text)) ? decimal : notFinite;
}
const notFinite: FieldRefusal = { rule: 'finite_number', message: 'Input should be a finite number' };

const counted = (characters: number): string => `${characters} ${characters === 1 ? 'character' : 'characters'}`;

/** What a reader says to a body without fields, for the documentation. */
export const invalidExample =
  (read: (body: unknown) => unknown): (() => ValidationFailed) =>
  () => {
    try {
      read({});
    } catch (refusal) {
      if (refusal instanceof ValidationFailed) return refusal;
    }
    throw new Error('A reader that was to refuse a body has not');
  };
