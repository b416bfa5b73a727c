import { type Document, MongoClient } from 'mongodb';
import { testDatabaseUri } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { scale } from '../../support/random.js';
import { type Receiver, startReceiver } from '../../support/receiver.js';
import { startServer, type TestServer } from '../../support/server.js';

const kills = scale(3, 20);
const clients = 8;
const mongodbUri = testDatabaseUri('charges');
const env = {
  MONGODB_URI: mongodbUri,
  GATEWAY_SETTLE_AFTER_MS: '300',
  BACKGROUND_INTERVAL_MS: '200',
  JOB_LEASE_MS: '1000',
  ACTOR_CACHE_MS: '0',
};
const known = { name: 'Ava Reed', email: 'ava@acme.test', password: 'longenough' };

let mongo: MongoClient;
let receiver: Receiver;
let servers: [TestServer, TestServer];
let apiKey: string;

beforeAll(async () => {
  mongo = await MongoClient.connect(mongodbUri);
  receiver = await startReceiver();
  servers = [await startServer(env), await startServer(env)];
  apiKey = (await servers[0].call('POST', '/api/v1/users/register', { json: known })).body.apiKey as string;
}, 120_000);
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await receiver.close();
  await mongo.close();
}, 60_000);

const charge = (server: TestServer, key: string) =>
  server.call('POST', '/api/v1/payments/charge', {
    json: { customerName: 'Bob', paymentAmount: 1.5, currency: 'GBP', details: key, webhookUrl: `${receiver.url}/` },
    headers: { 'x-api-key': apiKey, 'idempotency-key': key },
  });

/** Charges until the work is over; a key whose answer was lost is sent again, to whichever server is there. */
async function chargeUntil(isOver: () => boolean, prefix: string): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  const client = async (number: number) => {
    for (let sent = 0; !isOver(); sent++) {
      const key = `${prefix}-${number}-${sent}`;
      const id = await eventually(async () => {
        const answer = await charge(servers[(sent + number) % 2] as TestServer, key).catch(() => undefined);
        return answer?.status === 201 && (answer.body.id as string);
      });
      ids.set(key, id);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  return ids;
}
const rows = (name: string, filter: Document) => mongo.db().collection(name).find(filter).toArray();

it(
  'every charge is there once, is completed once, and is told of, whichever server is killed in mid-work',
  async () => {
    let charges = 0;
    for (let kill = 0; kill < kills; kill++) {
      let isOver = false;
      const running = chargeUntil(() => isOver, `kill-${kill}`);
      const settledBefore = await mongo.db().collection('payments').countDocuments({ state: 'captured' });
      await eventually(async () => (await mongo.db().collection('payments').countDocuments({ state: 'captured' })) > settledBefore + 20);
      const victim = kill % 2;
      await servers[victim]?.kill9();
      servers[victim] = await startServer(env);
      isOver = true;
      const ids = [...(await running).values()];
      expect(new Set(ids).size).toBe(ids.length);
      const payments = await eventually(async () => {
        const found = await rows('payments', { 'charge.id': { $in: ids } });
        return found.every(({ state }) => state === 'captured') && found;
      });
      expect(payments).toHaveLength(ids.length);
      const subjects = payments.map(({ _id }) => `pay_${String(_id)}`);
      for (const type of ['PAYMENT_CREATED', 'PAYMENT_STATUS_CHANGED']) {
        expect([type, (await rows('events', { type, 'subject.id': { $in: subjects } })).length]).toEqual([type, ids.length]);
      }
      expect(await rows('jobs', { kind: 'webhooks.send', dedupeKey: { $in: ids } })).toHaveLength(ids.length);
      await eventually(() => {
        const told = new Set(receiver.received.map(({ body }) => (JSON.parse(body) as { id: string }).id));
        return ids.every((id) => told.has(id));
      });
      charges += ids.length;
    }
    const details = await mongo.db().collection('payments').distinct('charge.details');
    expect(await mongo.db().collection('payments').countDocuments({})).toBe(details.length);
    const { metrics } = (await servers[0].call('GET', '/api/v1/status')).body;
    expect(metrics.totalTransactions).toBe(charges);
    process.stdout.write(`charges: ${kills} kills, ${charges} charges, each there and completed once\n`);
  },
  kills * 120_000,
);
