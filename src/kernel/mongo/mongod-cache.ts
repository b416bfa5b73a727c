import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { majorOf, versionOf } from './mongod-binary.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const DRAFT_PREFIX = 'fetching-';

export interface CachedMongod {
  readonly bin: string;
  readonly version: string;
}

/** A binary gets its final name by one rename, after it has run: whatever bears that name is whole. */
export class MongodCache {
  constructor(private readonly directory: string) {}

  /** Newest first, but those that can open the data before the others. */
  async binaries(wantedMajor?: string): Promise<CachedMongod[]> {
    const names = await readdir(this.directory).catch(() => []);
    const found = names.flatMap((name) => {
      const version = /^mongod-(\d+\.\d+\.\d+)$/.exec(name)?.[1];
      return version === undefined ? [] : [{ bin: join(this.directory, name), version }];
    });
    const fits = ({ version }: CachedMongod) => Number(majorOf(version) === wantedMajor);
    return found.sort((a, b) => fits(b) - fits(a) || b.version.localeCompare(a.version, undefined, { numeric: true }));
  }

  async fill(fetch: (directory: string) => Promise<string>): Promise<CachedMongod> {
    await mkdir(this.directory, { recursive: true });
    await this.removeAbandoned();
    const draft = await mkdtemp(join(this.directory, DRAFT_PREFIX));
    try {
      const fetched = await fetch(draft);
      await chmod(fetched, 0o755);
      const version = await versionOf(fetched);
      const bin = join(this.directory, `mongod-${version}`);
      await rename(fetched, bin);
      return { bin, version };
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }

  async failedLately(source: string): Promise<boolean> {
    const failure = await stat(this.failurePath(source)).catch(() => undefined);
    return failure !== undefined && Date.now() - failure.mtimeMs < DAY_MS;
  }

  async rememberFailure(source: string): Promise<void> {
    await mkdir(this.directory, { recursive: true });
    await writeFile(this.failurePath(source), '');
  }

  async forgetFailure(source: string): Promise<void> {
    await rm(this.failurePath(source), { force: true });
  }

  private failurePath(source: string): string {
    return join(this.directory, `${source}-failed`);
  }

  private async removeAbandoned(): Promise<void> {
    for (const name of await readdir(this.directory)) {
      if (!name.startsWith(DRAFT_PREFIX)) continue;
      const path = join(this.directory, name);
      const made = await stat(path).catch(() => undefined);
      if (made !== undefined && Date.now() - made.mtimeMs > DAY_MS) await rm(path, { recursive: true, force: true });
    }
  }
}
