import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { testDatabaseUri } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { failpointsOf } from '../../support/failpoints.js';
import { newSeed, randomOf, scale } from '../../support/random.js';
import { startServer, type TestServer } from '../../support/server.js';

const seed = newSeed();
const random = randomOf(seed);
const kills = scale(3, 30);
const failpoints = failpointsOf('events');
const uri = testDatabaseUri('events-crash');
const tenantId = 'ten_default';
const login = { email: 'admin@system.local', password: 'Admin@123!' };
const payment = { merchant: 'Spotify', paymentType: 'card', amountMinor: 100, currency: 'GBP', region: 'UK' };
const killed = new Map<string, number>();

interface Shown {
  readonly id: string;
  readonly type: string;
  readonly position: number;
  readonly subject: { readonly type: string; readonly id: string };
}
interface Entry {
  readonly n: number;
  readonly kind: string;
}
let client: MongoClient;
let healthy: TestServer;
let servers: TestServer[] = [];
let seen: readonly (readonly [string, number])[] = [];

beforeAll(async () => {
  client = await MongoClient.connect(uri);
  healthy = await start();
}, 120_000);
afterEach(async () => {
  await Promise.all(servers.filter((server) => server !== healthy).map((server) => server.kill9()));
  servers = [healthy];
});
afterAll(async () => {
  process.stdout.write(`events-crash: seed ${seed}; kills: ${[...killed].map(([name, times]) => `${name} ${times}`).join(', ')}\n`);
  await healthy.kill9();
  await client.db().dropDatabase();
  await client.close();
});

async function start(env: Record<string, string> = {}): Promise<TestServer> {
  const server = await startServer({ MONGODB_URI: uri, BACKGROUND_INTERVAL_MS: '200', EVENT_LEASE_MS: '300', ...env });
  servers.push(server);
  return server;
}

async function signIn(server: TestServer): Promise<string> {
  const { body } = await server.call('POST', '/api/auth/login', { json: login });
  return body.data.token as string;
}

/** Payments and credits, by four clients, for as long as somebody answers. */
async function load(server: TestServer, requests: number): Promise<void> {
  const token = await signIn(server);
  const me = await server.call('GET', '/api/v1/auth/me', { token });
  const { id: userId } = me.body.data.user as { id: string };
  const clients = Array.from({ length: 4 }, async () => {
    for (let sent = 0; sent < requests / 4; sent++) {
      const headers = { 'idempotency-key': randomUUID() };
      if (random.below(2) === 0) await server.call('POST', '/api/v1/payments', { token, headers, json: payment });
      else await server.call('POST', '/api/v1/credits/grants', { token, headers, json: { userId, amount: 1 } });
    }
  });
  await Promise.all(clients);
}
/** Whoever is cut off has learnt nothing. */
const untilKilled = (server: TestServer) => load(server, 400).catch(() => {});

/** The whole feed, page by page, as a client sees it. */
async function readFeed(): Promise<readonly Shown[]> {
  const token = await signIn(healthy);
  const found: Shown[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body } = await healthy.call('GET', `/api/v1/events?limit=100${cursor && `&cursor=${cursor}`}`, { token });
    found.push(...(body.data as Shown[]));
    cursor = body.meta.page.nextCursor as string | null;
  }
  return found;
}

/** Nothing waits, positions count from 1, and of every entry of the ledger there is one event. */
async function assertWhole(): Promise<void> {
  const db = client.db();
  const entries = await db
    .collection<Entry>('ledger_transactions')
    .find({ tenantId }, { sort: { n: 1 } })
    .toArray();
  await eventually(async () => (await db.collection('events').countDocuments({ position: { $exists: false } })) === 0);
  const feeds = db.collection<{ _id: string; through: { ledger?: number } }>('event_feeds');
  await eventually(async () => ((await feeds.findOne({ _id: tenantId }))?.through.ledger ?? 0) === entries.length);
  const feed = await readFeed();
  expect({ seed, misplaced: feed.filter(({ position }, at) => position !== at + 1).slice(0, 3) }).toEqual({ seed, misplaced: [] });
  const told = feed.filter(({ subject }) => subject.type === 'transaction').map(({ subject }) => subject.id);
  expect({ seed, told }).toEqual({ seed, told: entries.map(({ n }) => `tx_${n}`) });
  const payments = await db.collection('payments').countDocuments({ tenantId });
  expect(feed.filter(({ type }) => type === 'PAYMENT_CREATED')).toHaveLength(payments);
  // What had a position keeps it.
  const places = feed.map(({ id, position }): readonly [string, number] => [id, position]);
  expect(places.slice(0, seen.length)).toEqual(seen);
  seen = places;
}

it.each(failpoints)(
  'a node that is killed leaves the feed as it was or one batch further: %s',
  async (name) => {
    for (let kill = 0; kill < kills; kill++) {
      // It gives out positions, because nobody else does yet.
      await healthy.stop();
      servers = [];
      const victim = await start({ FAILPOINTS: `${name}=kill@${1 + random.below(8)}` });
      await untilKilled(victim);
      await victim.kill9();
      expect(victim.output()).toContain(`failpoint ${name}: kill\n`);
      killed.set(name, (killed.get(name) ?? 0) + 1);
      healthy = await start();
      await assertWhole();
    }
  },
  600_000,
);

it('was killed at every failpoint that there is', () => {
  expect(failpoints.length).toBeGreaterThan(2);
  expect(failpoints.filter((name) => (killed.get(name) ?? 0) < kills)).toEqual([]);
});

it('another node goes on when the one that gave out positions is killed at any moment', async () => {
  for (let kill = 0; kill < kills; kill++) {
    const other = await start();
    const [victim, survivor] = random.below(2) === 0 ? [healthy, other] : [other, healthy];
    const working = [untilKilled(victim), load(survivor, 100)];
    setTimeout(() => void victim.kill9(), 200 + random.below(800));
    await Promise.all(working);
    await victim.kill9();
    killed.set('at random', (killed.get('at random') ?? 0) + 1);
    healthy = survivor;
    await assertWhole();
  }
}, 600_000);
