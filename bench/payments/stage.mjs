import { setTimeout as pause } from 'node:timers/promises';
import { fill } from '../fill.mjs';
import { databaseUri } from '../mongod.mjs';
import { progress } from '../results.mjs';
import { overDatabase, programs, signIn, startServer } from '../server.mjs';
import { asCount } from '../stats.mjs';

/**
 * @typedef {object} Database
 * @property {string} uri
 * @property {number} size
 * @property {string} firstDay of the payments
 * @property {string} lastDay
 *
 * @typedef {Database & { product: import('../server.mjs').Server, bare: import('../server.mjs').Server }} Stage
 */

const tenantId = 'ten_default';
const dayMs = 86_400_000;
const settleMs = 2_000;

/**
 * A database with so many payments and every index.
 * @param {string} mongod
 * @param {number} size
 * @param {import('../payments.mjs').Options} options
 * @returns {Promise<Database>}
 */
export async function prepare(mongod, size, { seed }) {
  const begun = performance.now();
  const uri = databaseUri(mongod, `payments_${size}`);
  // Whole days, so that a range of days holds all of them.
  const until = new Date(Math.floor(Date.now() / dayMs) * dayMs);
  await fill({ uri, tenantId, count: size, seed, until: until.toISOString() });
  // The first server builds the indexes.
  const server = await startServer(programs.product, overDatabase(uri));
  await assertCounted(server, size);
  await server.stop();
  progress(`${asCount(size)} payments: filled in ${((performance.now() - begun) / 1000).toFixed(0)} s`);
  return { uri, size, firstDay: dayOf(until.getTime() - 365 * dayMs), lastDay: dayOf(until.getTime() - 1) };
}

/**
 * @param {Database} database
 * @returns {Promise<Stage>}
 */
export async function serve(database) {
  const env = overDatabase(database.uri);
  const [product, bare] = [await startServer(programs.product, env), await startServer(programs.bare, env)];
  await assertSameAnswers(product, bare);
  await pause(settleMs);
  return { ...database, product, bare };
}

/**
 * @param {import('../server.mjs').Server} server
 * @param {number} size
 */
async function assertCounted(server, size) {
  const headers = await signIn(server);
  const { data: page } = await json(`${server.url}/api/payments?page=1&limit=1`, headers);
  const { data: statuses } = await json(`${server.url}/api/analytics/payment-status`, headers);
  const counted = statuses.reduce((sum, { count }) => sum + count, 0);
  if (page.total !== size || counted !== size) throw new Error(`${size} payments were filled in, ${page.total} and ${counted} are shown`);
}

/** A comparison with a program that answers something else would mean nothing. */
async function assertSameAnswers(product, bare) {
  const headers = await signIn(product);
  const [one, other] = await Promise.all([product, bare].map(({ url }) => json(`${url}/api/payments?page=1&limit=20`, headers)));
  if (JSON.stringify(one) !== JSON.stringify(other)) throw new Error('The bare server answers differently from the product');
}

/**
 * @param {string} url
 * @param {Record<string, string>} headers
 */
async function json(url, headers) {
  const answer = await fetch(url, { headers });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

/** @param {number} millis */
const dayOf = (millis) => new Date(millis).toISOString().slice(0, 10);
