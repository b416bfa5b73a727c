import { createHash, createHmac } from 'node:crypto';
import type { Entry, Head, LedgerCommand } from './ledger.js';

/** What is written at the head of a batch before its entries; `hash` seals both and what came before. */
export interface BatchHeader extends Head {
  readonly tenantId: string;
  readonly node: string;
  /** Tells this batch from any other that was sent under its number. */
  readonly nonce: string;
  readonly firstNumber: number;
  readonly count: number;
  readonly prevHash: string;
}
export type Unsealed = Omit<BatchHeader, 'hash'>;

/**
 * HMAC-SHA256 over the batch before, the header and every entry: integers in decimal, strings as JSON, fields in a fixed order.
 * Without the key a changed row cannot be given a fitting hash (RFC 2104; the chain as in RFC 6962's idea of an append-only log).
 */
export function seal(
  key: Buffer,
  { prevHash, tenantId, seq, at, node, nonce, firstNumber, count }: Unsealed,
  entries: readonly Entry[],
): string {
  const mac = createHmac('sha256', key);
  mac.update(JSON.stringify([prevHash, tenantId, seq, at.getTime(), node, nonce, firstNumber, count]));
  for (const entry of entries) mac.update(lineOf(entry));
  return mac.digest('base64url');
}

function lineOf({ n, key, requestHash, kind, memo, meta, refersTo, expiresAt, postings }: Entry): string {
  const moved = postings.map(({ account, bucket, delta, balanceAfter }) => [account, bucket, delta, balanceAfter]);
  return `\n${JSON.stringify([n, key, requestHash, kind, memo, sorted(meta), refersTo ?? null, expiresAt?.getTime() ?? null, moved])}`;
}

/** For commands whose caller has no request to tell apart. */
export const hashOf = ({ kind, memo, meta, move }: LedgerCommand): string =>
  createHash('sha256')
    .update(JSON.stringify([kind, memo, sorted(meta), sorted(move)]))
    .digest('base64url');

/** A database keeps the order of fields, but nothing says that the next one will. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  const fields = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(fields.map(([name, field]) => [name, sorted(field)]));
}
