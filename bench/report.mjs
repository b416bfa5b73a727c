import { parseArgs } from 'node:util';
import { loadAverage, machineOf } from './machine.mjs';
import { startMongod, versionOf } from './mongod.mjs';
import { tableOf, writeSection } from './results.mjs';

/** With fewer rounds a median says nothing about goals. */
export const leastRounds = 5;

/**
 * What was given on the command line over what is usual, or over what is enough to see that a program still runs.
 * @template {Record<string, string>} Options
 * @param {readonly string[]} args
 * @param {Options} usual
 * @param {Options} toy
 * @returns {{ [name in keyof Options]: string } & { toy: boolean, write: boolean }}
 */
export function readOptions(args, usual, toy) {
  const texts = Object.fromEntries(Object.keys(usual).map((name) => [name, /** @type {const} */ ({ type: 'string' })]));
  const flag = /** @type {const} */ ({ type: 'boolean', default: false });
  const given = parseArgs({ args: [...args], options: { ...texts, toy: flag, write: flag } }).values;
  return { ...(given.toy ? toy : usual), ...given };
}

/** @param {readonly number[]} values */
export function assertPositive(values) {
  if (values.some((value) => !(value > 0))) throw new Error('Options are positive numbers');
}

/**
 * Measures over a database server of its own, and prints the table; with `write` it replaces the one in the results.
 * @param {{ name: string, section?: string, args: readonly string[], about: string, judged: boolean, write: boolean }} run of the program of this name
 * @param {(mongod: string) => Promise<import('./results.mjs').Row[]>} measure
 */
export async function report({ name, section = name, args, about, judged, write }, measure) {
  const mongod = await startMongod();
  const machine = machineOf(await versionOf(mongod.uri));
  const begun = new Date();
  const table = tableOf(await measure(mongod.uri), judged);
  const text = [
    `${begun.toISOString().slice(0, 16)}Z to ${new Date().toISOString().slice(11, 16)}Z. ${machine}, after it ${loadAverage()}.`,
    `\`${[`npm run bench -- ${name}`, ...args].join(' ')}\``,
    about,
    table,
  ].join('\n\n');
  process.stdout.write(`\n${text}\n`);
  if (write) await writeSection(section, text);
}

export const explanation =
  'Figures are medians of the rounds; a share or factor is the median of those of each round, with the least and the most in ' +
  'parentheses. Server, database and load share the machine, so only comparisons within one run mean anything.';

/**
 * @typedef {object} Rounds
 * @property {number} rounds
 * @property {number} seconds of each load
 * @property {boolean} warmUp
 */

/**
 * A program that is loads in rounds, and nothing else to choose.
 * @param {string} name
 * @param {string} how the loads take turns, and what is looked at after them
 * @param {(mongod: string, options: Rounds) => Promise<import('./results.mjs').Row[]>} measure
 * @returns {(args: readonly string[]) => Promise<void>}
 */
export const inRounds = (name, how, measure) => async (args) => {
  const { toy, write, ...given } = readOptions(args, { rounds: '5', seconds: '4' }, { rounds: '1', seconds: '1' });
  const options = { rounds: Number(given.rounds), seconds: Number(given.seconds), warmUp: !toy };
  const { rounds, seconds } = options;
  assertPositive([rounds, seconds]);
  const about = `${rounds} rounds of ${seconds} s each, taken in turns; ${how} ${explanation}`;
  await report({ name, args, about, judged: rounds >= leastRounds, write }, (mongod) => measure(mongod, options));
};
