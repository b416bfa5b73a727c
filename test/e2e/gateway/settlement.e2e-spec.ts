import { createHmac } from 'node:crypto';
import { type Document, MongoClient } from 'mongodb';
import { startApp, type TestApp } from '../../support/app.js';
import { as } from '../../support/as.js';
import { FakeClock } from '../../support/clock.js';
import { testDatabaseUri } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { type GatewayUser, gatewayUser } from '../../support/gateway.js';
import { type Receiver, startReceiver } from '../../support/receiver.js';

const clock = new FakeClock('2026-11-21T01:50:18.454Z');
const env = { BACKGROUND_INTERVAL_MS: '150' };
const mongodbUri = testDatabaseUri();
let app: TestApp;
let mongo: MongoClient;
let receiver: Receiver;
let user: GatewayUser;

beforeAll(async () => {
  app = await startApp({ env, clock, mongodbUri });
  mongo = await MongoClient.connect(mongodbUri);
  receiver = await startReceiver();
  user = await gatewayUser(app);
});
afterAll(async () => {
  await receiver.close();
  await mongo.close();
  await app.close();
});

const charge = async (more: object = {}): Promise<string> => {
  const { status, body } = await user.call('POST', '/api/v1/payments/charge', {
    customerName: 'Bob',
    paymentAmount: 100.1,
    currency: 'us',
    ...more,
  });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body.id as string;
};
const statusOf = async (id: string, at = app) => {
  return (await at.call('GET', `/api/v1/payments/${id}`, { headers: { 'x-api-key': user.apiKey } })).body.status as string;
};
const completed = (id: string, at = app) => eventually(async () => (await statusOf(id, at)) === 'completed');
const rows = (name: string, filter: Document) => mongo.db().collection(name).find(filter).sort({ _id: 1 }).toArray();
const subjectOf = async (id: string) => `pay_${String((await mongo.db().collection('payments').findOne({ 'charge.id': id }))?._id)}`;
const sentTo = (path: string) => eventually(() => receiver.received.find((request) => request.path === path));

it('completes a charge after five seconds, and not before', async () => {
  const id = await charge();
  clock.advance(4_999);
  // Another charge whose time has come shows that this one was looked at.
  const due = new Date(clock.now().getTime() - 10_000);
  const other = await charge();
  await mongo
    .db()
    .collection('jobs')
    .updateOne({ kind: 'payments.settle', 'payload.paymentId': (await subjectOf(other)).slice(4) }, { $set: { runAt: due } });
  await completed(other);
  expect(await statusOf(id)).toBe('pending');
  clock.advance(1);
  await completed(id);
});

it('is told in the feed and in the log, and counted', async () => {
  const admin = (await as(app, 'admin')).token;
  const success = async () => (await app.call('GET', '/api/payments?status=success', { token: admin })).body.data.total as number;
  const before = await success();
  const id = await charge();
  clock.advance(5_000);
  await completed(id);
  const subject = { 'subject.id': await subjectOf(id) };
  const events = await rows('events', subject);
  expect(events.map(({ type }) => type as string)).toEqual(['PAYMENT_CREATED', 'PAYMENT_STATUS_CHANGED']);
  const [, entry] = await rows('audit', subject);
  expect(entry).toMatchObject({
    action: 'payment.updated',
    actor: { id: 'gateway', email: '', role: 'system' },
    before: { state: 'created' },
    after: { state: 'captured' },
  });
  expect(await success()).toBe(before + 1);
});

it('sends the published event to the address of the charge, in ASCII and signed', async () => {
  const id = await charge({ customerName: 'Zoë "the\n🙂"', webhookUrl: `${receiver.url}/first` });
  clock.advance(5_000);
  const { headers, body } = await sentTo('/first');
  expect(headers['content-type']).toMatch(/^application\/json/);
  const at = clock.now().toISOString().replace('Z', '000Z');
  expect(body).toBe(
    `{"event":"payment.completed","id":"${id}","timestamp":"${at}",` +
      '"data":{"customerName":"Zo\\u00eb \\"the\\n\\ud83d\\ude42\\"","amount":100.1,"currency":"us","status":"completed"}}',
  );
  expect(headers['x-signature']).toBe(createHmac('sha256', user.webhookSecret).update(body).digest('hex'));
});

