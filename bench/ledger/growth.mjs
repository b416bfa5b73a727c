import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { takeTurns } from '../load.mjs';
import { memoryOf } from '../machine.mjs';
import { databaseUri } from '../mongod.mjs';
import { codeOf } from '../resources.mjs';
import { progress } from '../results.mjs';
import { common, overDatabase, programs, signIn, startServer } from '../server.mjs';
import { asCount, asFactor, asMillis, median, ratio } from '../stats.mjs';
import { fillAccounts, fillEntries } from './fill.mjs';
import { userId } from './transfers.mjs';

const mostTimes = 2;
const mostReadyMillis = 3_000;
const mostMegabytes = 300;
const leastVerified = 50_000;
const cli = fileURLToPath(new URL('../../dist/bundle/payops.js', import.meta.url));

/**
 * What many entries cost: reads, a restart, memory, and the whole chain checked.
 * @param {string} mongod
 * @param {import('../ledger.mjs').Options} options
 */
export async function measureGrowth(mongod, options) {
  const stages = [];
  for (const entries of options.entries) stages.push(await stage(mongod, entries, options));
  const rows = await reads(stages, options);
  for (const { server } of stages) await server.stop();
  const { uri, entries } = stages.at(-1);
  return [...rows, ...(await restarts(uri, entries, options)), await verified(uri, entries)];
}

async function stage(mongod, entries, { accounts }) {
  const uri = databaseUri(mongod, `ledger_${entries}`);
  const first = await startServer(programs.product, overDatabase(uri));
  await first.stop();
  await fillAccounts(uri, accounts);
  await fillEntries(uri, accounts, entries);
  progress(`${asCount(entries)} entries filled`);
  return { uri, entries, server: await startServer(programs.product, overDatabase(uri)) };
}

async function reads([few, many], options) {
  const rows = [];
  for (const [what, path] of [
    ['balance', `/api/financial/credits/balance?user_id=${userId(0)}`],
    ['first page of the history', `/api/v1/credits/accounts/acc_${userId(0)}/transactions?limit=100`],
  ]) {
    progress(what);
    const load = async ({ server }) => [{ url: server.url + path, headers: await signIn(server), connections: 1 }];
    const { small, large } = await takeTurns(options, { small: await load(few), large: await load(many) });
    const times = ratio(large.all('p50'), small.all('p50'));
    rows.push({
      what: `${what} of an account with all ${asCount(many.entries)} entries, 1 connection`,
      figures: `${asMillis(small.median('p50'))} at ${asCount(few.entries)}, ${asMillis(large.median('p50'))}: ${asFactor(times)}`,
      goal: `at most ${mostTimes} times`,
      reached: times.median <= mostTimes,
    });
  }
  return rows;
}

async function restarts(uri, entries, { rounds, accounts, seconds }) {
  const millis = [];
  const megabytes = [];
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    const server = await startServer(programs.product, overDatabase(uri));
    while (!(await fetch(`${server.url}/health/ready`)).ok) await pause(10);
    millis.push(performance.now() - begun);
    const headers = await signIn(server);
    await takeTurns({ rounds: 1, seconds, warmUp: false }, { any: [transfersOn(server, headers, accounts)] });
    megabytes.push(await memoryOf(server.pid));
    await server.stop();
  }
  return [
    {
      what: `restart to ready, ${asCount(entries)} entries`,
      figures: asMillis(median(millis)),
      goal: `at most ${mostReadyMillis / 1000} s`,
      reached: median(millis) <= mostReadyMillis,
    },
    {
      what: `memory of the process after ${seconds} s of transfers over 64 connections`,
      figures: `${median(megabytes).toFixed(0)} MB`,
      goal: `at most ${mostMegabytes} MB`,
      reached: median(megabytes) <= mostMegabytes,
    },
  ];
}

const transfersOn = ({ url }, headers, accounts) => {
  return { url: `${url}/api/v1/credits/transfers`, headers, make: { what: 'transfer', accounts }, connections: 64 };
};

async function verified(uri, entries) {
  progress('ledger verify');
  const begun = performance.now();
  const env = { ...common, ...overDatabase(uri) };
  const child = spawn(process.execPath, [cli, 'ledger', 'verify'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [said, code] = await Promise.all([text(child.stdout), codeOf(child)]);
  if (code !== 0) throw new Error(`ledger verify ended with ${code}: ${said}`);
  const rate = entries / ((performance.now() - begun) / 1000);
  return {
    what: `payops ledger verify, ${asCount(entries)} entries, with its start`,
    figures: `${asCount(rate)} entries/s`,
    goal: `at least ${asCount(leastVerified)} entries/s`,
    reached: rate >= leastVerified,
  };
}
