import { mkdir, realpath } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { claimDataDirectory, MongodDirectory, type MongodRecord } from './data-directory.js';
import { majorOf } from './mongod-binary.js';
import { comesTrue, type Ending, freePort, hasEnded, spawnMongod, type SpawnedMongod, stopProcess } from './mongod-process.js';
import { identify, isAlive, isSameProcess } from './process-identity.js';
import { becomePrimary, servedPath } from './replica-set.js';
import { type ResolvedMongod, resolveMongod, type ResolveOptions } from './resolve-mongod.js';

const DEFAULT_PORT = 27_027;
const LAUNCH_ATTEMPTS = 3;
// Recovery after a kill comes before listening.
const LISTEN_PATIENCE_MS = 120_000;
const EXIT_PATIENCE_MS = 30_000;
const PORT_IN_USE_EXIT_CODE = 48;
// One that dies sooner, again and again, dies of something that a new start alone does not cure: it gets time, and more each time.
const SHORT_LIFE_MS = 10_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

export interface EmbeddedOptions extends Pick<ResolveOptions, 'mongod' | 'source' | 'cacheDir' | 'log'> {
  readonly dataDir: string;
  /** 0 takes a free one. */
  readonly port?: number;
  /** The server that claims the data directory for itself; command-line tools claim nothing. */
  readonly owner?: { readonly url: string };
  readonly extraArgs?: readonly string[];
}

export interface EmbeddedMongod {
  readonly uri: string;
  readonly how: 'started' | 'adopted';
  readonly port: number;
  readonly pid: number;
  /** Leaves a mongod alone that belongs to another process. */
  stop(): Promise<void>;
}

export async function startEmbeddedMongod(options: EmbeddedOptions): Promise<EmbeddedMongod> {
  if (options.owner === undefined) return joinOrStart(options);
  const release = await claimDataDirectory(options.dataDir, options.owner);
  try {
    const mongod = await joinOrStart(options);
    const stop = async () => {
      await mongod.stop();
      await release();
    };
    return { ...mongod, stop };
  } catch (error) {
    await release();
    throw error;
  }
}

/** For command-line tools: the mongod of the server that runs on the data directory, or one for this run. */
export async function joinOrStart(options: EmbeddedOptions): Promise<EmbeddedMongod> {
  await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  const directory = new MongodDirectory(await realpath(options.dataDir));
  return directory.inTurn(async () => (await adopt(directory, options)) ?? (await start(directory, options)));
}

async function adopt(directory: MongodDirectory, options: EmbeddedOptions): Promise<EmbeddedMongod | undefined> {
  const record = await directory.record();
  if (record === undefined || !isAlive(record)) return undefined;
  const leaving = await reasonToLeave(record, directory, options);
  if (leaving !== undefined) {
    options.log(`mongod ${record.version} (pid ${record.pid}) ${leaving}: waiting for its end`);
    if (await hasEnded(record, EXIT_PATIENCE_MS)) return undefined;
    throw new Error(`mongod (pid ${record.pid}) still holds ${directory.databasePath} after ${EXIT_PATIENCE_MS / 1000} s; it ${leaving}.`);
  }
  try {
    await becomePrimary(record.port);
  } catch (error) {
    if (await hasEnded(record, EXIT_PATIENCE_MS)) return undefined;
    throw error;
  }
  options.log(`mongod ${record.version}: joined the running one (pid ${record.pid}, port ${record.port})`);
  if (isAlive(record.parent)) return handle(record, 'adopted', async () => {});
  const orphan = { ...record, parent: identify(process.pid) };
  await directory.remember(orphan);
  return handle(orphan, 'adopted', () => stop(directory, orphan));
}

/** Why a living mongod will not live as long as this process wants it to. */
async function reasonToLeave(
  record: MongodRecord,
  { databasePath }: MongodDirectory,
  { owner }: EmbeddedOptions,
): Promise<string | undefined> {
  const parentLives = isAlive(record.parent);
  if (record.stopping === true || (record.diesWithParent && !parentLives)) return 'is shutting down';
  if (owner !== undefined && parentLives && !isSameProcess(record.parent, identify(process.pid))) {
    return `serves a command (pid ${record.parent.pid}) and ends with it`;
  }
  const serves = async () => !isAlive(record) || (await servedPath(record.port)) === databasePath;
  return (await comesTrue(serves, EXIT_PATIENCE_MS)) && isAlive(record) ? undefined : 'does not answer';
}