it('sends what it has sent itself back to its own receiver, which believes it', async () => {
  await charge({ webhookUrl: `${receiver.url}/second` });
  clock.advance(5_000);
  const { headers, body } = await sentTo('/second');
  const response = await fetch(`${app.url}/api/v1/webhook-receive`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': user.apiKey, 'x-signature': String(headers['x-signature']) },
    body,
  });
  expect([response.status, await response.json()]).toEqual([200, expect.objectContaining({ status: 'verified' })]);
});

it('leaves alone what somebody has decided on meanwhile, and tells nobody of it', async () => {
  const admin = (await as(app, 'admin')).token;
  const [failed, deleted] = [
    await charge({ webhookUrl: `${receiver.url}/failed` }),
    await charge({ webhookUrl: `${receiver.url}/deleted` }),
  ];
  await app.call('PUT', `/api/payments/${(await subjectOf(failed)).slice(4)}`, { token: admin, form: { status: 'failed' } });
  await app.call('DELETE', `/api/v1/transactions/${deleted}`, { token: user.token });
  const last = await charge({ webhookUrl: `${receiver.url}/last` });
  clock.advance(5_000);
  await completed(last);
  await sentTo('/last');
  await eventually(async () => (await rows('jobs', { kind: 'payments.settle', state: { $ne: 'done' } })).length === 0);
  expect(await statusOf(failed)).toBe('failed');
  expect(await rows('jobs', { kind: 'webhooks.send', dedupeKey: { $in: [failed, deleted] } })).toEqual([]);
});

it('happens once, whoever restarts and however many nodes there are', async () => {
  const ids = await Promise.all(Array.from({ length: 40 }, (_, index) => charge({ webhookUrl: `${receiver.url}/once/${index}` })));
  await app.close();
  const later = new FakeClock(new Date(clock.now().getTime() + 60_000));
  const nodes = await Promise.all([1, 2, 3].map(() => startApp({ env, clock: later, mongodbUri })));
  try {
    const [node] = nodes as [TestApp];
    await Promise.all(ids.map((id) => completed(id, node)));
    await eventually(() => receiver.received.filter(({ path }) => path.startsWith('/once/')).length >= ids.length);
    const subjects = await Promise.all(ids.map(subjectOf));
    const changes = await rows('events', { type: 'PAYMENT_STATUS_CHANGED', 'subject.id': { $in: subjects } });
    expect(changes).toHaveLength(ids.length);
    expect(await rows('jobs', { kind: 'webhooks.send', dedupeKey: { $in: ids } })).toHaveLength(ids.length);
    // A job whose end was not heard of runs again, and finds nothing to do.
    await mongo
      .db()
      .collection('jobs')
      .updateMany({ kind: 'payments.settle', state: 'done' }, { $set: { state: 'waiting', runAt: clock.now() }, $unset: { endedAt: '' } });
    await eventually(async () => (await rows('jobs', { kind: 'payments.settle', state: { $ne: 'done' } })).length === 0);
    expect(await rows('events', { type: 'PAYMENT_STATUS_CHANGED', 'subject.id': { $in: subjects } })).toHaveLength(ids.length);
    expect(await rows('jobs', { kind: 'webhooks.send', dedupeKey: { $in: ids } })).toHaveLength(ids.length);
    const sent = receiver.received.filter(({ path }) => path.startsWith('/once/')).map(({ path }) => path);
    expect([sent.length, new Set(sent).size]).toEqual([ids.length, ids.length]);
  } finally {
    await Promise.all(nodes.map((node) => node.close()));
    app = await startApp({ env, clock: later, mongodbUri });
  }
});
