import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { signStandard } from '../../../src/webhooks/standard-signature.js';
import { request } from '../../support/app.js';
import { testDatabaseUri } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { failpointsOf } from '../../support/failpoints.js';
import { newSeed, randomOf, scale } from '../../support/random.js';
import { type Receiver, startReceiver } from '../../support/receiver.js';
import { startServer, type TestServer } from '../../support/server.js';

const seed = newSeed();
const random = randomOf(seed);
const [events, sendings, atOnce] = [50, scale(1_000, 50_000), 64];
const [eventsUnderKills, kills] = [60, scale(3, 50)];
const patience = scale(300_000, 3_600_000);
const failpoints = failpointsOf('webhooks');
const killed = new Map<string, number>();

const uri = testDatabaseUri('webhooks');
const env = { MONGODB_URI: uri, BACKGROUND_INTERVAL_MS: '200', JOB_LEASE_MS: '1000' };
let client: MongoClient;
let servers: TestServer[];
let receiver: Receiver;
let token: string;
let integration: { readonly path: string; readonly secret: string };

beforeAll(async () => {
  process.stdout.write(`webhooks: seed ${seed}, ${sendings} sendings of ${events} events, ${kills} kills a place\n`);
  servers = await Promise.all([startServer(env), startServer(env)]);
  client = await MongoClient.connect(uri);
  receiver = await startReceiver();
  const json = { email: 'owner@example.com', password: 'Str0ng!pass', name: 'Ada', tenantName: 'Acme' };
  token = (await call('POST', 'auth/register', json)).body.data.accessToken;
  const { data } = (await call('POST', 'integrations', { name: 'Bank' })).body;
  integration = { path: data.integration.path, secret: data.secret };
}, 120_000);
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await Promise.all([client.close(), receiver.close()]);
});

const server = () => random.pick(servers);
const call = (method: string, path: string, json?: unknown) =>
  server().call(method, `/api/v1/${path}`, { ...(token !== undefined && { token }), ...(json !== undefined && { json }) });

/** Resolves with the status; 0 where nobody answered. */
async function send(url: string, eventId: string): Promise<number> {
  const json = { eventId };
  const headers = signStandard([integration.secret], eventId, new Date(), JSON.stringify(json));
  return request(url, 'POST', integration.path, { json, headers }).then(
    ({ status }) => status,
    () => 0,
  );
}
async function workers(work: () => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: atOnce }, work));
}
const ids = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}_${index}`);

/** How often each event took effect. */
async function effects(prefix: string): Promise<readonly string[]> {
  const rows = await client
    .db()
    .collection('events')
    .find({ type: 'INGESTED', 'data.eventId': { $regex: `^${prefix}_` } })
    .toArray();
  return rows.map(({ data }) => (data as { eventId: string }).eventId).sort();
}
const left = (kind: string) =>
  client
    .db()
    .collection('jobs')
    .countDocuments({ kind, state: { $in: ['waiting', 'running'] } });

it(
  'an event that is sent again and again to two processes takes effect once',
  async () => {
    const all = ids('copies', events);
    const statuses = new Map<number, number>();
    let next = 0;
    await workers(async () => {
      for (let index = next++; index < sendings; index = next++) {
        const status = await send(server().url, all[index % events] ?? '');
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    });
    expect({ seed, statuses }).toEqual({ seed, statuses: new Map([[202, sendings]]) });
    await eventually(async () => (await left('webhooks.process')) === 0);
    expect(await effects('copies')).toEqual([...all].sort());
    expect(
      await client
        .db()
        .collection('inbound_webhooks')
        .countDocuments({ eventId: /^copies_/ }),
    ).toBe(events);
  },
  patience,
);

/** A process that dies there, beside one that goes on. */
async function dying(name: string): Promise<TestServer> {
  if (servers.length > 1) await servers.shift()?.stop();
  const victim = await startServer({ ...env, FAILPOINTS: `${name}=kill@${1 + random.below(3)}` });
  servers.unshift(victim);
  return victim;
}
async function buried(name: string, victim: TestServer): Promise<void> {
  await eventually(() => victim.output().includes(`failpoint ${name}: kill\n`));
  killed.set(name, (killed.get(name) ?? 0) + 1);
  servers.shift();
}

describe('a process that is killed', () => {
  const whileReceiving = failpoints.filter((name) => name !== 'webhooks.sent');
  it.each(whileReceiving)(
    'has acknowledged nothing that does not take effect, once: %s',
    async (name) => {
      for (let kill = 0; kill < kills; kill++) {
        const prefix = `k${randomUUID().slice(0, 8)}`;
        const victim = await dying(name);
        const all = ids(prefix, eventsUnderKills);
        // As a sender does: again, until somebody has acknowledged it.
        await Promise.all(all.map((id) => eventually(async () => (await send(server().url, id)) === 202)));
        await buried(name, victim);
        await eventually(async () => (await effects(prefix)).length >= all.length);
        await eventually(async () => (await left('webhooks.process')) === 0);
        expect({ seed, effects: await effects(prefix) }).toEqual({ seed, effects: [...all].sort() });
      }
    },
    patience,
  );

  it(
    'has its deliveries sent by another one: webhooks.sent',
    async () => {
      const { data } = (await call('POST', 'webhook-endpoints', { url: receiver.url, eventTypes: ['nothing'] })).body;
      for (let kill = 0; kill < kills; kill++) {
        const victim = await dying('webhooks.sent');
        const made: string[] = [];
        while (made.length < 20) {
          const { status, body } = await call('POST', `webhook-endpoints/${data.endpoint.id}/test`).catch(() => ({
            status: 0,
            body: null,
          }));
          if (status === 202) made.push(body.data.messageId as string);
        }
        await buried('webhooks.sent', victim);
        const sent = (id: string) => client.db().collection('webhook_deliveries').countDocuments({ messageId: id, state: 'delivered' });
        await eventually(async () => (await Promise.all(made.map(sent))).every((count) => count === 1));
        const arrived = new Set(receiver.received.map(({ headers }) => headers['webhook-id']));
        expect(made.filter((id) => !arrived.has(id))).toEqual([]);
      }
    },
    patience,
  );

  it('was killed at every place that there is', () => {
    expect(failpoints.length).toBeGreaterThan(2);
    expect(failpoints.filter((name) => (killed.get(name) ?? 0) < kills)).toEqual([]);
  });
});

it('stops at once, though a receiver hangs, and another process sends what was broken off', async () => {
  servers.push(await startServer(env));
  const hanging = await startReceiver();
  hanging.answer(() => {});
  const { data } = (await call('POST', 'webhook-endpoints', { url: hanging.url, eventTypes: ['nothing'] })).body;
  const { body } = await call('POST', `webhook-endpoints/${data.endpoint.id}/test`);
  await eventually(() => hanging.received.length === 1);
  hanging.answer((reply) => reply.writeHead(200).end());
  const begun = Date.now();
  expect(await Promise.all(servers.map((one) => one.stop()))).toEqual([0, 0]);
  expect(Date.now() - begun).toBeLessThan(12_000);
  servers = [await startServer(env), await startServer(env)];
  await eventually(async () => (await call('GET', `webhook-deliveries/${body.data.id}`)).body.data.state === 'delivered');
  await hanging.close();
}, 120_000);
