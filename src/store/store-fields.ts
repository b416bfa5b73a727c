import { Invalid } from '../kernel/fault/fault.js';

export type Fields = Readonly<Record<string, unknown>>;

export class MissingField extends Invalid {
  constructor(name: string) {
    super(`Missing ${name}`);
  }
}
/** A refusal for each of the names, for the documents. */
export const missing = (...names: readonly string[]) => names.map((name) => () => new MissingField(name));

export class NoNumber extends Invalid {
  constructor() {
    super('Please enter a number', { outcome: 'none' });
  }
}
export class NegativeAmount extends Invalid {
  constructor() {
    super("Can't do negative amounts", { outcome: 'none' });
  }
}

/** The fields of a body, of which those named must be there; the first that is not is told. @throws MissingField */
export function readFields(body: unknown, names: readonly string[] = []): Fields {
  const fields = typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Fields) : {};
  const missing = names.find((name) => fields[name] === undefined || fields[name] === null);
  if (missing !== undefined) throw new MissingField(missing);
  return fields;
}

export const readText = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The number of a team or an item, as JSON number or as text; undefined for what is no such number. */
export function readNumber(value: unknown): number | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  return typeof text === 'string' && /^\s*\+?[0-9]{1,15}\s*$/.test(text) ? Number(text) : undefined;
}

/** A whole number of credits, as JSON number or as text; it may be larger than any balance. @throws NoNumber, NegativeAmount */
export function readAmount(value: unknown): number {
  const amount = typeof value === 'number' ? value : numberIn(value);
  if (amount < 0) throw new NegativeAmount();
  if (!Number.isInteger(amount) || amount === 0) throw new NoNumber();
  return amount;
}

/** A fraction counts as none, so that it cannot be rounded to a whole number; that it is negative is told all the same. */
function numberIn(value: unknown): number {
  const [, sign, fraction] = (typeof value === 'string' && /^\s*([+-]?)[0-9]+(\.[0-9]+)?\s*$/.exec(value)) || [];
  if (sign === undefined || (fraction !== undefined && sign !== '-')) return NaN;
  return Number(value);
}
