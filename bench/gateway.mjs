import { measureCharges } from './gateway/charges.mjs';
import { assertPositive, explanation, leastRounds, readOptions, report } from './report.mjs';

/**
 * @typedef {object} Options
 * @property {number} rounds
 * @property {number} seconds of each load
 * @property {boolean} warmUp
 */

const usual = { rounds: '5', seconds: '4' };
const toy = { rounds: '1', seconds: '1' };

/** @param {readonly string[]} args */
export async function main(args) {
  const { toy: small, write, ...given } = readOptions(args, usual, toy);
  /** @type {Options} */
  const options = { rounds: Number(given.rounds), seconds: Number(given.seconds), warmUp: !small };
  const { rounds, seconds } = options;
  assertPositive([rounds, seconds]);
  const about =
    `${rounds} rounds of ${seconds} s each, taken in turns; the next one begins when the charges of the last are completed. After each ` +
    `round every charge that was answered is looked for. ${explanation}`;
  const run = { name: 'gateway', args, about, judged: rounds >= leastRounds, write };
  await report(run, (mongod) => measureCharges(mongod, options));
}