async function start(directory: MongodDirectory, options: EmbeddedOptions): Promise<EmbeddedMongod> {
  const { mongod, source, cacheDir, log } = options;
  const written = (await directory.record())?.version;
  const wantedMajor = written === undefined ? undefined : majorOf(written);
  const resolved = await resolveMongod({ mongod, source, cacheDir, log, wantedMajor });
  if (wantedMajor !== undefined && wantedMajor !== majorOf(resolved.version)) {
    throw new Error(
      `${directory.databasePath} was written by mongod ${written}, and ${resolved.bin} is ${resolved.version}.\n` +
        `MongoDB upgrades one major version at a time: point EMBEDDED_MONGOD to a mongod ${wantedMajor}, or start with an empty data directory.`,
    );
  }
  await directory.prepare();
  let running = await launchPrimary(directory, options, resolved);
  let stopping = false;
  let restarted = Promise.resolve();
  let shortLives = 0;
  const ending = new AbortController();
  const watch = ({ record, spawned, since }: Launched) => {
    const again = async ({ code, signal }: Ending) => {
      if (stopping) return;
      shortLives = Date.now() - since < SHORT_LIFE_MS ? shortLives + 1 : 0;
      log(`mongod (pid ${record.pid}) ended by itself (${signal ?? code}); its log is ${directory.logPath}`);
      // A clean end was asked for, by whoever stops the machine.
      if (code !== 0) await startAgain(record.port);
    };
    restarted = spawned.ended.then(again);
  };
  // Under the same port, because the server's connections know no other; and until it lives, because without it the server is of no use.
  const startAgain = async (port: number) => {
    for (; ; shortLives++) {
      if (shortLives > 1) await pause(pauseAfter(shortLives), undefined, { signal: ending.signal }).catch(() => {});
      if (stopping) return;
      try {
        running = await directory.inTurn(() => launchPrimary(directory, options, resolved, port));
        return watch(running);
      } catch (error) {
        log(`mongod could not be started again: ${String(error)}`);
      }
    }
  };
  watch(running);
  return handle(running.record, 'started', async () => {
    stopping = true;
    ending.abort();
    // What has ended may be starting again at this moment; the promise of one that lives is of no end.
    if (!isAlive(running.record)) await restarted;
    await stop(directory, running.record);
  });
}

const pauseAfter = (shortLives: number): number => Math.min(FIRST_PAUSE_MS * 2 ** (shortLives - 2), LONGEST_PAUSE_MS);

interface Launched {
  readonly record: MongodRecord;
  readonly spawned: SpawnedMongod;
  readonly since: number;
}

/** On `onlyPort`, where it has to be that one. */
async function launchPrimary(
  directory: MongodDirectory,
  options: EmbeddedOptions,
  resolved: ResolvedMongod,
  onlyPort?: number,
): Promise<Launched> {
  const since = Date.now();
  const launched = await launch(directory, options, resolved, onlyPort);
  const { record } = launched;
  try {
    await becomePrimary(record.port);
  } catch (error) {
    await stop(directory, record);
    throw error;
  }
  const seconds = ((Date.now() - since) / 1000).toFixed(1);
  options.log(`mongod ${record.version} (${resolved.how}): ready on port ${record.port} (${seconds} s)`);
  return { ...launched, since };
}

async function launch(
  directory: MongodDirectory,
  options: EmbeddedOptions,
  { bin, version }: ResolvedMongod,
  onlyPort?: number,
): Promise<{ record: MongodRecord; spawned: SpawnedMongod }> {
  const { databasePath, logPath } = directory;
  const wanted = onlyPort ?? options.port ?? DEFAULT_PORT;
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort(wanted);
    if (onlyPort !== undefined && port !== onlyPort) throw new Error(`another program listens on port ${onlyPort}`);
    if (wanted !== 0 && port !== wanted) options.log(`mongod ${version}: another program listens on port ${wanted}, taking ${port}`);
    const spawned = await spawnMongod({ bin, port, databasePath, logPath, extraArgs: options.extraArgs });
    const { identity, diesWithParent } = spawned;
    const record = { ...identity, port, version, parent: identify(process.pid), diesWithParent };
    await directory.remember(record);
    // The path tells ours from a stranger that took the port in between.
    const settled = await comesTrue(async () => !isAlive(identity) || (await servedPath(port)) === databasePath, LISTEN_PATIENCE_MS);
    if (settled && isAlive(identity)) return { record, spawned };
    await stopProcess(identity);
    const { code, signal } = await spawned.ended;
    if (code !== PORT_IN_USE_EXIT_CODE || attempt === LAUNCH_ATTEMPTS) {
      throw new Error(`mongod ${version} did not start (${signal ?? `exit code ${code}`}); its log is ${logPath}`);
    }
  }
}

async function stop(directory: MongodDirectory, record: MongodRecord): Promise<void> {
  // Once it has ended, the record may already be that of another process.
  if (!isAlive(record)) return;
  await directory.remember({ ...record, stopping: true });
  await stopProcess(record);
}

function handle({ pid, port }: MongodRecord, how: EmbeddedMongod['how'], stop: () => Promise<void>): EmbeddedMongod {
  return { uri: `mongodb://127.0.0.1:${port}/?replicaSet=rs0`, how, port, pid, stop };
}
