import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CreditClient, CreditHistory, defaultTeam, grant, isUnheard, type Team } from '../../support/credits.js';
import { testDatabaseUri } from '../../support/database.js';
import { failpointsOf } from '../../support/failpoints.js';
import { LedgerBooks } from '../../support/ledger-books.js';
import { mongodOn } from '../../support/mongod.js';
import { payops } from '../../support/payops.js';
import { newSeed, randomOf, scale } from '../../support/random.js';
import { startServer, type TestServer } from '../../support/server.js';

const seed = newSeed();
const random = randomOf(seed);
const kills = scale(3, 20);
const clients = 12;
const mostPasses = 12;
const patienceMs = 30_000;
/** What is going on there when they are passed may be killed at any moment of it. */
const passing = new Set(['ledger.commit-sent', 'ledger.hold-expiring']);

const failpoints = failpointsOf('ledger');
const tally = { kills: new Map<string, number>(), acknowledged: 0, open: 0, openAndApplied: 0, refused: 0 };
const count = (what: string) => tally.kills.set(what, (tally.kills.get(what) ?? 0) + 1);

let team: Team;
let history: CreditHistory;
let server: TestServer;

afterAll(() => {
  const counts = [...tally.kills].map(([name, times]) => `${name} ${times}`).join(', ');
  const { acknowledged, refused, open, openAndApplied } = tally;
  const ended = `${acknowledged} acknowledged, ${refused} refused, ${open} without an answer, of which ${openAndApplied} were applied`;
  process.stdout.write(`ledger-crash: seed ${seed}; kills: ${counts}; operations: ${ended}\n`);
});

