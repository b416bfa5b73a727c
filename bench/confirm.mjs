import { measureMemory } from './confirm/memory.mjs';
import { measureRounds } from './confirm/rounds.mjs';
import { assertPositive, explanation, leastRounds, readOptions, report } from './report.mjs';
import { asCount } from './stats.mjs';

const usual = { rounds: '5', seconds: '4', count: '0' };
const toy = { rounds: '1', seconds: '3', count: '0' };
const audited =
  'After each part every payment that was answered is looked for: it is captured, and in the books of the sandbox once. The sandbox ' +
  'answers at once and sends no webhooks.';

/** The first answers of a cold server take longer than a toy's round. @param {readonly string[]} args */
export async function main(args) {
  const { toy: _, write, ...given } = readOptions(args, usual, toy);
  const [rounds, seconds, count] = [Number(given.rounds), Number(given.seconds), Number(given.count)];
  assertPositive([rounds, seconds, count + 1]);
  if (count > 0) {
    const about = `${asCount(count)} payments in ten parts. ${audited}`;
    return report({ name: 'confirm', section: 'confirm, memory', args, about, judged: true, write }, (mongod) =>
      measureMemory(mongod, count),
    );
  }
  const about =
    `${rounds} rounds of ${seconds} s each, taken in turns; the next one begins when the work of the last is done. ${audited} The bare ` +
    `program inserts the intent, makes the same call and updates the document, both with majority. ${explanation}`;
  const judged = rounds >= leastRounds;
  return report({ name: 'confirm', args, about, judged, write }, (mongod) => measureRounds(mongod, { rounds, seconds, warmUp: true }));
}
