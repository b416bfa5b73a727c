import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { databaseUri, startMongod } from '../bench/mongod.mjs';
import { cleanUp, cleanUpOnSignals } from '../bench/resources.mjs';
import { overDatabase, programs, signIn, startServer } from '../bench/server.mjs';
import { buildIfStale, root } from './build-if-stale.mjs';

/**
 * Sends requests that schemathesis makes up from each surface's OpenAPI document to the built server, and holds every answer against
 * the document: no 5xx, no answer that is not described, nothing refused that the document allows.
 */
const surfaces = ['routing', 'financial', 'gateway', 'platform', 'store'];
const seed = process.env.SEED ?? '1';
const examples = process.env.SOAK === '1' ? '150' : '15';
const config = fileURLToPath(new URL('schemathesis.toml', import.meta.url));
const program = process.env.SCHEMATHESIS ?? 'schemathesis';

buildIfStale();
cleanUpOnSignals();
let failed = 0;
try {
  const mongod = await startMongod();
  const wanted = process.argv.length > 2 ? process.argv.slice(2) : surfaces;
  for (const surface of wanted) {
    const server = await startServer(programs.product, overDatabase(databaseUri(mongod.uri, `fuzz_${surface}`)));
    const { authorization } = await signIn(server);
    failed += (await fuzz(surface, server.url, authorization)) === 0 ? 0 : 1;
    await server.stop();
  }
} catch (error) {
  process.stderr.write(`NOT RUN: ${String(error)}\n`);
  failed = process.env.CI === 'true' ? 1 : failed;
} finally {
  await cleanUp();
}
process.exitCode = failed > 0 ? 1 : 0;

async function fuzz(surface, url, authorization) {
  // A session that is ended would turn every further answer into a 401.
  const options = ['--header', `Authorization: ${authorization}`, '--exclude-path', '/api/v1/auth/logout'];
  // The other documents describe less than their surfaces take: forms, and fields that are ignored.
  const checks = ['--checks', 'all', ...(surface === 'platform' ? [] : ['--exclude-checks', 'negative_data_rejection'])];
  const how = ['--phases', 'examples,coverage,fuzzing', '--seed', seed, '--max-examples', examples, '--no-color', '--workers', '2'];
  const words = ['--config-file', config, 'run', `${url}/openapi/${surface}.json`, ...options, ...checks, ...how];
  const child = spawn(program, words, { cwd: root, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  return code;
}
