import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Document, MongoClient } from 'mongodb';
import {
  CreditClient,
  CreditHistory,
  defaultTeam,
  grant,
  isUnheard,
  newUsers,
  type Operation,
  ownTenant,
  spend,
  type Team,
  type Told,
} from '../../support/credits.js';
import { benchOver, mongoBooks } from '../../support/ledger/bench.js';
import { commandsOf } from '../../support/ledger/commands.js';
import { LedgerBooks } from '../../support/ledger-books.js';
import { startTestMongod, type TestMongod } from '../../support/mongod.js';
import { payops } from '../../support/payops.js';
import { newSeed, randomOf, scale } from '../../support/random.js';
import { startServer, type TestServer } from '../../support/server.js';
import { standStill } from '../../support/stand-still.js';
import { TcpProxy } from '../../support/tcp-proxy.js';
import { comesTrue } from '../../../src/kernel/mongo/mongod-process.js';

const seed = newSeed();
const random = randomOf(seed);
const rounds = scale(1, 10);

let mongod: TestMongod;
let admin: MongoClient;
let uri: string;
let healthy: TestServer;
let team: Team;
let history: CreditHistory;
let nodes: TestServer[];

beforeAll(async () => {
  mongod = await startTestMongod({ extraArgs: ['--setParameter', 'enableTestCommands=1'] });
  admin = await MongoClient.connect(mongod.uri);
  uri = `mongodb://127.0.0.1:${new URL(mongod.uri).port}/faults?directConnection=true`;
  healthy = await startServer({ MONGODB_URI: uri });
  team = await defaultTeam(healthy, uri, 2);
}, 120_000);
afterAll(async () => {
  process.stdout.write(`ledger-faults: seed ${seed}; ${measured.join('; ')}\n`);
  await healthy.kill9();
  await admin.close();
  await mongod.stop();
});
beforeEach(async () => {
  nodes = [];
  history = new CreditHistory(team.admin);
  for (const user of team.users) await history.send(healthy, grant(user, 1_000));
});
afterEach(async () => {
  await admin.db('admin').command({ configureFailPoint: 'failCommand', mode: 'off' });
  await Promise.all(nodes.map((node) => node.kill9()));
  await assertKept();
});

const measured: string[] = [];
const measure = (what: string, since: number): void => void measured.push(`${what} ${((performance.now() - since) / 1000).toFixed(1)} s`);
const first = (): string => team.users[0] as string;

async function start(env: Record<string, string> = {}): Promise<TestServer> {
  const node = await startServer({ MONGODB_URI: uri, ...env });
  nodes.push(node);
  return node;
}

async function assertKept(): Promise<void> {
  const books = await LedgerBooks.at(uri, team.admin.tenantId);
  expect({ seed, faults: books.faults(), contradictions: books.contradictions(history) }).toEqual({
    seed,
    faults: [],
    contradictions: [],
  });
}
const balanceOf = async (userId: string): Promise<number> => (await LedgerBooks.at(uri, team.admin.tenantId)).balanceOf(userId);

/** Has mongod fail the servers' commands. */
async function failing(command: string, fault: Document, mode: unknown): Promise<void> {
  const data = { failCommands: [command], appName: 'payops', ...fault };
  await admin.db('admin').command({ configureFailPoint: 'failCommand', mode, data });
}
const told = ({ told: all }: Operation): Told => all.at(-1) as Told;
/** A true answer, or that it is not known. */
const truly = [expect.objectContaining({ said: 'yes' }), { said: 'open', status: 503, code: 'outcome_unknown' }];

/** Comes back with the key until it is told. */
async function insist(server: TestServer, operation: Operation, patienceMs: number): Promise<number> {
  const since = performance.now();
  while (told(operation).said !== 'yes') {
    expect(performance.now() - since).toBeLessThan(patienceMs);
    await pause(100);
    await history.again(server, operation);
  }
  return performance.now() - since;
}

