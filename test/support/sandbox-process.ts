import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { forgivePipes } from './run-program.js';

const run = promisify(execFile);

/** The sandbox as a process of its own, since only that can be killed. */
export interface SandboxProcess {
  readonly url: string;
  /** SIGKILL, and the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM; its exit code. */
  stop(): Promise<number | null>;
}
/** The program, built once, and a store that all of its processes share, one at a time. */
export interface SandboxProgram {
  start(): Promise<SandboxProcess>;
  /** Kills what runs still. */
  remove(): Promise<void>;
}

export async function buildSandbox(): Promise<SandboxProgram> {
  const directory = await mkdtemp(join(tmpdir(), 'payops-sandbox-program-'));
  const program = join(directory, 'main.js');
  await symlink(join(process.cwd(), 'node_modules'), join(directory, 'node_modules'));
  await writeFile(join(directory, 'package.json'), '{"type":"module"}');
  const options = ['--bundle', '--packages=external', '--platform=node', '--format=esm', `--outfile=${program}`, '--log-level=error'];
  await run(join('node_modules', 'esbuild', 'bin', 'esbuild'), ['src/sandbox/main.ts', ...options]);
  const running = new Set<ChildProcess>();
  return {
    start: async () => {
      const env = { ...process.env, SANDBOX_PORT: '0', SANDBOX_DATA: join(directory, 'data'), SANDBOX_SEED: 'test' };
      const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
      forgivePipes(child);
      running.add(child);
      child.once('exit', () => running.delete(child));
      return processOf(child, await urlFrom(child));
    },
    remove: async () => {
      await Promise.all([...running].map((child) => end(child, 'SIGKILL')));
      await rm(directory, { recursive: true });
    },
  };
}

const processOf = (child: ChildProcess, url: string): SandboxProcess => ({
  url,
  kill: async () => void (await end(child, 'SIGKILL')),
  stop: () => end(child, 'SIGTERM'),
});

function urlFrom(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const [, url] = /Sandbox is ready at (\S+)/.exec(text) ?? [];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', (code) => reject(new Error(`The sandbox ended with ${code}`)));
  });
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  child.kill(signal);
  return ended;
}
