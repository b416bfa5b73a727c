import { existsSync, readdirSync } from 'node:fs';
import { comesTrue } from '../../src/kernel/mongo/mongod-process.js';
import { readStat } from '../../src/kernel/mongo/process-identity.js';

const patienceMs = 10_000;

/** Sends SIGSTOP and waits until it holds: on a busy machine the other threads go on answering until one has taken the signal. */
export async function standStill(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  if (!(await comesTrue(() => threadStates(pid).every((state) => state === 'T'), patienceMs)))
    throw new Error(`Process ${pid} goes on after SIGSTOP: ${threadStates(pid).join('')}`);
}

/** Of the threads that live; none where there is no /proc. */
function threadStates(pid: number): readonly string[] {
  const threads = `/proc/${pid}/task`;
  return existsSync(threads) ? readdirSync(threads).flatMap((thread) => readStat(Number(thread))?.state ?? []) : [];
}
