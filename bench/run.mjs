import { buildIfStale } from '../scripts/build-if-stale.mjs';
import { cleanUp, cleanUpOnSignals } from './resources.mjs';

const programs = { payments: './payments.mjs' };

const [name = '', ...args] = process.argv.slice(2);
if (!Object.hasOwn(programs, name)) {
  process.stderr.write(`usage: npm run bench -- <${Object.keys(programs).join('|')}> [options]\n`);
  process.exit(2);
}
buildIfStale();
cleanUpOnSignals();
try {
  const { main } = await import(programs[name]);
  await main(args);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await cleanUp();
}
