import { assertPositive, explanation, leastRounds, readOptions, report } from './report.mjs';
import { measureIntake } from './webhooks/intake.mjs';

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
    `${rounds} rounds of ${seconds} s each, taken in turns; the next one begins when the work of the last is done. After each round ` +
    `every event that was acknowledged is looked for, and that it was ingested once. ${explanation}`;
  const run = { name: 'webhooks', args, about, judged: rounds >= leastRounds, write };
  await report(run, (mongod) => measureIntake(mongod, options));
}
