import { createApp } from '../app.js';
import { ConfigError, EXIT_CONFIG, loadConfig } from '../kernel/config/config.js';
import { openDatabase } from '../kernel/mongo/open-database.js';
import { BucketRebuild } from '../payments/bucket-rebuild.js';

const usage = `usage: payops analytics rebuild [--tenant <id>]

  analytics rebuild   counts the day buckets of payments anew, from the payments themselves; a server may be running meanwhile
`;
const EXIT_USAGE = 2;

/** Runs a command against the configured database, or the one of the server that runs on the data directory. */
async function run(words: readonly string[]): Promise<void> {
  const [area, action, option, tenantId] = words;
  const known = area === 'analytics' && action === 'rebuild' && (option === undefined || (option === '--tenant' && tenantId !== undefined));
  if (!known || words.length > 4) {
    process.stderr.write(usage);
    process.exit(EXIT_USAGE);
  }
  const config = loadConfig();
  const database = await openDatabase(config, undefined, (line) => process.stderr.write(`${line}\n`));
  try {
    const app = await createApp(config, database.uri);
    const begun = performance.now();
    const payments = await app.get(BucketRebuild).rebuild(tenantId);
    process.stdout.write(`${payments} payments counted in ${((performance.now() - begun) / 1000).toFixed(1)} s\n`);
    await app.close();
  } finally {
    await database.stop();
  }
}

try {
  await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof ConfigError ? EXIT_CONFIG : 1);
}
