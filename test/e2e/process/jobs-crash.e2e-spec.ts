import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Collection } from 'mongodb';
import { type Job, jobsCollection, type NewJob } from '../../../src/kernel/jobs/job.js';
import { JobStore } from '../../../src/kernel/jobs/job-store.js';
import { Database } from '../../../src/kernel/mongo/database.js';
import { testDatabaseUri } from '../../support/database.js';
import { failpointsOf } from '../../support/failpoints.js';
import { newSeed, randomOf, scale } from '../../support/random.js';
import { forgivePipes } from '../../support/run-program.js';

const seed = newSeed();
const random = randomOf(seed);
const kills = scale(3, 50);
const jobsUnderKills = scale(500, 10_000);
const failpoints = failpointsOf('jobs');
const uri = testDatabaseUri('jobs-crash');
const killed = new Map<string, number>();
const count = (what: string) => killed.set(what, (killed.get(what) ?? 0) + 1);

let database: Database;
let jobs: Collection<Job>;
let store: JobStore;
let workers: ChildProcess[] = [];
let runs = 0;

beforeAll(async () => {
  database = await Database.connect(uri);
  jobs = await database.db.createCollection<Job>(jobsCollection.name);
  await jobs.createIndexes([...jobsCollection.indexes]);
  await database.db.createCollection('effects');
  store = new JobStore(database);
});
beforeEach(async () => {
  for (const name of [jobsCollection.name, 'effects', 'runs']) await database.collection(name).deleteMany({});
});
afterEach(() => {
  for (const worker of workers) worker.kill('SIGKILL');
  workers = [];
});
afterAll(async () => {
  const counts = [...killed].map(([what, times]) => `${what} ${times}`).join(', ');
  process.stdout.write(`jobs-crash: seed ${seed}; kills: ${counts}; ${jobsUnderKills} jobs under kills, ${runs} runs\n`);
  await database.db.dropDatabase();
  await database.client.close();
});

/** A worker that is at work. */
async function start(env: Record<string, string> = {}): Promise<ChildProcess> {
  const program = join(__dirname, '../../support/job-worker.mjs');
  const worker = spawn(process.execPath, [program], {
    env: { ...process.env, MONGODB_URI: uri, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  forgivePipes(worker);
  workers.push(worker);
  worker.stderr?.on('data', (said: Buffer) => void heard.push(String(said)));
  await once(worker.stdout, 'data');
  return worker;
}
const heard: string[] = [];

async function enqueue(howMany: number, kinds = ['tests.complete', 'tests.idempotent']): Promise<void> {
  const made = Array.from({ length: howMany }, (_, index): NewJob => ({
    kind: kinds[index % kinds.length] ?? '',
    tenantId: 'ten_a',
    payload: {},
  }));
  for (let next = 0; next < howMany; next += 500) await store.insert(undefined, made.slice(next, next + 500), new Date());
}
const left = () => jobs.countDocuments({ state: { $in: ['waiting', 'running'] } });

async function untilAllEnded(): Promise<void> {
  for (const end = Date.now() + 120_000; (await left()) > 0; await pause(50)) if (Date.now() > end) throw new Error('Jobs are left');
}

/** Every job took effect once, and none is lost. */
async function assertOnce(howMany: number): Promise<void> {
  expect({ seed, done: await jobs.countDocuments({ state: 'done' }) }).toEqual({ seed, done: howMany });
  const effects = (await database.collection<{ job: string }>('effects').find().toArray()).map(({ job }) => job);
  expect({ seed, effects: effects.length, of: new Set(effects).size }).toEqual({ seed, effects: howMany, of: howMany });
}

it.each(failpoints)(
  'a worker that is killed leaves its jobs to the next: %s',
  async (name) => {
    for (let kill = 0; kill < kills; kill++) {
      await enqueue(60);
      heard.length = 0;
      const victim = await start({ FAILPOINTS: `${name}=kill@${1 + random.below(3)}` });
      if (victim.exitCode === null && victim.signalCode === null) await Promise.race([once(victim, 'exit'), pause(30_000)]);
      expect(heard.join('')).toContain(`failpoint ${name}: kill\n`);
      count(name);
    }
    await start();
    await untilAllEnded();
    await assertOnce(60 * kills);
  },
  600_000,
);

it('was killed at every failpoint that there is', () => {
  expect(failpoints.length).toBeGreaterThan(2);
  expect(failpoints.filter((name) => (killed.get(name) ?? 0) < kills)).toEqual([]);
});

it('two workers that are killed again and again do every job once, and show the dead ones', async () => {
  await enqueue(jobsUnderKills);
  await enqueue(20, ['tests.hopeless']);
  let pair = await Promise.all([start(), start()]);
  while ((await left()) > 0) {
    await pause(150 + random.below(400));
    const victim = random.below(2);
    pair[victim]?.kill('SIGKILL');
    count('at random');
    const next = await start();
    pair = victim === 0 ? [next, pair[1]] : [pair[0], next];
  }
  runs = await database.collection('runs').countDocuments();
  expect(killed.get('at random')).toBeGreaterThan(1);
  await assertOnce(jobsUnderKills);
  const dead = await store.list({ state: 'dead' }, 50, undefined);
  expect(dead.map(({ kind, attempts }) => [kind, attempts >= 3])).toEqual(Array.from({ length: 20 }, () => ['tests.hopeless', true]));
}, 600_000);
