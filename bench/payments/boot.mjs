import { setTimeout as pause } from 'node:timers/promises';
import { progress } from '../results.mjs';
import { temporaryDirectory } from '../resources.mjs';
import { overDatabase, programs, startServer } from '../server.mjs';
import { asCount, asMillis, median } from '../stats.mjs';
import { memoryOf } from '../machine.mjs';

const mostMillisGiven = 3_000;
const mostMillisEmbedded = 5_000;
const mostMegabytes = 250;

/**
 * From spawn to the first 200 of `/health/ready`, and what an idle server holds in memory.
 * @param {import('./stage.mjs').Database} database
 * @param {import('../payments.mjs').Options} options
 */
export async function measureBoot({ uri, size }, { rounds, restSeconds }) {
  const given = overDatabase(uri);
  const embedded = { DATA_DIR: await temporaryDirectory(), EMBEDDED_MONGO_PORT: '0' };
  progress('boot');
  const first = await startServer(programs.product, embedded);
  await first.stop();
  /** @type {Record<'given' | 'embedded', number[]>} */
  const millis = { given: [], embedded: [] };
  for (let round = 0; round < rounds; round++) {
    millis.given.push(await boot(given));
    millis.embedded.push(await boot(embedded));
  }
  const bootRow = (what, times, most) => {
    const figures = `${asMillis(median(times))} (${asMillis(Math.min(...times))} to ${asMillis(Math.max(...times))})`;
    return { what: `boot, ${what}`, figures, goal: `at most ${most / 1000} s`, reached: median(times) <= most };
  };
  return [
    bootRow(`MONGODB_URI, ${asCount(size)} payments`, millis.given, mostMillisGiven),
    bootRow('embedded database, existing data directory', millis.embedded, mostMillisEmbedded),
    await memoryRow(given, restSeconds),
  ];
}

/** @param {Record<string, string>} env */
async function boot(env) {
  const begun = performance.now();
  const server = await startServer(programs.product, env);
  while (!(await fetch(`${server.url}/health/ready`)).ok) await pause(10);
  const millis = performance.now() - begun;
  await server.stop();
  return millis;
}

/**
 * @param {Record<string, string>} env
 * @param {number} restSeconds
 */
async function memoryRow(env, restSeconds) {
  const server = await startServer(programs.product, env);
  await pause(restSeconds * 1000);
  const megabytes = await memoryOf(server.pid);
  await server.stop();
  const what = `resident memory, ${restSeconds} s after ready`;
  return { what, figures: `${megabytes.toFixed(0)} MB`, goal: `at most ${mostMegabytes} MB`, reached: megabytes <= mostMegabytes };
}
