import { measureAnalytics } from './payments/analytics.mjs';
import { measureBoot } from './payments/boot.mjs';
import { measureCreate } from './payments/create.mjs';
import { measureDeepPage, measureLists } from './payments/lists.mjs';
import { prepare, serve } from './payments/stage.mjs';
import { assertPositive, explanation, leastRounds, readOptions, report } from './report.mjs';

/**
 * @typedef {object} Options
 * @property {readonly number[]} sizes payments in each database, ascending
 * @property {number} rounds
 * @property {number} seconds of each load
 * @property {boolean} warmUp
 * @property {boolean} judged whether the run is long enough to say that a goal was reached
 * @property {number} restSeconds until the memory of an idle server is read
 * @property {number} seed
 */

const usual = { sizes: '100000,1000000', rounds: '5', seconds: '4', seed: '1' };
const toy = { sizes: '2000,4000', rounds: '1', seconds: '1', seed: '1' };

/** @param {readonly string[]} args */
export async function main(args) {
  const { toy: small, write, ...given } = readOptions(args, usual, toy);
  const ascending = given.sizes
    .split(',')
    .map(Number)
    .sort((one, other) => one - other);
  /** @type {Options} */
  const settings = {
    sizes: ascending,
    rounds: Number(given.rounds),
    seconds: Number(given.seconds),
    warmUp: !small,
    judged: Number(given.rounds) >= leastRounds,
    restSeconds: small ? 5 : 60,
    seed: Number(given.seed),
  };
  const { sizes, rounds, seconds, seed, judged } = settings;
  assertPositive([...sizes, rounds, seconds, seed]);
  const about = `${rounds} rounds of ${seconds} s each, taken in turns, seed ${seed}. ${explanation}`;
  await report({ name: 'payments', args, about, judged, write }, (mongod) => measure(mongod, settings));
}

/**
 * @param {string} uri
 * @param {Options} options
 */
async function measure(uri, options) {
  const filled = [];
  for (const size of options.sizes) filled.push(await prepare(uri, size, options));
  const largest = filled.at(-1);
  const rows = await measureBoot(largest, options);
  const stages = [];
  for (const database of filled) stages.push(await serve(database));
  rows.push(...(await measureLists(stages, options)));
  rows.push(...(await measureDeepPage(stages.at(-1), options)));
  rows.push(...(await measureAnalytics(stages, options)));
  rows.push(...(await measureCreate(stages.at(-1), options)));
  return rows;
}
