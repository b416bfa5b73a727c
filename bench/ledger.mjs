import { parseArgs } from 'node:util';
import { measureGrowth } from './ledger/growth.mjs';
import { measureTransfers } from './ledger/measure.mjs';
import { loadAverage, machineOf } from './machine.mjs';
import { startMongod, versionOf } from './mongod.mjs';
import { tableOf, writeSection } from './results.mjs';

/**
 * @typedef {object} Options
 * @property {number} accounts
 * @property {readonly [few: number, many: number]} entries in the two ledgers whose reads are compared
 * @property {number} rounds
 * @property {number} seconds of each load
 * @property {number} sustainedSeconds
 * @property {boolean} warmUp
 * @property {boolean} judged whether the run is long enough to say that a goal was reached
 */

const leastRounds = 5;
const usual = { accounts: '10000', few: '10000', many: '1000000', rounds: '5', seconds: '4', sustained: '60' };
const toy = { accounts: '200', few: '500', many: '1500', rounds: '1', seconds: '1', sustained: '2' };

const explanation =
  'All servers take turns in every round, on one database server; after each round every balance, key and sum of each of them is ' +
  'checked. Figures are medians of the rounds; a share or factor is the median of those of each round, with the least and the most in ' +
  'parentheses. Server, database and load share the machine, so only comparisons within one run mean anything.';

/** @param {readonly string[]} args */
export async function main(args) {
  const text = /** @type {const} */ ({ type: 'string' });
  const flag = /** @type {const} */ ({ type: 'boolean', default: false });
  const options = { accounts: text, few: text, many: text, rounds: text, seconds: text, sustained: text, toy: flag, write: flag };
  const { toy: small, write, ...given } = parseArgs({ args: [...args], options }).values;
  const { accounts, few, many, rounds, seconds, sustained } = { ...(small ? toy : usual), ...given };
  if ([accounts, few, many, rounds, seconds, sustained].some((value) => !(Number(value) > 0)))
    throw new Error('Options are positive numbers');
  /** @type {Options} */
  const settings = {
    accounts: Number(accounts),
    entries: [Number(few), Number(many)],
    rounds: Number(rounds),
    seconds: Number(seconds),
    sustainedSeconds: Number(sustained),
    warmUp: !small,
    judged: Number(rounds) >= leastRounds,
  };
  const mongod = await startMongod();
  const machine = machineOf(await versionOf(mongod.uri));
  const begun = new Date();
  const rows = [...(await measureTransfers(mongod.uri, settings)), ...(await measureGrowth(mongod.uri, settings))];
  const report = [
    `${begun.toISOString().slice(0, 16)}Z to ${new Date().toISOString().slice(11, 16)}Z. ${machine}, after it ${loadAverage()}.`,
    `\`${['npm run bench -- ledger', ...args].join(' ')}\``,
    `${settings.rounds} rounds of ${settings.seconds} s each, ${settings.accounts} accounts. ${explanation}`,
    tableOf(rows, settings.judged),
  ].join('\n\n');
  process.stdout.write(`\n${report}\n`);
  if (write) await writeSection('ledger', report);
}
