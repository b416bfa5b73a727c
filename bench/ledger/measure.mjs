import { asFigures, runAll, takeTurns } from '../load.mjs';
import { databaseUri } from '../mongod.mjs';
import { progress } from '../results.mjs';
import { overDatabase, programs, signIn, startServer } from '../server.mjs';
import { asCount, asFactor, asMillis, asPercent, ratio } from '../stats.mjs';
import { audit, sequenced } from './audit.mjs';
import { fillAccounts } from './fill.mjs';
import { probe } from './probe.mjs';

const leastTimesNaive = /** @type {Record<number, number>} */ ({ 64: 30, 16: 15, 1: 3 });
const leastOfNoop = 0.35;
const leastHot = 0.5;
const mostHotMillis = 100;
const leastOfTwo = 0.35;
const mostTimesLatency = 3;
const leastSustained = 0.8;

/**
 * Transfers between random accounts: the product, a server that does the same in the usual way, and one that does nothing.
 * @param {string} mongod
 * @param {import('../ledger.mjs').Options} options
 */
export async function measureTransfers(mongod, options) {
  const uri = databaseUri(mongod, 'ledger');
  const env = overDatabase(uri);
  const first = await startServer(programs.product, env);
  await first.stop();
  await fillAccounts(uri, options.accounts);
  progress(`${asCount(options.accounts)} accounts filled`);
  const [product, second] = [await startServer(programs.product, env), await startServer(programs.product, env)];
  const noop = await startServer(programs.noop, env);
  const naive = await startServer(programs.naiveLedger, env);
  const servers = { product, second, noop, naive };
  const rows = [];
  for (const connections of [64, 16, 1]) rows.push(...(await against(uri, servers, connections, options)));
  rows.push(...(await hotAndTwo(uri, servers, options)), await sustained(uri, servers, options));
  for (const server of Object.values(servers)) await server.stop();
  return rows;
}

const paths = { product: '/api/v1/credits/transfers', noop: '/noop/transfers', naive: '/naive/transfers', guarded: '/guarded/transfers' };

async function against(uri, { product, noop, naive }, connections, options) {
  const what = `transfer, ${connections} connections`;
  progress(what);
  const headers = await signIn(product);
  const make = { what: 'transfer', accounts: options.accounts };
  const to = (server, path) => [{ url: server.url + path, headers, make, connections }];
  const turns = await takeTurns(
    options,
    {
      ours: to(product, paths.product),
      nothing: to(noop, paths.noop),
      naive: to(naive, paths.naive).map((load) => ({ ...load, mayFail: true })),
      guarded: to(naive, paths.guarded).map((load) => ({ ...load, mayFail: true })),
    },
    (done) => audit(uri, options.accounts, done.ours),
    () => sequenced(uri),
  );
  const { ours, nothing } = turns;
  const times = ratio(ours.all('rate'), turns.naive.all('rate'));
  const least = leastTimesNaive[connections];
  const share = ratio(ours.all('rate'), nothing.all('rate'));
  const rows = [
    {
      what: `${what}, against a naive transaction`,
      figures: `product ${asFigures(ours)}; naive ${asFigures(turns.naive)}: ${asFactor(times)}`,
      goal: `at least ${least} times`,
      reached: times.median >= least,
    },
    {
      what: `${what}, against a transaction of two round trips`,
      figures: `${asFigures(turns.guarded)}: ${asFactor(ratio(ours.all('rate'), turns.guarded.all('rate')))}`,
    },
  ];
  const noopRow = { what: `${what}, against an endpoint that does nothing`, figures: `${asFigures(nothing)}: ${asPercent(share)}` };
  return [...rows, connections === 64 ? { ...noopRow, goal: 'at least 35 % of it', reached: share.median >= leastOfNoop } : noopRow];
}

async function hotAndTwo(uri, { product, second }, options) {
  progress('transfer, one hot account, and two servers');
  const headers = await signIn(product);
  const to = (server, connections, hot = false) => {
    return { url: server.url + paths.product, headers, make: { what: 'transfer', accounts: options.accounts, hot }, connections };
  };
  const { random, hot, two } = await takeTurns(
    options,
    { random: [to(product, 64)], hot: [to(product, 64, true)], two: [to(product, 32), to(second, 32)] },
    ({ random: one, hot: other, two: both }) => audit(uri, options.accounts, one + other + both),
    () => sequenced(uri),
  );
  const share = ratio(hot.all('rate'), random.all('rate'));
  const shareOfTwo = ratio(two.all('rate'), random.all('rate'));
  const slower = ratio(two.all('p99'), random.all('p99'));
  return [
    {
      what: 'transfer, 64 connections, one hot account',
      figures: `${asFigures(hot)}; random ${asFigures(random)}: ${asPercent(share)}`,
      goal: `at least 50 % of random, p99 at most ${mostHotMillis} ms`,
      reached: share.median >= leastHot && hot.median('p99') <= mostHotMillis,
    },
    {
      what: 'transfer, 64 connections, over two servers, one tenant',
      figures: `${asFigures(two)}: ${asPercent(shareOfTwo)}, p99 ${asFactor(slower)}`,
      goal: 'at least 35 % of one server, p99 at most 3 times',
      reached: shareOfTwo.median >= leastOfTwo && slower.median <= mostTimesLatency,
    },
  ];
}

/** Short and long alike: while it runs, somebody posts and looks at once whether balance and list say so. */
async function sustained(uri, { product }, { accounts, seconds, sustainedSeconds }) {
  progress(`transfer, sustained for ${sustainedSeconds} s`);
  const headers = await signIn(product);
  const load = [{ url: product.url + paths.product, headers, make: { what: 'transfer', accounts }, connections: 64 }];
  const runFor = async (/** @type {number} */ length) => {
    const ending = new AbortController();
    const probing = probe(product.url, headers, accounts, ending.signal);
    const answered = await runAll(load, length);
    ending.abort();
    return { ...answered, ...(await probing) };
  };
  const [short, long] = [await runFor(seconds), await runFor(sustainedSeconds)];
  await audit(uri, accounts, short.done + short.probes + long.done + long.probes);
  return {
    what: `transfer, 64 connections, sustained for ${sustainedSeconds} s`,
    figures:
      `${asCount(long.rate)}/s, p99 ${asMillis(long.p99)}, against ${asCount(short.rate)}/s in ${seconds} s: ${Math.round((100 * long.rate) / short.rate)} %; ` +
      `${asCount(long.probes)} postings read back at once, all exact (${asMillis(long.millis)})`,
    goal: 'at least 80 % of the short run',
    reached: long.rate >= leastSustained * short.rate,
  };
}
