import { randomBytes } from 'node:crypto';

/**
 * @typedef {object} Transfers
 * @property {number} accounts
 * @property {boolean} [hot] all of them from one account
 */

/** @param {number} index */
export const userId = (index) => `usr_bench_${String(index).padStart(6, '0')}`;

const run = randomBytes(9).toString('base64url');
let sent = 0;

/**
 * One unit from a random account to another, under a key of its own.
 * @param {Transfers} transfers
 */
export function transferOf({ accounts, hot = false }) {
  const from = hot ? 0 : Math.floor(Math.random() * accounts);
  const to = (from + 1 + Math.floor(Math.random() * (accounts - 1))) % accounts;
  return {
    body: JSON.stringify({ userId: userId(from), toUserId: userId(to), amount: 1 }),
    headers: { 'content-type': 'application/json', 'idempotency-key': `${run}-${sent++}` },
  };
}