/** One effect, the stored answer for whoever comes back, and a lane that goes on. */
async function assertOneEffect(server: TestServer, operation: Operation, before: number): Promise<void> {
  await insist(server, operation, 20_000);
  await history.again(healthy, operation);
  expect(told(operation)).toMatchObject({ said: 'yes', replayed: true });
  const since = performance.now();
  expect(told(await history.send(server, grant(first(), 1)))).toMatchObject({ said: 'yes' });
  expect(performance.now() - since).toBeLessThan(5_000);
  expect(await balanceOf(first())).toBe(before + Number(operation.json.amount) + 1);
}

describe('a commit that a connection holds back past its time, and lets through later', () => {
  it.each([
    ['its own', 12_000],
    // Then the same batch is under way for the second time.
    ['its own', 5_700],
    ['every', 12_000],
    ['every', 7_000],
  ])(
    'has one effect and a true answer: %s connection, for %i ms',
    async (whose, heldMs) => {
      const all = whose === 'every';

      const proxy = await TcpProxy.before(Number(new URL(mongod.uri).port));
      const server = await start({ MONGODB_URI: uri.replace(/:\d+\//, `:${proxy.port}/`) });
      for (let round = 0; round < rounds; round++) {
        expect(told(await history.send(server, grant(first(), 1)))).toMatchObject({ said: 'yes' });
        const before = await balanceOf(first());
        const since = performance.now();
        const held = proxy.holdFrom('commitTransaction', { all });
        const running = history.send(server, grant(first(), 50));
        await held;
        const late = pause(heldMs).then(() => proxy.release());
        const operation = await running;
        measure(`answer of a commit held for ${heldMs / 1000} s on ${whose} connection`, since);

        expect(performance.now() - since).toBeLessThan(11_500);
        // One connection that is stuck does not keep a lane for as long as callers have patience.
        expect(all ? truly : truly.slice(0, 1)).toContainEqual(told(operation));
        await late;
        await assertOneEffect(server, operation, before);
      }
      await proxy.close();
    },
    600_000,
  );
});

describe('a commit on which the database fails', () => {
  it.each<[string, Document, unknown]>([
    ['closes the connection', { closeConnection: true }, { times: 3 }],
    ['closes the connection for a while', { closeConnection: true }, { times: 12 }],
    [
      'cannot tell whether a majority has it',
      { writeConcernError: { code: 64, errmsg: 'waiting for replication timed out' } },
      { times: 2 },
    ],
    ['takes its time', { blockConnection: true, blockTimeMS: 15_000 }, { times: 1 }],
    ['is no primary any more', { errorCode: 10107 }, { times: 3 }],
    ['is shutting down', { errorCode: 91 }, { times: 3 }],
    ['has forgotten the transaction', { errorCode: 251, errorLabels: ['TransientTransactionError'] }, { times: 3 }],
  ])(
    'has one effect and a true answer: it %s',
    async (what, fault, mode) => {
      for (let round = 0; round < rounds; round++) {
        const before = await balanceOf(first());
        const since = performance.now();
        await failing('commitTransaction', fault, mode);
        const operation = await history.send(healthy, grant(first(), 50));
        measure(`answer where it ${what}`, since);
        expect(performance.now() - since).toBeLessThan(11_500);
        expect(told(operation)).toMatchObject({ said: 'yes' });
        await assertOneEffect(healthy, operation, before);
      }
    },
    600_000,
  );
});

describe('a node that stops in mid-transaction', () => {
  const place = 'ledger.header-inserted';
  const stopped = async (server: TestServer, mode: string): Promise<void> =>
    expect(await comesTrue(() => server.output().includes(`failpoint ${place}: ${mode}\n`), 20_000)).toBe(true);

  it('is broken into by another one within 3 s, and other tenants do not wait', async () => {
    const [other, before] = [await ownTenant(healthy), await balanceOf(first())];
    const others = new CreditHistory(other.admin);
    await others.send(healthy, grant(other.admin.userId, 1));
    const node = await start({ FAILPOINTS: `${place}=hang` });
    const running = history.send(node, grant(first(), 50));
    await stopped(node, 'hang');
    let since = performance.now();
    expect(told(await others.send(healthy, grant(other.admin.userId, 1)))).toMatchObject({ said: 'yes' });
    expect(performance.now() - since).toBeLessThan(1_000);
    since = performance.now();
    expect(told(await history.send(healthy, grant(first(), 1)))).toMatchObject({ said: 'yes' });
    measure('broken into after', since);
    expect(performance.now() - since).toBeLessThan(3_000);
    // It gives up by itself what it hangs on, and posts after all.
    expect(told(await running)).toMatchObject({ said: 'yes' });
    expect(await balanceOf(first())).toBe(before + 51);
  }, 120_000);

  it('is waited for no longer than a transaction may last where nobody may break in', async () => {
    const [node, before] = [await start({ FAILPOINTS: `${place}=hang` }), await balanceOf(first())];
    await failing('killSessions', { errorCode: 13 }, 'alwaysOn');
    const running = history.send(node, grant(first(), 50));
    await stopped(node, 'hang');
    await standStill(node.pid);
    const since = performance.now();
    const operation = await history.send(healthy, grant(first(), 1));
    expect(truly).toContainEqual(told(operation));
    await insist(healthy, operation, 20_000);
    measure('rid of a transaction that nobody may end after', since);
    expect(performance.now() - since).toBeLessThan(17_000);
    process.kill(node.pid, 'SIGCONT');
    await running;
    await insist(healthy, history.operations.find(({ json }) => json.amount === 50) as Operation, 20_000);
    expect(await balanceOf(first())).toBe(before + 51);
  }, 120_000);

  it('and comes back long after changes nothing that happened meanwhile', async () => {
    for (let round = 0; round < rounds; round++) {
      const node = await start({ FAILPOINTS: `${place}=delay:500` });
      const [, poor] = await newUsers(healthy, uri, 2);
      const userId = poor as string;
      await history.send(healthy, grant(userId, 5));
      const running = history.send(node, spend(userId, 5));
      await stopped(node, 'delay');
      await standStill(node.pid);
      const zombie = history.operations.at(-1) as Operation;
      expect(told(await history.send(healthy, spend(userId, 5)))).toMatchObject({ said: 'yes' });
      // Told so by this one, the client is not to find the credits spent by the other one later.
      await history.again(healthy, zombie);
      expect(told(zombie)).toMatchObject({ said: 'no', code: 'insufficient_credits' });
      expect(told(await history.send(healthy, grant(userId, 5)))).toMatchObject({ said: 'yes' });
      await pause(11_000);
      process.kill(node.pid, 'SIGCONT');
      await running;
      await pause(500);
      expect(await balanceOf(userId)).toBe(5);
      // What it was told by the stopped one it was told last.
      expect(zombie.told.map(({ said }) => said)).toEqual(['no', 'open']);
      await insist(node, zombie, 20_000);
      expect([told(zombie), await balanceOf(userId)]).toEqual([{ said: 'yes', number: expect.any(Number), replayed: false }, 0]);
      await node.kill9();
    }
  }, 600_000);

  it('anywhere under load, again and again, applies nothing twice', async () => {
    const stops = scale(4, 40);
    const both = [healthy, await start()] as const;
    const work = { over: false };
    const client = async (number: number) => {
      const own = new CreditClient(team.users, random);
      const [mine, other] = number % 2 === 0 ? both : ([both[1], both[0]] as const);
      while (!work.over) {
        const operation = await history.send(mine, own.next());
        // Whoever is left without an answer goes to the other node with the key.
        for (let tries = 0; told(operation).said === 'open' && tries < 200; tries++)
          await history.again(tries % 2 ? mine : other, operation);
        own.learn(operation);
        if (isUnheard(told(operation))) return;
      }
    };
    const running = Promise.all(Array.from({ length: 8 }, (_, number) => client(number)));
    for (let stop = 0; stop < stops; stop++) {
      await pause(300 + random.below(300));
      const { pid } = both[stop % 2] as TestServer;
      await standStill(pid);
      await pause(random.pick([300, 2_500]));
      process.kill(pid, 'SIGCONT');
      // At every moment, not only at the end.
      expect((await LedgerBooks.at(uri, team.admin.tenantId)).faults()).toEqual([]);
    }
    await pause(500);
    work.over = true;
    await running;
    measured.push(`${stops} stops under load, ${history.acknowledged.length} operations acknowledged`);
    expect(history.open).toEqual([]);
    expect(history.unexpected).toEqual([]);
    for (const operation of history.acknowledged.slice(-50)) expect(await history.again(healthy, operation)).toMatchObject({ said: 'yes' });
    await assertKept();
  }, 600_000);
});

it('a key in flight is refused to another body, on its own node and on the other one', async () => {
  const node = await start({ FAILPOINTS: 'ledger.header-inserted=delay:1000' });
  // Somebody whose holds of an earlier test do not end meanwhile.
  const [userId] = (await newUsers(healthy, uri, 1)) as [string];
  const running = history.send(node, grant(userId, 50));
  await comesTrue(() => node.output().includes('failpoint'), 20_000);
  const [operation] = history.operations.slice(-1) as [Operation];
  const otherwise = (): Operation => ({ ...operation, json: { ...operation.json, amount: 51 }, told: [] });
  const [here, there] = [otherwise(), otherwise()];
  const refused = { said: 'no', status: 422, code: 'idempotency_key_reused' };
  const since = performance.now();
  expect(await history.again(node, here)).toEqual(refused);
  expect(performance.now() - since).toBeLessThan(900);
  expect(await history.again(healthy, there)).toEqual(refused);
  expect(told(await running)).toMatchObject({ said: 'yes', replayed: false });
  expect(await balanceOf(userId)).toBe(50);
});

it('half of the requests replays, over caches that remember four accounts: no second effect', async () => {
  const books = await mongoBooks();
  const bench = benchOver(books);
  const writers = [bench.node({ cachedAccounts: 4 }).writer, bench.node({ cachedAccounts: 4 }).writer];
  const of = commandsOf('small');
  const owners = Array.from({ length: 40 }, (_, number) => `user${number}`);
  const requests = scale(750, 15_000);
  const sent: { key: string; owner: string; amount: number }[] = [];
  const answers = new Map<string, Set<number>>();
  let [replays, left] = [0, requests];
  const client = async () => {
    while (left-- > 0) {
      const old = sent.length > 0 && random.below(2) === 0 ? random.pick(sent) : undefined;
      const { key, owner, amount } = old ?? {
        key: randomBytes(8).toString('hex'),
        owner: random.pick(owners),
        amount: 1 + random.below(9),
      };
      if (!old) sent.push({ key, owner, amount });
      const { entry, replayed } = await random.pick(writers).post(of.grant(owner, amount, { key }));
      if (replayed) replays++;
      answers.set(key, (answers.get(key) ?? new Set()).add(entry.n));
    }
  };
  await Promise.all(Array.from({ length: 16 }, client));
  measured.push(`${requests} requests over small caches, ${replays} of them replays`);
  expect(replays).toBe(requests - sent.length);
  expect([...answers.values()].filter(({ size }) => size !== 1)).toEqual([]);
  const sums = owners.map((owner) => sent.filter((one) => one.owner === owner).reduce((sum, { amount }) => sum + amount, 0));
  const accounts = await books.database.collection<{ account: string; available: number }>('ledger_accounts').find().toArray();
  const balances = owners.map((owner) => accounts.find(({ account }) => account === `${owner}:CREDIT`)?.available ?? 0);
  expect(balances).toEqual(sums);
  await books.close();
}, 300_000);

it('the verifier finds nothing wrong after all of it', async () => {
  expect(await payops(uri, 'ledger', 'verify')).toContain('entries');
}, 120_000);
