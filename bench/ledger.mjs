import { measureGrowth } from './ledger/growth.mjs';
import { measureTransfers } from './ledger/measure.mjs';
import { assertPositive, explanation, leastRounds, readOptions, report } from './report.mjs';

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

const usual = { accounts: '10000', few: '10000', many: '1000000', rounds: '5', seconds: '4', sustained: '60' };
const toy = { accounts: '200', few: '500', many: '1500', rounds: '1', seconds: '1', sustained: '2' };

/** @param {readonly string[]} args */
export async function main(args) {
  const { toy: small, write, ...given } = readOptions(args, usual, toy);
  /** @type {Options} */
  const settings = {
    accounts: Number(given.accounts),
    entries: [Number(given.few), Number(given.many)],
    rounds: Number(given.rounds),
    seconds: Number(given.seconds),
    sustainedSeconds: Number(given.sustained),
    warmUp: !small,
    judged: Number(given.rounds) >= leastRounds,
  };
  const { accounts, entries, rounds, seconds, sustainedSeconds, judged } = settings;
  assertPositive([accounts, ...entries, rounds, seconds, sustainedSeconds]);
  const about =
    `${rounds} rounds of ${seconds} s each, ${accounts} accounts. All servers take turns in every round, on one database server; after ` +
    `each round every balance, key and sum of each of them is checked. ${explanation}`;
  await report({ name: 'ledger', args, about, judged, write }, async (mongod) => {
    return [...(await measureTransfers(mongod, settings)), ...(await measureGrowth(mongod, settings))];
  });
}
