import type { Config } from '../config/config.js';
import { startEmbeddedMongod } from './embedded-mongod.js';
import { assertUsableServer } from './server-check.js';

export interface OpenedDatabase {
  readonly uri: string;
  /** Ends what this process started; a database that was given is left alone. */
  stop(): Promise<void>;
}

/**
 * The configured database if it keeps what it acknowledges, else the embedded one in the data directory. A server names itself
 * as the owner of the directory; a command-line tool does not, and joins a running server's database.
 */
export async function openDatabase(
  config: Config,
  owner: { url: string } | undefined,
  log: (line: string) => void,
): Promise<OpenedDatabase> {
  if (config.mongodbUri !== undefined) {
    await assertUsableServer(config.mongodbUri);
    return { uri: config.mongodbUri, stop: async () => {} };
  }
  return startEmbeddedMongod({
    dataDir: config.dataDir,
    port: config.embeddedMongoPort,
    mongod: config.embeddedMongod,
    source: config.embeddedMongoSource,
    cacheDir: config.embeddedMongoCache,
    ...(owner && { owner }),
    log,
  });
}
