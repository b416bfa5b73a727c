import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildIfStale, root } from './build-if-stale.mjs';

buildIfStale();
const program = join(root, 'dist', 'bundle', 'main.js');
process.argv[1] = program;
// In this very process, so that a signal reaches the server and its exit code is ours.
await import(pathToFileURL(program).href);
