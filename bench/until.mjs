import { setTimeout as pause } from 'node:timers/promises';

const patienceMs = 300_000;

/**
 * Resolves when it is so.
 * @param {string} what for whoever waited in vain
 * @param {() => Promise<boolean>} isSo
 */
export async function until(what, isSo) {
  for (const end = performance.now() + patienceMs; !(await isSo()); await pause(250)) {
    if (performance.now() > end) throw new Error(`In vain: ${what}`);
  }
}
