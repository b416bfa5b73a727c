import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

/**
 * @typedef {object} Row
 * @property {string} what
 * @property {string} figures
 * @property {string} [goal]
 * @property {boolean} [reached]
 */

const file = fileURLToPath(new URL('RESULTS.md', import.meta.url));
const heading = '# Results of the benchmarks\n';

/** @param {string} line */
export function progress(line) {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
}

/**
 * @param {readonly Row[]} rows
 * @param {boolean} judged a run too short to judge by says nothing about goals
 */
export function tableOf(rows, judged) {
  const reached = (row) => (!judged || row.goal === undefined ? '' : row.reached ? 'yes' : '**no**');
  const cells = rows.map((row) => [row.what, row.figures, row.goal ?? '', reached(row)]);
  return [['Measurement', 'Figures', 'Goal', 'Reached'], ['---', '---', '---', '---'], ...cells]
    .map((line) => `| ${line.join(' | ')} |`)
    .join('\n');
}

/**
 * Puts a section in the place of the one with the same title, or at the end; formatted, because `npm run check` looks at it too.
 * @param {string} title
 * @param {string} text
 */
export async function writeSection(title, text) {
  const before = await readFile(file, 'utf8').catch(() => heading);
  const others = before.split(/^(?=## )/m).filter((section) => !section.startsWith(`## ${title}\n`));
  const after = [...others.map((section) => section.trimEnd()), `## ${title}\n\n${text.trim()}`].join('\n\n');
  await writeFile(file, await format(after, { ...(await resolveConfig(file)), parser: 'markdown' }));
}
