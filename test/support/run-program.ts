import { type ChildProcess, execFile, type ExecFileOptions } from 'node:child_process';
import { promisify } from 'node:util';

/** The pipes of a process may be reset when it ends; what it wrote has been read by then. */
export function forgivePipes({ stdin, stdout, stderr }: ChildProcess): void {
  for (const pipe of [stdin, stdout, stderr]) pipe?.on('error', () => {});
}

/** What a program of Node writes to its standard output. Rejects where it ends with anything but 0. */
export async function runProgram(words: readonly string[], options: ExecFileOptions = {}): Promise<string> {
  const running = promisify(execFile)(process.execPath, words, { ...options, encoding: 'utf8' });
  forgivePipes(running.child);
  return (await running).stdout;
}
