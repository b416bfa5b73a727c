import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongodDirectory, type MongodRecord } from '../../src/kernel/mongo/data-directory.js';
import { type EmbeddedOptions, startEmbeddedMongod } from '../../src/kernel/mongo/embedded-mongod.js';
import type { ResolveOptions } from '../../src/kernel/mongo/resolve-mongod.js';

export interface TestMongod {
  readonly uri: string;
  readonly pid: number;
  readonly dataDir: string;
  stop(): Promise<void>;
  kill9(): void;
}

/** A mongod of the caller's own, for suites that kill it or change its settings; the others share one. */
export async function startTestMongod(options: Pick<EmbeddedOptions, 'extraArgs'> = {}): Promise<TestMongod> {
  const dataDir = await mkdtemp(join(tmpdir(), 'payops-mongod-'));
  const mongod = await startEmbeddedMongod({ ...testMongodSource(), ...options, dataDir, port: 0 });
  return {
    uri: mongod.uri,
    pid: mongod.pid,
    dataDir,
    kill9: () => void process.kill(mongod.pid, 'SIGKILL'),
    stop: async () => {
      await mongod.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The one that was started last on a server's data directory. */
export async function mongodOn(dataDir: string): Promise<MongodRecord> {
  const record = await new MongodDirectory(dataDir).record();
  if (!record) throw new Error(`No mongod was started on ${dataDir}`);
  return record;
}

export function testMongodSource(): Pick<ResolveOptions, 'mongod' | 'source' | 'cacheDir' | 'log'> {
  const { EMBEDDED_MONGOD, EMBEDDED_MONGO_SOURCE, EMBEDDED_MONGO_CACHE, XDG_CACHE_HOME } = process.env;
  return {
    mongod: EMBEDDED_MONGOD,
    source: EMBEDDED_MONGO_SOURCE === 'download' || EMBEDDED_MONGO_SOURCE === 'pip' ? EMBEDDED_MONGO_SOURCE : 'auto',
    cacheDir: EMBEDDED_MONGO_CACHE ?? (XDG_CACHE_HOME === undefined ? undefined : join(XDG_CACHE_HOME, 'payops', 'mongod')),
    log: () => {},
  };
}
