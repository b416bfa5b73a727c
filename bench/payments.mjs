import { parseArgs } from 'node:util';
import { loadAverage, machineOf } from './machine.mjs';
import { startMongod, versionOf } from './mongod.mjs';
import { measureAnalytics } from './payments/analytics.mjs';
import { measureBoot } from './payments/boot.mjs';
import { measureCreate } from './payments/create.mjs';
import { measureDeepPage, measureLists } from './payments/lists.mjs';
import { prepare, serve } from './payments/stage.mjs';
import { tableOf, writeSection } from './results.mjs';

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

const leastRounds = 5;
const usual = { sizes: '100000,1000000', rounds: '5', seconds: '4' };
const toy = { sizes: '2000,4000', rounds: '1', seconds: '1' };

const explanation =
  'Figures are medians of the rounds; a share or factor is the median of those of each round, with the least and the most in ' +
  'parentheses. Server, database and load share the machine, so only comparisons within one run mean anything.';

/** @param {readonly string[]} args */
export async function main(args) {
  const { toy: small, write, seed, ...given } = readArguments(args);
  const { sizes, rounds, seconds } = { ...(small ? toy : usual), ...given };
  /** @type {Options} */
  const settings = {
    sizes: sizes
      .split(',')
      .map(Number)
      .sort((one, other) => one - other),
    rounds: Number(rounds),
    seconds: Number(seconds),
    warmUp: !small,
    judged: Number(rounds) >= leastRounds,
    restSeconds: small ? 5 : 60,
    seed: Number(seed),
  };
  assertPositive([...settings.sizes, settings.rounds, settings.seconds, settings.seed]);
  const mongod = await startMongod();
  const machine = machineOf(await versionOf(mongod.uri));
  const begun = new Date();
  const table = tableOf(await measure(mongod.uri, settings), settings.judged);
  const text = [
    `${begun.toISOString().slice(0, 16)}Z to ${new Date().toISOString().slice(11, 16)}Z. ${machine}, after it ${loadAverage()}.`,
    `\`${['npm run bench -- payments', ...args].join(' ')}\`, seed ${settings.seed}.`,
    `${settings.rounds} rounds of ${settings.seconds} s each, taken in turns. ${explanation}`,
    table,
  ].join('\n\n');
  process.stdout.write(`\n${text}\n`);
  if (write) await writeSection('payments', text);
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

/** @param {readonly string[]} args */
function readArguments(args) {
  const text = /** @type {const} */ ({ type: 'string' });
  const flag = /** @type {const} */ ({ type: 'boolean', default: false });
  const options = { sizes: text, rounds: text, seconds: text, seed: { ...text, default: '1' }, toy: flag, write: flag };
  return parseArgs({ args: [...args], options }).values;
}

/** @param {readonly number[]} values */
function assertPositive(values) {
  if (values.some((value) => !(value > 0))) throw new Error('Sizes, rounds, seconds and the seed are positive numbers');
}
