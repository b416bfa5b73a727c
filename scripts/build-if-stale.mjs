import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const main = join(root, 'dist', 'bundle', 'main.js');
const nest = join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
const bundler = join(root, 'scripts', 'bundle.mjs');
const inputs = ['src', 'scripts/bundle.mjs', 'nest-cli.json', 'tsconfig.json', 'tsconfig.build.json', 'package.json'];

/** Leaves a built dist behind, or ends the process with what to do. */
export function buildIfStale() {
  if (!existsSync(nest)) {
    // A production install has no compiler: what was shipped is what runs.
    if (existsSync(main)) return;
    fail('dist is missing: run `npm run build` where the dev dependencies are installed, and ship dist with it.');
  }
  if (existsSync(main) && statSync(main).mtimeMs >= newestInput()) return;
  const since = Date.now();
  process.stderr.write('building ...');
  for (const step of [[nest, 'build'], [bundler]]) {
    const { status } = spawnSync(process.execPath, step, { cwd: root, stdio: ['ignore', 2, 2] });
    if (status !== 0) fail('the build failed');
  }
  process.stderr.write(` (${((Date.now() - since) / 1000).toFixed(1)} s)\n`);
}

function newestInput() {
  return Math.max(...inputs.map((name) => newestIn(join(root, name))));
}

/** The time of a directory counts too: it moves when a file is removed. */
function newestIn(path) {
  const stats = statSync(path);
  const { mtimeMs } = stats;
  if (!stats.isDirectory()) return path.endsWith('.spec.ts') ? 0 : mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name))));
}

function fail(line) {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}
