import { mkdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { inTurn, readClaim, replaceFile, takeFile } from './exclusive-file.js';
import { identify, type ProcessIdentity } from './process-identity.js';

// A first start may have to fetch a mongod meanwhile.
const START_PATIENCE_MS = 600_000;
const LARGEST_LOG_BYTES = 20 * 1024 * 1024;

interface ServerClaim extends ProcessIdentity {
  readonly url: string;
}

/** The mongod that was started last on a data directory; it stays after a stop, for the version. */
export interface MongodRecord extends ProcessIdentity {
  readonly port: number;
  readonly version: string;
  readonly parent: ProcessIdentity;
  readonly diesWithParent: boolean;
  readonly stopping?: boolean;
}

/** One server a data directory: a second one is told where the first is. */
export async function claimDataDirectory(dataDir: string, owner: { url: string }): Promise<() => Promise<void>> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const claim: ServerClaim = { ...identify(process.pid), url: owner.url };
  const { holder, release } = await takeFile(dataDir, 'server', claim);
  if (holder !== undefined) {
    throw new Error(
      `A server already runs on the data directory ${dataDir}: ${holder.url} (pid ${holder.pid}).\n` +
        'Stop it first, or give this one a data directory of its own (DATA_DIR).',
    );
  }
  return release;
}

/** The files of the embedded database inside a data directory. */
export class MongodDirectory {
  readonly databasePath: string;
  readonly logPath: string;
  private readonly recordPath: string;

  constructor(private readonly dataDir: string) {
    this.databasePath = join(dataDir, 'db');
    this.logPath = join(dataDir, 'mongod.log');
    this.recordPath = join(dataDir, 'mongod.json');
  }

  record(): Promise<MongodRecord | undefined> {
    return readClaim<MongodRecord>(this.recordPath);
  }

  remember(record: MongodRecord): Promise<void> {
    return replaceFile(this.recordPath, record);
  }

  /** Two processes that start at once must not both launch a mongod. */
  inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    return inTurn(this.dataDir, 'starting', START_PATIENCE_MS, work);
  }

  async prepare(): Promise<void> {
    await mkdir(this.databasePath, { recursive: true, mode: 0o700 });
    const log = await stat(this.logPath).catch(() => undefined);
    if (log !== undefined && log.size > LARGEST_LOG_BYTES) await rename(this.logPath, `${this.logPath}.1`);
  }
}