/** Clients work until there is nobody to answer them, or the work is over; what earlier ones left open they settle first. */
async function load(work: { over: boolean }): Promise<void> {
  const left = history.open;
  const client = async () => {
    const own = new CreditClient(team.users, random);
    while (!work.over) {
      const old = left.shift();
      if (old) await history.again(server, old);
      const operation = old ?? (await history.send(server, own.next()));
      own.learn(operation);
      if (isUnheard(operation.told.at(-1))) return;
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
}

/** What was promised holds right after a kill, whatever is still open. */
async function assertKept(uri: string): Promise<LedgerBooks> {
  const books = await LedgerBooks.at(uri, team.admin.tenantId);
  expect({ seed, faults: books.faults().slice(0, 5), contradictions: books.contradictions(history).slice(0, 5) }).toEqual({
    seed,
    faults: [],
    contradictions: [],
  });
  return books;
}

/** Clients that come back with their keys get one answer each, however often they ask. */
async function assertConverges(uri: string): Promise<void> {
  const { open } = history;
  const before = await assertKept(uri);
  const there = new Set(before.entries.map(({ key }) => key));
  tally.open += open.length;
  tally.openAndApplied += open.filter((operation) => there.has(history.entryKey(operation))).length;
  const sample = Array.from({ length: 20 }, () => random.pick(history.acknowledged));
  for (const operation of [...open, ...sample, ...open]) {
    const answer = await history.again(server, operation);
    if (!there.has(history.entryKey(operation))) continue;
    expect({ seed, operation, answer }).toEqual({ seed, operation, answer: { said: 'yes', number: expect.any(Number), replayed: true } });
  }
  expect(history.open).toEqual([]);
  expect(history.unexpected).toEqual([]);
  await assertKept(uri);
  tally.acknowledged += history.acknowledged.length;
  tally.refused += history.operations.length - history.acknowledged.length;
}

async function fund(): Promise<void> {
  for (const user of team.users) await history.send(server, grant(user, 500));
}

describe('a server that is killed', () => {
  const uri = testDatabaseUri('ledger-crash');
  const start = (env: Record<string, string> = {}) => startServer({ MONGODB_URI: uri, BACKGROUND_INTERVAL_MS: '200', ...env });

  beforeAll(async () => {
    server = await start();
    team = await defaultTeam(server, uri, 6);
    history = new CreditHistory(team.admin);
    await fund();
    await server.kill9();
  }, 120_000);
  beforeEach(() => {
    history = new CreditHistory(team.admin);
  });
  afterEach(() => server.kill9());

  /** What the server said before it was gone. */
  async function killedAt(name: string): Promise<string> {
    const ms = passing.has(name) ? random.below(8) : 0;
    try {
      server = await start({ FAILPOINTS: `${name}=kill:${ms}@${1 + random.below(mostPasses)}` });
    } catch (error) {
      // Background work got there before anybody could ask for anything.
      return String(error);
    }
    const work = { over: false };
    const timer = setTimeout(() => (work.over = true), patienceMs);
    await load(work);
    clearTimeout(timer);
    await server.kill9();
    return server.output();
  }

  it.each(failpoints)(
    'keeps what it acknowledged, and nothing twice: %s',
    async (name) => {
      for (let kill = 0; kill < kills; kill++) {
        expect(await killedAt(name)).toContain(`failpoint ${name}: kill\n`);
        count(name);
        await assertKept(uri);
      }
      server = await start();
      await assertConverges(uri);
    },
    600_000,
  );

  it('was killed at every failpoint that there is', () => {
    expect(failpoints.length).toBeGreaterThan(4);
    expect(failpoints.filter((name) => (tally.kills.get(name) ?? 0) < kills)).toEqual([]);
  });

  it('leaves a ledger in which the verifier finds nothing wrong', async () => {
    expect(await payops(uri, 'ledger', 'verify')).toContain('entries');
  }, 120_000);
});

it('fails nowhere on purpose in production, which refuses to start', async () => {
  const production = { APP_SECRET: 'k3Xw9Qz7Lp2Vb8Nm4Rt6Yh1Jd5Gf0SaUcEoIiWqZ', SYSTEM_ADMIN_PASSWORD: 'correct horse battery' };
  const env = { ...production, NODE_ENV: 'production', MONGODB_URI: testDatabaseUri('production'), FAILPOINTS: 'ledger.committed=kill' };
  await expect(startServer(env)).rejects.toThrow(
    'ended with 78:\nThe configuration cannot be used:\n  FAILPOINTS="ledger.committed=kill" is set: expected absent (in production)\n',
  );
});

describe('a database that is killed', () => {
  let dataDir: string;
  const start = async () => void (server = await startServer({ DATA_DIR: dataDir, EMBEDDED_MONGO_PORT: '0' }));
  const uri = async () => `mongodb://127.0.0.1:${(await mongodOn(dataDir)).port}/payops?directConnection=true`;
  const whenReady = async () => {
    while ((await server.call('GET', '/health/ready')).status !== 200) await pause(50);
  };

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'payops-ledger-crash-'));
    await start();
    team = await defaultTeam(server, await uri(), 6);
    history = new CreditHistory(team.admin);
    await fund();
  }, 120_000);
  afterAll(async () => {
    await server.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it.each(['database', 'both'])(
    'loses nothing and repeats nothing: %s',
    async (victim) => {
      history = new CreditHistory(team.admin);
      for (let kill = 0; kill < kills; kill++) {
        const work = { over: false };
        const enough = history.acknowledged.length + 50 + random.below(200);
        const running = load(work);
        while (history.acknowledged.length < enough) await pause(5);
        process.kill((await mongodOn(dataDir)).pid, 'SIGKILL');
        if (victim === 'both') await server.kill9();
        else await whenReady();
        count(victim);
        if (victim === 'database') await pause(500);
        work.over = true;
        await running;
        if (victim === 'both') await start();
        await assertKept(await uri());
      }
      await assertConverges(await uri());
    },
    600_000,
  );

  it('was killed as often as it should be', () => {
    expect(['database', 'both'].map((victim) => tally.kills.get(victim))).toEqual([kills, kills]);
  });

  it('holds a ledger in which the verifier finds nothing wrong', async () => {
    expect(await payops(await uri(), 'ledger', 'verify')).toContain('entries');
  }, 120_000);
});
