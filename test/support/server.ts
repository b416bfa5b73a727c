import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Answer, type CallOptions, request } from './app.js';
import { forgivePipes } from './run-program.js';

export interface TestServer {
  readonly url: string;
  readonly pid: number;
  readonly output: () => string;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  kill9(): Promise<void>;
  /** Sends the signal and answers with the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

const root = join(__dirname, '..', '..');
const patienceMs = 60_000;
/** Where a mongod is found, as for the suites themselves. */
const inherited = ['PATH', 'HOME', 'XDG_CACHE_HOME', 'EMBEDDED_MONGOD', 'EMBEDDED_MONGO_SOURCE', 'EMBEDDED_MONGO_CACHE'];
const defaults = { PORT: '0', NODE_ENV: 'test', APP_SECRET: 'a secret of the test suites only', LOG_LEVEL: 'error', DEMO_DATA: 'none' };

/** The built server as a process of its own, on a free port, as an operator starts it. */
export async function startServer(env: Record<string, string>): Promise<TestServer> {
  const child = spawn(process.execPath, [join(root, 'dist', 'bundle', 'main.js')], {
    // Outside the project, so that no .env of a developer counts.
    cwd: join(root, 'dist'),
    env: { ...Object.fromEntries(inherited.map((name) => [name, process.env[name]])), ...defaults, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  forgivePipes(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const url = await ready(child, () => output);
  const exited = once(child, 'exit');
  return {
    url,
    pid: child.pid ?? 0,
    output: () => output,
    call: (method, path, options) => request(url, method, path, options),
    kill9: async () => {
      child.kill('SIGKILL');
      await exited;
    },
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      const [code] = (await exited) as [number | null];
      return code;
    },
  };
}

function ready(child: ChildProcess, output: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`The server ${why}:\n${output()}`));
    const timer = setTimeout(() => fail('was not ready in time'), patienceMs);
    child.once('exit', (code) => fail(`ended with ${code}`));
    child.stdout?.on('data', () => {
      const [, url] = /Payops is ready at (\S+)/.exec(output()) ?? [];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
  });
}
