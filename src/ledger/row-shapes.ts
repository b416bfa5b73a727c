interface Field {
  readonly what: string;
  readonly fits: (value: unknown) => boolean;
  readonly optional?: boolean;
}
type Shape = ReadonlyMap<string, Field>;

const text: Field = { what: 'a text', fits: (value) => typeof value === 'string' };
const integer: Field = { what: 'a safe integer', fits: (value) => Number.isSafeInteger(value) };
const date: Field = { what: 'a time', fits: (value) => value instanceof Date && !Number.isNaN(value.getTime()) };
const list: Field = { what: 'a list', fits: (value) => Array.isArray(value) };
const plain: Field = { what: 'made of null, booleans, texts, safe integers, objects and lists', fits: isPlain };
const bucket: Field = { what: 'available or held', fits: (value) => value === 'available' || value === 'held' };
const account: Field = { what: 'an account', fits: (value) => typeof value === 'string' && /^[^]+:[A-Z][A-Z0-9_]{0,15}$/.test(value) };
const optional = (field: Field): Field => ({ ...field, optional: true });
const shape = (fields: Readonly<Record<string, Field>>): Shape => new Map(Object.entries(fields));

const id = { _id: text, tenantId: text };
export const batchShape = shape({
  ...id,
  seq: integer,
  n: integer,
  firstNumber: integer,
  count: integer,
  at: date,
  totals: plain,
  node: text,
  nonce: text,
  prevHash: text,
  hash: text,
});
export const entryShape = shape({
  ...id,
  n: integer,
  batch: integer,
  key: text,
  requestHash: text,
  at: date,
  kind: text,
  memo: text,
  meta: plain,
  refersTo: optional(integer),
  expiresAt: optional(date),
  postings: list,
});
export const postingShape = shape({ account, bucket, delta: integer, balanceAfter: integer });
export const anchorShape = shape({ ...id, seq: integer, hash: text, at: date });

/** What is wrong with the fields of a row, whatever their values mean; nothing where they are as the ledger writes them. */
export function misfit(row: unknown, fields: Shape): string | undefined {
  if (row === null || typeof row !== 'object') return 'is not an object';
  const values = row as Readonly<Record<string, unknown>>;
  let found = 0;
  for (const name in values) {
    const field = fields.get(name);
    if (!field) return `${name} is a field that the ledger does not write`;
    if (!field.fits(values[name])) return `${name} is not ${field.what}`;
    found++;
  }
  if (found === fields.size) return undefined;
  const missing = [...fields].find(([name, field]) => !field.optional && !(name in values));
  return missing && `${missing[0]} is missing`;
}

/** What JSON would not tell apart, such as a time and its text, a hash over JSON does not either. */
function isPlain(value: unknown): boolean {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return true;
  if (typeof value !== 'object') return Number.isSafeInteger(value);
  if (Array.isArray(value)) return value.every(isPlain);
  return Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isPlain);
}
