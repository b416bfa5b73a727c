import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build-if-stale.mjs';

// What is small in a plain test run, at the size that takes its time: every suite that scales, and made-up requests. A failing one
// prints its seed. With names of suites, those alone.
const wanted = process.argv.slice(2);
const run = (script, args) => {
  const { status } = spawnSync(process.execPath, [join(root, 'scripts', script), ...args], {
    stdio: 'inherit',
    env: { ...process.env, SOAK: '1' },
  });
  if (status !== 0) process.exitCode = 1;
};
run('test.mjs', [...(wanted.length > 0 ? wanted : scaling()), '--runInBand']);
if (wanted.length === 0) run('fuzz.mjs', []);

function scaling() {
  const suites = ['src', 'test'].flatMap((top) =>
    readdirSync(join(root, top), { recursive: true, withFileTypes: true })
      .filter(({ name }) => name.endsWith('spec.ts'))
      .map(({ parentPath, name }) => join(parentPath, name)),
  );
  return suites.filter((path) => /\bscale\(/.test(readFileSync(path, 'utf8'))).sort();
}
