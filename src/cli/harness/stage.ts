import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Config } from '../../kernel/config/config.js';
import { startEmbeddedMongod } from '../../kernel/mongo/embedded-mongod.js';
import type { Login } from './api-client.js';
import { Program } from './program.js';
import { ServerNode } from './server-node.js';

export type StageConfig = Pick<Config, 'embeddedMongod' | 'embeddedMongoSource' | 'embeddedMongoCache'>;

/** Everything that a run needs, on free ports of this machine and in a directory that goes with it. */
export interface Stage {
  readonly mongodbUri: string;
  readonly sandboxUrl: string;
  /** Not started yet. */
  readonly nodes: readonly ServerNode[];
  readonly login: Login;
  close(): Promise<void>;
}

export const login: Login = { email: 'admin@system.local', password: 'Harness-only-1' };
const nodes = 2;
/** Where everything waits for less, more of it happens in a run. */
const hurry = {
  PROVIDER_TIMEOUT_MS: '1000',
  RESOLVE_AFTER_MS: '400',
  BACKGROUND_INTERVAL_MS: '200',
  JOB_LEASE_MS: '3000',
  EVENT_LEASE_MS: '1000',
};
const settings = { NODE_ENV: 'test', HOST: '127.0.0.1', LOG_LEVEL: 'error', DEMO_DATA: 'none', APP_SECRET: 'a secret of the harness only' };

export async function openStage(config: StageConfig, seed: number, log: (line: string) => void): Promise<Stage> {
  const directory = await mkdtemp(join(tmpdir(), 'payops-harness-'));
  const running: (() => Promise<unknown>)[] = [() => rm(directory, { recursive: true, force: true })];
  const close = async () => {
    for (const stop of running.toReversed()) await stop();
  };
  try {
    const mongod = await startEmbeddedMongod({
      dataDir: join(directory, 'mongod'),
      port: 0,
      mongod: config.embeddedMongod,
      source: config.embeddedMongoSource,
      cacheDir: config.embeddedMongoCache,
      log,
    });
    running.push(() => mongod.stop());
    const cwd = join(directory, 'empty');
    await mkdir(cwd);
    const sandbox = Program.launch({ file: programOf('../sandbox/main.js'), cwd, env: sandboxEnv(directory, seed) });
    running.push(() => sandbox.kill());
    const sandboxUrl = await sandbox.ready(/Sandbox is ready at (\S+)/);
    const env = { ...settings, ...hurry, MONGODB_URI: mongod.uri, SANDBOX_URL: sandboxUrl, SYSTEM_ADMIN_PASSWORD: login.password };
    const made = Array.from({ length: nodes }, () => new ServerNode({ file: programOf('main.js'), env, cwd }));
    for (const node of made) running.push(() => node.kill());
    return { mongodbUri: mongod.uri, sandboxUrl, nodes: made, login, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Beside the program that runs. */
const programOf = (path: string): string => join(dirname(process.argv[1] ?? ''), path);
const sandboxEnv = (directory: string, seed: number) => ({
  SANDBOX_PORT: '0',
  SANDBOX_DATA: join(directory, 'sandbox'),
  SANDBOX_SEED: String(seed),
});
