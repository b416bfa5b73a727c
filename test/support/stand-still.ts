import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { comesTrue } from '../../src/kernel/mongo/mongod-process.js';

const patienceMs = 10_000;

/** Sends SIGSTOP and waits until it holds: on a busy machine the other threads go on answering until one has taken the signal. */
export async function standStill(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  if (!(await comesTrue(() => threadStates(pid).every((state) => state === 'T'), patienceMs)))
    throw new Error(`Process ${pid} goes on after SIGSTOP: ${threadStates(pid).join('')}`);
}

/** The letters of proc_pid_stat(5); none where there is no /proc. */
function threadStates(pid: number): readonly string[] {
  const threads = `/proc/${pid}/task`;
  return existsSync(threads) ? readdirSync(threads).flatMap((thread) => stateOf(join(threads, thread))) : [];
}

function stateOf(thread: string): string[] {
  try {
    const stat = readFileSync(join(thread, 'stat'), 'utf8');
    // The field after the name, which stands in parentheses and may hold some itself.
    return [stat.charAt(stat.lastIndexOf(')') + 2)];
  } catch {
    // It ended meanwhile.
    return [];
  }
}
