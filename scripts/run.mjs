import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildIfStale, root } from './build-if-stale.mjs';

const [name, ...args] = process.argv.slice(2);
if (name === undefined) {
  process.stderr.write('usage: node scripts/run.mjs <program under dist, without .js> [arguments]\n');
  process.exit(2);
}
buildIfStale();
const program = join(root, 'dist', `${name}.js`);
if (!existsSync(program)) {
  process.stderr.write(`${name}: there is no such program in dist\n`);
  process.exit(2);
}
process.argv = [process.argv[0], program, ...args];
await import(pathToFileURL(program).href);
