import { buildIfStale } from '../scripts/build-if-stale.mjs';
import { cleanUp, cleanUpOnSignals, interrupted } from './resources.mjs';

const programs = {
  payments: './payments.mjs',
  ledger: './ledger.mjs',
  jobs: './jobs.mjs',
  gateway: './gateway.mjs',
  webhooks: './webhooks.mjs',
  routing: './routing.mjs',
  confirm: './confirm.mjs',
};

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
  // What fails after an interrupt fails because of it.
  if (process.exitCode !== interrupted) {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  }
} finally {
  await cleanUp();
}
