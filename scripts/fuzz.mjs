import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { cleanUp, cleanUpOnSignals } from '../bench/resources.mjs';
import { buildIfStale, root } from './build-if-stale.mjs';

/**
 * Sends requests that schemathesis makes up from each surface's OpenAPI document to the built server, and holds every answer against
 * the document: no 5xx, no answer that is not described, nothing refused that the document allows.
 */
const surfaces = ['routing', 'financial', 'gateway', 'platform', 'store'];
const seed = process.env.SEED ?? '1';
/** For each operation, so that there are 5,000 for a document: some have few operations. */
const many = { routing: 450, financial: 800, gateway: 1_000, platform: 150, store: 500 };
const examplesOf = (surface) => String(process.env.SOAK === '1' ? many[surface] : 3);
const config = fileURLToPath(new URL('schemathesis.toml', import.meta.url));
const program = process.env.SCHEMATHESIS ?? 'schemathesis';

/** One ends the session, and turns every further answer into a 401; the other one's answers have no end. */
const sessions = ['/api/v1/auth/logout', '/api/v1/events/stream'];
/** Which of two documents describes an answer depends on the id. */
const shared = ['/api/v1/payments/{transaction_id}'];
/** Most documents describe less than their surfaces take: forms, and fields that are ignored. */
const lenient = ['negative_data_rejection'];
/** The gateway's paths have further methods in the platform's document. */
const untrue = {
  routing: lenient,
  financial: lenient,
  gateway: [...lenient, 'unsupported_method', 'allow_header_conformance'],
  // To `/webhook-deliveries/{id}`, `replay` is an id like any other.
  platform: ['allow_header_conformance'],
  store: lenient,
};

buildIfStale();
// They use what was built.
const { databaseUri, startMongod } = await import('../bench/mongod.mjs');
const { overDatabase, programs, signIn, startServer } = await import('../bench/server.mjs');
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
  const left = [...sessions, ...(surface === 'gateway' ? shared : [])].flatMap((path) => ['--exclude-path', path]);
  const options = ['--header', `Authorization: ${authorization}`, ...left, '--request-timeout', '30'];
  const checks = ['--checks', 'all', '--exclude-checks', untrue[surface].join(',')];
  const size = ['--seed', seed, '--max-examples', examplesOf(surface)];
  const how = ['--phases', 'examples,coverage,fuzzing', '--no-color', '--workers', '2'];
  const words = ['--config-file', config, 'run', `${url}/openapi/${surface}.json`, ...options, ...checks, ...size, ...how];
  const child = spawn(program, words, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  let report = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (report += text));
  const [code] = await once(child, 'close');
  // What was found is told whole; else how much was looked at.
  process.stdout.write(code === 0 ? `${surface}: ${/\d+ generated, .+/.exec(report)?.[0]}\n` : report);
  return code;
}
