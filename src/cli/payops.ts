import { parseArgs } from 'node:util';
import { ConfigError, EXIT_CONFIG, loadConfig } from '../kernel/config/config.js';
import { type Command, commands, harness } from './commands.js';
import type { HarnessAsked } from './harness/command.js';

const EXIT_USAGE = 2;
/** Servers do the background work; a tool that checks must change nothing. */
const never = 24 * 3_600_000;

const usual = { count: '1000', most: 1_000_000 };
const indent = ' '.repeat(22);

const usage = `usage: payops <command> [--tenant <id>]
       payops harness payments [--count <payments>] [--seed <number>] [--json]

${[...commands, harness].map(({ name, help }) => `  ${name.padEnd(20)}${help.replaceAll('\n', `\n${indent}`)}`).join('\n')}

Servers may be running meanwhile.
`;

interface Asked {
  readonly command: Command;
  readonly tenantId?: string;
}
const options = {
  tenant: { type: 'string' },
  count: { type: 'string' },
  seed: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

function read(words: string[]): Asked | HarnessAsked | undefined {
  try {
    const { values, positionals } = parseArgs({ args: words, options, allowPositionals: true });
    const { tenant, count, seed, json, help } = values;
    const name = positionals.join(' ');
    if (help) return undefined;
    if (name === harness.name && tenant === undefined) {
      return { count: whole(count ?? usual.count, 1), seed: whole(seed ?? String(Date.now() % usual.most), 0), json: json ?? false };
    }
    const command = commands.find((one) => one.name === name);
    const isForeign = count !== undefined || seed !== undefined || json !== undefined;
    return command && !isForeign ? { command, ...(tenant !== undefined && { tenantId: tenant }) } : undefined;
  } catch {
    return undefined;
  }
}

function whole(text: string, least: number): number {
  const number = /^\d{1,7}$/.test(text) ? Number(text) : -1;
  if (number < least || number > usual.most) throw new Error(`${text} is not a number from ${least} to ${usual.most}`);
  return number;
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

async function answer(asked: Asked | HarnessAsked): Promise<boolean> {
  if ('command' in asked) return run(asked);
  return (await import('./harness/command.js')).harnessPayments(asked);
}

try {
  const asked = read(process.argv.slice(2));
  if (!asked) process.stderr.write(usage);
  process.exitCode = asked ? ((await answer(asked)) ? 0 : 1) : EXIT_USAGE;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof ConfigError ? EXIT_CONFIG : 1);
}
