import { BadMeta } from './ledger.faults.js';
import type { Meta } from './ledger.js';

const deepest = 3;
const largestBytes = 2_048;

const longestMemo = 4_096;

/** @throws BadMeta */
export function normaliseMemo(memo: string): string {
  if (memo.length > longestMemo) throw new BadMeta(`memo must be at most ${longestMemo} characters`);
  return memo.toWellFormed();
}

/**
 * What an entry may carry besides its postings: null, booleans, strings, safe integers, plain objects and arrays, three levels
 * deep and 2 KB in all, so that a hash over it means the same for ever. @throws BadMeta
 */
export function normaliseMeta(meta: unknown = {}): Meta {
  const normal = plain(meta, 0);
  if (normal === null || typeof normal !== 'object' || Array.isArray(normal)) throw new BadMeta('meta must be an object');
  if (Buffer.byteLength(JSON.stringify(normal)) > largestBytes) throw new BadMeta(`meta must be at most ${largestBytes} bytes`);
  return normal as Meta;
}

function plain(value: unknown, depth: number): unknown {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value === 0 ? 0 : value;
  if (depth >= deepest) throw new BadMeta(`meta must be at most ${deepest} levels deep`);
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1));
  if (typeof value === 'object' && (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null)) {
    const fields = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
    return Object.fromEntries(fields.map(([name, field]) => [nameOf(name), plain(field, depth + 1)]));
  }
  throw new BadMeta('meta holds null, booleans, strings, safe integers, objects and arrays only');
}

const reserved = ['', '__proto__', '_bsontype'];

/** A database reads a dot or a dollar in a field's name as something else, and its driver takes `_bsontype` for a type. */
function nameOf(name: string): string {
  if (reserved.includes(name) || /[.$\0]/.test(name) || !name.isWellFormed()) throw new BadMeta(`meta has a bad field name`);
  return name;
}
