import { setTimeout as pause } from 'node:timers/promises';
import { Clock } from '../dist/kernel/clock.js';
import { Idempotency } from '../dist/kernel/idempotency/idempotency.js';
import { jobsCollection } from '../dist/kernel/jobs/job.js';
import { MongoJobQueue } from '../dist/kernel/jobs/mongo-job-queue.js';
import { Database } from '../dist/kernel/mongo/database.js';
import { UnitOfWork } from '../dist/kernel/mongo/unit-of-work.js';
import { drainOneByOne } from './jobs/one-by-one.mjs';
import { databaseUri } from './mongod.mjs';
import { assertPositive, leastRounds, readOptions, report } from './report.mjs';
import { progress } from './results.mjs';
import { asCount, asFactor, asMillis, median, percentile, ratio } from './stats.mjs';

const mostIdleMillis = 10;
const leastRate = 600;
const concurrency = 50;
const settings = { backgroundIntervalMs: 1_000, jobLeaseMs: 30_000 };
const kind = 'bench.nothing';

const usual = { jobs: '5000', idle: '200', rounds: '5' };
const toy = { jobs: '200', idle: '20', rounds: '1' };

/** @param {readonly string[]} args */
export async function main(args) {
  const { toy: _, write, ...given } = readOptions(args, usual, toy);
  const [jobs, idle, rounds] = [Number(given.jobs), Number(given.idle), Number(given.rounds)];
  assertPositive([jobs, idle, rounds]);
  const about =
    `${rounds} rounds of ${asCount(jobs)} jobs each, in turns with a queue that claims and ends them one by one; medians. ` +
    'Every job is enqueued in a transaction, runs once, and is counted in the database after each round.';
  await report({ name: 'jobs', args, about, judged: rounds >= leastRounds, write }, async (mongod) => {
    return [await idleLatency(mongod, idle), await throughput(mongod, jobs, rounds)];
  });
}

/** From the call that enqueues to the first line of the handler, which includes the commit. */
async function idleLatency(mongod, count) {
  progress('enqueue to run, idle');
  const node = await nodeOver(databaseUri(mongod, 'jobs_idle'));
  const millis = [];
  let [sentAt, ran] = [0, () => {}];
  node.queue.handle({
    kind,
    run: async () => {
      millis.push(performance.now() - sentAt);
      ran();
    },
  });
  await node.queue.onApplicationBootstrap();
  for (let index = 0; index < count; index++) {
    const isRun = new Promise((resolve) => (ran = resolve));
    sentAt = performance.now();
    await node.enqueue(1);
    await isRun;
    await pause(20);
  }
  await node.stop();
  return {
    what: 'enqueue to run, one at a time on an idle node',
    figures: `p50 ${asMillis(median(millis))}, p99 ${asMillis(percentile(millis, 99))}`,
    goal: `p50 at most ${mostIdleMillis} ms`,
    reached: median(millis) <= mostIdleMillis,
  };
}

async function throughput(mongod, count, rounds) {
  const rates = { product: [], oneByOne: [] };
  for (let round = 0; round < rounds; round++) {
    progress(`${asCount(count)} jobs, round ${round + 1}`);
    rates.product.push(await productRate(databaseUri(mongod, `jobs_product_${round}`), count));
    rates.oneByOne.push(await drainOneByOne(databaseUri(mongod, `jobs_one_by_one_${round}`), count, concurrency));
  }
  const [rate, other] = [median(rates.product), median(rates.oneByOne)];
  return {
    what: `durable jobs, ${concurrency} at once`,
    figures: `${asCount(rate)}/s; one by one ${asCount(other)}/s: ${asFactor(ratio(rates.product, rates.oneByOne))}`,
    goal: `at least ${asCount(leastRate)}/s`,
    reached: rate >= leastRate,
  };
}

async function productRate(uri, count) {
  const node = await nodeOver(uri);
  let [left, over] = [count, () => {}];
  const isOver = new Promise((resolve) => (over = resolve));
  node.queue.handle({
    kind,
    concurrency,
    run: async () => {
      if (--left === 0) over();
    },
  });
  await node.enqueue(count);
  const begun = performance.now();
  await node.queue.onApplicationBootstrap();
  await isOver;
  // What has run is written down when the queue has stopped.
  await node.queue.beforeApplicationShutdown();
  const rate = count / ((performance.now() - begun) / 1000);
  const done = await node.rows.countDocuments({ state: 'done', attempts: 1 });
  if (done !== count) throw new Error(`${done} of ${count} jobs ran once`);
  await node.stop();
  return rate;
}

/** @param {string} uri */
async function nodeOver(uri) {
  const [database, clock] = [await Database.connect(uri), new Clock()];
  const rows = await database.db.createCollection(jobsCollection.name);
  await rows.createIndexes([...jobsCollection.indexes]);
  const queue = new MongoJobQueue(database, clock, settings);
  const unitOfWork = new UnitOfWork(database, new Idempotency(database, clock));
  const enqueue = async (count) => {
    const jobs = Array.from({ length: count }, () => ({ kind, tenantId: 'ten_bench', payload: {} }));
    for (let next = 0; next < count; next += 500) {
      await unitOfWork.transact((session) => queue.enqueue(session, jobs.slice(next, next + 500)));
    }
  };
  const stop = async () => {
    await queue.beforeApplicationShutdown();
    await database.client.close();
  };
  return { rows, queue, enqueue, stop };
}
