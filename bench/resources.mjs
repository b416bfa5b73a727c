import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** As a shell reports an end by SIGINT. */
export const interrupted = 130;

/** @type {(() => Promise<unknown>)[]} */
const steps = [];
/** @type {Set<import('node:child_process').ChildProcess>} */
const workers = new Set();
/** @type {Promise<void> | undefined} */
let running;

/**
 * Takes away again what a run made: servers, databases, directories.
 * @param {() => Promise<unknown>} step
 */
export function atEnd(step) {
  steps.push(step);
}

/**
 * How a helper process ended; one that is still at work when the run ends is killed.
 * @param {import('node:child_process').ChildProcess} worker
 */
export async function codeOf(worker) {
  workers.add(worker);
  const [code] = await once(worker, 'exit');
  workers.delete(worker);
  return code;
}

/** Last made, first taken away: a directory outlives the database in it. */
export function cleanUp() {
  running ??= (async () => {
    for (const worker of workers) worker.kill('SIGKILL');
    for (let step = steps.pop(); step; step = steps.pop()) {
      await step().catch((error) => process.stderr.write(`left behind: ${error}\n`));
    }
  })();
  return running;
}

export function cleanUpOnSignals() {
  for (const signal of ['SIGINT', 'SIGTERM']) {
    // `on`: a second Ctrl-C must not end the program before everything is taken away.
    process.on(signal, () => {
      process.exitCode = interrupted;
      void cleanUp().then(() => process.exit());
    });
  }
}

/** A directory that is gone after the run. */
export async function temporaryDirectory() {
  const directory = await mkdtemp(join(tmpdir(), 'payops-bench-'));
  atEnd(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
