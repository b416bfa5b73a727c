import { parseArgs } from 'node:util';
import { ConfigError, EXIT_CONFIG, loadConfig } from '../kernel/config/config.js';
import { type Command, commands } from './commands.js';

const EXIT_USAGE = 2;
/** Servers do the background work; a tool that checks must change nothing. */
const never = 24 * 3_600_000;

const usage = `usage: payops <command> [--tenant <id>]

${commands.map(({ name, help }) => `  ${name.padEnd(20)}${help}`).join('\n')}

Servers may be running meanwhile.
`;

interface Asked {
  readonly command: Command;
  readonly tenantId?: string;
}

function read(words: string[]): Asked | undefined {
  try {
    const { values, positionals } = parseArgs({ args: words, options: { tenant: { type: 'string' } }, allowPositionals: true });
    const command = commands.find(({ name }) => name === positionals.join(' '));
    return command && { command, ...(values.tenant !== undefined && { tenantId: values.tenant }) };
  } catch {
    return undefined;
  }
}

/** Runs a command against the configured database, or the one of the server that runs on the data directory. */
async function run({ command, tenantId }: Asked): Promise<boolean> {
  const config = { ...loadConfig(), backgroundIntervalMs: never };
  const [{ openDatabase }, { createApp }, runs] = await Promise.all([
    import('../kernel/mongo/open-database.js'),
    import('../app.js'),
    import('./runs.js'),
  ]);
  const database = await openDatabase(config, undefined, (line) => process.stderr.write(`${line}\n`));
  try {
    const app = await createApp(config, database.uri);
    const isWell = await runs[command.run](app, tenantId);
    await app.close();
    return isWell;
  } finally {
    await database.stop();
  }
}

try {
  const asked = read(process.argv.slice(2));
  if (!asked) process.stderr.write(usage);
  process.exitCode = asked ? ((await run(asked)) ? 0 : 1) : EXIT_USAGE;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof ConfigError ? EXIT_CONFIG : 1);
}
