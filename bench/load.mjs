import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { codeOf } from './resources.mjs';
import { asCount, asMillis, median } from './stats.mjs';

/**
 * @typedef {{ what: 'transfer' } & import('./ledger/transfers.mjs').Transfers} Transfers
 * @typedef {{ what: 'message' } & import('./webhooks/messages.mjs').Messages} Messages
 * @typedef {{ what: 'confirmation' | 'call' }} Keyed
 *
 * @typedef {object} Load What to ask, over and over, on some connections.
 * @property {string} url
 * @property {Record<string, string>} headers
 * @property {string} [body] makes it a POST
 * @property {Transfers | Messages | Keyed} [make] a POST with another body, or key, each time
 * @property {number} connections
 * @property {number} [amount] so many, however long it takes
 * @property {boolean} [mayFail] failures are counted; of other loads they end the benchmark
 *
 * @typedef {object} Answered
 * @property {number} done good answers
 * @property {number} rate answers a second
 * @property {number} p50 milliseconds
 * @property {number} p99
 * @property {number} failures
 */

const worker = fileURLToPath(new URL('load-worker.mjs', import.meta.url));

/**
 * In a process of its own, so that this one's work does not delay the requests.
 * @param {Load} load
 * @param {number} seconds
 * @returns {Promise<Answered>}
 */
async function run(load, seconds) {
  const child = spawn(process.execPath, [worker, JSON.stringify({ ...load, seconds })], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output, code] = await Promise.all([text(child.stdout), codeOf(child)]);
  if (code !== 0) throw new Error(`The load on ${load.url} ended with ${code}`);
  const answered = /** @type {Answered} */ (JSON.parse(output));
  if (answered.failures > 0 && !load.mayFail) throw new Error(`${answered.failures} requests to ${load.url} failed`);
  return answered;
}

/**
 * Several loads at once count as one: rates add up, the slower latency stands.
 * @param {readonly Load[]} loads
 * @param {number} seconds
 * @returns {Promise<Answered>}
 */
export async function runAll(loads, seconds) {
  const all = await Promise.all(loads.map((load) => run(load, seconds)));
  const sum = (/** @type {'done' | 'rate' | 'failures'} */ name) => all.reduce((total, one) => total + one[name], 0);
  const most = (/** @type {'p50' | 'p99'} */ name) => Math.max(...all.map((one) => one[name]));
  return { done: sum('done'), rate: sum('rate'), failures: sum('failures'), p50: most('p50'), p99: most('p99') };
}

/**
 * Takes turns round by round, so that what else the machine does meets all alike; one round before them is not counted. What each
 * one has done goes to `check` after every round, and after the one before them; `rest` is over before the next one begins.
 * @template {string} Name
 * @param {{ rounds: number, seconds: number, warmUp: boolean }} plan
 * @param {Record<Name, readonly Load[]>} contestants
 * @param {(done: Record<Name, number>) => Promise<void>} [check]
 * @param {() => Promise<void>} [rest]
 * @returns {Promise<Record<Name, Series>>}
 */
export async function takeTurns({ rounds, seconds, warmUp }, contestants, check, rest) {
  const entries = /** @type {[Name, readonly Load[]][]} */ (Object.entries(contestants));
  const series = /** @type {Record<Name, Series>} */ (Object.fromEntries(entries.map(([name]) => [name, new Series()])));
  const done = /** @type {Record<Name, number>} */ ({});
  if (warmUp) {
    for (const [name, loads] of entries) {
      done[name] = (await runAll(loads, Math.min(seconds, 2))).done;
      await rest?.();
    }
    await check?.(done);
  }
  for (let round = 0; round < rounds; round++) {
    // Who begins changes, because a load may leave work behind for the next one.
    for (const [name, loads] of round % 2 === 0 ? entries : entries.toReversed()) {
      const answered = await runAll(loads, seconds);
      series[name].add(answered);
      done[name] = answered.done;
      await rest?.();
    }
    await check?.(done);
  }
  return series;
}

/** What one contestant answered in each round. */
export class Series {
  /** @type {Answered[]} */
  rounds = [];

  /** @param {Answered} answered */
  add(answered) {
    this.rounds.push(answered);
  }

  /** @param {keyof Answered} name */
  all(name) {
    return this.rounds.map((round) => round[name]);
  }

  /** @param {keyof Answered} name */
  median(name) {
    return median(this.all(name));
  }
}

/** @param {Series} series */
export const asFigures = (series) => {
  return `${asCount(series.median('rate'))}/s, p50 ${asMillis(series.median('p50'))}, p99 ${asMillis(series.median('p99'))}`;
};
