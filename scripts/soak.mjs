import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './build-if-stale.mjs';

// What is small in a plain test run, at the size that takes its time: suites of several and of killed processes, random runs and made-up
// requests. A failing one prints its seed. With names of suites, those alone.
const suites = [
  'test/e2e/process',
  'test/e2e/webhooks/isolation',
  'src/events/event-feed',
  'src/ledger/ledger-model',
  'src/ledger/ledger-verifier',
];
const wanted = process.argv.slice(2);
const run = (script, args) => {
  const { status } = spawnSync(process.execPath, [join(root, 'scripts', script), ...args], {
    stdio: 'inherit',
    env: { ...process.env, SOAK: '1' },
  });
  if (status !== 0) process.exitCode = 1;
};
run('test.mjs', [...(wanted.length > 0 ? wanted : suites), '--runInBand']);
if (wanted.length === 0) run('fuzz.mjs', []);
