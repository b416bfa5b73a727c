import { MongoClient } from 'mongodb';
import { verifyStandard } from '../../../src/webhooks/standard-signature.js';
import { type Answer, startApp, type TestApp } from '../../support/app.js';
import { as, newTenant, type Somebody } from '../../support/as.js';
import { FakeClock } from '../../support/clock.js';
import { eventually } from '../../support/eventually.js';
import { type Received, type Receiver, startReceiver } from '../../support/receiver.js';

const [second, minute, hour] = [1_000, 60_000, 3_600_000];
const clock = new FakeClock(new Date());
let app: TestApp;
let client: MongoClient;
let receiver: Receiver;
let admin: Somebody;

beforeAll(async () => {
  app = await startApp({ clock, env: { BACKGROUND_INTERVAL_MS: '150' } });
  client = await MongoClient.connect(app.mongodbUri);
});
beforeEach(async () => {
  receiver = await startReceiver();
  admin = await as(app, 'admin', await newTenant(app));
});
afterEach(() => receiver.close());
afterAll(async () => {
  await client.close();
  await app.close();
});

const call = (method: string, path: string, json?: unknown, who = admin) =>
  app.call(method, `/api/v1/${path}`, { token: who.token, ...(json !== undefined && { json }) });
const refusal = ({ status, body }: Answer) => [status, body.error.code, body.error.message] as unknown[];
interface Made {
  readonly id: string;
  readonly secret: string;
}
async function endpoint(json: object = {}, who = admin): Promise<Made> {
  const { data } = (await call('POST', 'webhook-endpoints', { url: `${receiver.url}/in`, eventTypes: ['payment.*'], ...json }, who)).body;
  return { id: data.endpoint.id, secret: data.secret };
}
const payment = { merchant: 'Spotify', paymentType: 'card', amountMinor: 1299, currency: 'GBP', region: 'UK' };
const pay = async (who = admin) => (await call('POST', 'payments', payment, who)).body.data.id as string;
const delivery = async (id: string) => (await call('GET', `webhook-deliveries/${id}`)).body.data;
const deliveriesOf = async ({ id }: Made) =>
  (await call('GET', `webhook-endpoints/${id}/deliveries`)).body.data as { id: string; state: string }[];
const messages = (count: number): Promise<readonly Received[]> =>
  eventually(() => receiver.received.length >= count && receiver.received.slice(0, count));
const isGenuine = ({ secret }: Made, { headers, body }: Received) => verifyStandard([secret], headers, Buffer.from(body), clock.now());
/** A message of its own, tried once. */
async function tried(made: Made): Promise<string> {
  const { id } = (await call('POST', `webhook-endpoints/${made.id}/test`)).body.data;
  await eventually(async () => (await delivery(id)).tries.length === 1);
  return id;
}

it('tells what happened, signed, in words with dots', async () => {
  const made = await endpoint();
  const id = await pay();
  await call('PATCH', `payments/${id}`, { status: 'success' });
  const [created, completed] = (await messages(2)) as [Received, Received];
  expect(created.headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'payops' });
  const at = clock.now().toISOString();
  expect([created, completed].map(({ body }) => JSON.parse(body))).toEqual([
    {
      type: 'payment.created',
      timestamp: at,
      id: expect.stringMatching(/^evt_/),
      position: expect.any(Number),
      sourceAgent: admin.userId,
      subject: { type: 'payment', id },
      data: expect.objectContaining({ merchant: 'Spotify', amountMinor: 1299, currency: 'GBP', status: 'pending' }),
    },
    expect.objectContaining({ type: 'payment.completed', data: expect.objectContaining({ status: 'success' }) }),
  ]);
  for (const message of [created, completed]) expect(isGenuine(made, message)).toBe(JSON.parse(message.body).id);
  const [newest, oldest] = await eventually(async () => {
    const all = await deliveriesOf(made);
    return all.every(({ state }) => state === 'delivered') && all;
  });
  expect(oldest).toEqual({
    id: expect.stringMatching(/^dlv_/),
    endpointId: made.id,
    url: null,
    messageId: JSON.parse(created.body).id,
    eventType: 'payment.created',
    state: 'delivered',
    body: created.body,
    tries: [{ at, status: 204, error: null, ms: expect.any(Number) }],
    nextTryAt: null,
    createdAt: at,
  });
  expect(newest).toMatchObject({ eventType: 'payment.completed' });
});

it('tells each endpoint what it wants, and of a merchant only its own business', async () => {
  const tenantId = admin.tenantId;
  const [ann, bob] = [await as(app, 'merchant', tenantId), await as(app, 'merchant', tenantId)];
  const all = await endpoint({ eventTypes: ['*'], url: `${receiver.url}/all` });
  const some = await endpoint({ eventTypes: ['payment.completed', 'tenant.*'], url: `${receiver.url}/some` });
  const anns = await endpoint({ eventTypes: ['*'], url: `${receiver.url}/ann` }, ann);
  await endpoint({ url: `${receiver.url}/disabled` });
  const disabled = (await call('GET', 'webhook-endpoints')).body.data[0].id as string;
  await call('PATCH', `webhook-endpoints/${disabled}`, { enabled: false });
  const [ofAnn, ofBob] = [await pay(ann), await pay(bob)];
  await call('PATCH', `payments/${ofAnn}`, { status: 'success' });
  await call('PATCH', `tenants/${tenantId}`, { name: 'Renamed' });
  const told = () => receiver.received.map(({ path, body }) => `${path} ${JSON.parse(body).type} ${JSON.parse(body).subject.id}`);
  await eventually(() => told().includes(`/all tenant.updated ${tenantId}`) && told().filter((one) => one.startsWith('/all')).length >= 9);
  // What an event starts, it starts for all endpoints at once.
  for (const each of [all, some, anns])
    await eventually(async () => (await deliveriesOf(each)).every(({ state }) => state === 'delivered'));
  const to = (path: string) =>
    told()
      .filter((one) => one.startsWith(path))
      .map((one) => one.slice(path.length + 1));
  const own = [`payment.created ${ofAnn}`, `payment.completed ${ofAnn}`];
  expect(to('/all')).toEqual(expect.arrayContaining([...own, `payment.created ${ofBob}`, `tenant.updated ${tenantId}`]));
  expect(to('/some').sort()).toEqual([`payment.completed ${ofAnn}`, `tenant.updated ${tenantId}`].sort());
  expect(
    to('/ann')
      .filter((one) => one.startsWith('payment'))
      .sort(),
  ).toEqual(own.sort());
  expect(to('/ann').filter((one) => one.includes(ofBob) || one.includes(tenantId))).toEqual([]);
  expect(to('/disabled')).toEqual([]);
});

it('looks at who the owner of an endpoint is now', async () => {
  const [keeper, demoted, gone] = [admin, await as(app, 'admin', admin.tenantId), await as(app, 'admin', admin.tenantId)];
  for (const [who, path] of [
    [keeper, 'keeper'],
    [demoted, 'demoted'],
    [gone, 'gone'],
  ] as const)
    await endpoint({ url: `${receiver.url}/${path}` }, who);
  const users = client.db().collection('users');
  await users.updateOne({ _id: demoted.userId as never }, { $set: { 'memberships.0.role': 'merchant' } });
  await users.updateOne({ _id: gone.userId as never }, { $set: { memberships: [] } });
  await pay();
  const own = await pay({ ...demoted, token: (await app.call('POST', '/api/auth/login', { json: demoted })).body.data.token });
  await messages(3);
  const told = receiver.received.map(({ path, body }) => [path, JSON.parse(body).subject.id]);
  expect(told.filter(([path]) => path === '/demoted')).toEqual([['/demoted', own]]);
  expect(told.filter(([path]) => path === '/gone')).toEqual([]);
});

it('tries ten times over three days, each time with the same message, and lists every try', async () => {
  const made = await endpoint();
  receiver.answer((reply) => reply.writeHead(500).end('no'));
  const begun = clock.now().getTime();
  const id = await tried(made);
  const waits = [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour];
  for (const [index, wait] of waits.entries()) {
    const { nextTryAt, state, tries } = await delivery(id);
    expect([state, tries.length]).toEqual(['waiting', index + 1]);
    const waited = Date.parse(nextTryAt) - clock.now().getTime();
    expect(waited).toBeGreaterThanOrEqual(wait);
    expect(waited).toBeLessThanOrEqual(wait * 1.2);
    clock.set(new Date(Date.parse(nextTryAt)));
    admin = { ...admin, token: (await app.call('POST', '/api/auth/login', { json: admin })).body.data.token };
    await eventually(async () => (await delivery(id)).tries.length === index + 2);
  }
  expect(await delivery(id)).toMatchObject({ state: 'failed', nextTryAt: null });
  expect(clock.now().getTime() - begun).toBeGreaterThanOrEqual(72 * hour);
  expect(receiver.received).toHaveLength(10);
  expect(new Set(receiver.received.map(({ body, headers }) => [body, headers['webhook-id']].join(' '))).size).toBe(1);
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(10);
  expect((await delivery(id)).tries).toHaveLength(10);
}, 60_000);

it.each([
  ['seconds', () => '7200', 2 * hour],
  ['a date', () => new Date(Math.floor(clock.now().getTime() / second) * second + 3 * hour).toUTCString(), 3 * hour - second],
  ['less than the schedule', () => '1', 5 * second],
  ['too much', () => '999999999', 24 * hour],
  ['nonsense', () => 'soon', 5 * second],
])('waits as long as the receiver asks: %s', async (_case, header, atLeast) => {
  receiver.answer((reply) => reply.writeHead(429, { 'retry-after': header() }).end());
  const { nextTryAt } = await delivery(await tried(await endpoint()));
  const waited = Date.parse(nextTryAt) - clock.now().getTime();
  expect(waited).toBeGreaterThanOrEqual(atLeast);
  expect(waited).toBeLessThanOrEqual(atLeast * 1.2 + second);
});

it.each<[string, Parameters<Receiver['answer']>[0], object]>([
  ['a redirect, and does not follow it', (reply) => reply.writeHead(302, { location: receiver.url }).end(), { status: 302, error: null }],
  ['a refusal', (reply) => reply.writeHead(400).end(), { status: 400, error: null }],
  ['a broken connection', (reply) => reply.destroy(), { status: null, error: 'The connection failed (ECONNRESET)' }],
])('counts %s for a failure', async (_case, how, expected) => {
  receiver.answer(how);
  const id = await tried(await endpoint());
  expect(await delivery(id)).toMatchObject({ state: 'waiting', tries: [{ ...expected, ms: expect.any(Number) }] });
  expect(receiver.received).toHaveLength(1);
});

it('takes an endless answer for what its status says', async () => {
  receiver.answer((reply) => {
    const more = () => !reply.destroyed && reply.write('x'.repeat(10_000), more);
    more();
  });
  expect(await delivery(await tried(await endpoint()))).toMatchObject({ state: 'delivered', tries: [{ status: 200 }] });
});

it('keeps trying a receiver that is down, and delivers when it is back', async () => {
  const made = await endpoint();
  const { port } = receiver;
  await receiver.close();
  const id = await tried(made);
  expect(await delivery(id)).toMatchObject({ state: 'waiting', tries: [{ status: null, error: 'The connection failed (ECONNREFUSED)' }] });
  expect((await call('GET', `webhook-endpoints/${made.id}`)).body.data.failingSince).toBe(clock.now().toISOString());
  receiver = await startReceiver('127.0.0.1', port);
  clock.advance(6 * second);
  await eventually(async () => (await delivery(id)).state === 'delivered');
  expect(await eventually(async () => (await call('GET', `webhook-endpoints/${made.id}`)).body.data.failingSince === null)).toBe(true);
});

it('disables an endpoint that says it is gone, and gives up what waits for it', async () => {
  const made = await endpoint();
  receiver.answer((reply) => reply.writeHead(500).end());
  const waiting = await tried(made);
  receiver.answer((reply) => reply.writeHead(410).end());
  expect(await delivery(await tried(made))).toMatchObject({ state: 'failed', tries: [{ status: 410 }] });
  await eventually(async () => (await call('GET', `webhook-endpoints/${made.id}`)).body.data.disabledReason === 'gone');
  clock.advance(6 * second);
  await eventually(async () => (await delivery(waiting)).state === 'failed');
  expect((await delivery(waiting)).tries[1]).toMatchObject({ status: null, error: 'The endpoint is disabled' });
  const filter = { tenantId: admin.tenantId, 'subject.id': made.id };
  expect(
    await client
      .db()
      .collection('events')
      .find({ ...filter, type: 'WEBHOOK_ENDPOINT_DISABLED' })
      .toArray(),
  ).toMatchObject([{ sourceAgent: 'system', data: { enabled: false, disabledReason: 'gone' } }]);
  expect(
    await client
      .db()
      .collection('audit')
      .find({ ...filter, action: 'webhook_endpoint.disabled' })
      .toArray(),
  ).toMatchObject([{ actor: { id: 'system' }, before: { enabled: true }, after: { enabled: false, disabledReason: 'gone' } }]);
  expect(refusal(await call('POST', `webhook-endpoints/${made.id}/test`))).toEqual([409, 'conflict', 'The webhook endpoint is disabled']);
});

it('gives up what waits for an endpoint that is deleted', async () => {
  const made = await endpoint();
  receiver.answer((reply) => reply.writeHead(500).end());
  const id = await tried(made);
  expect((await call('DELETE', `webhook-endpoints/${made.id}`)).status).toBe(200);
  clock.advance(6 * second);
  await eventually(async () => (await delivery(id)).state === 'failed');
  expect((await delivery(id)).tries[1]).toMatchObject({ status: null, error: 'The endpoint was deleted' });
  expect(receiver.received).toHaveLength(1);
});

it('does not try before its time, though its job comes back sooner', async () => {
  receiver.answer((reply) => reply.writeHead(500).end());
  const id = await tried(await endpoint());
  const jobs = client.db().collection('jobs');
  const { nextTryAt } = await delivery(id);
  const filter = { 'payload.deliveryId': id };
  await eventually(async () => (await jobs.findOne({ ...filter, state: 'waiting' })) !== null);
  await jobs.updateOne(filter, { $set: { runAt: clock.now() } });
  await eventually(async () => Number((await jobs.findOne({ ...filter, state: 'waiting' }))?.runAt) === Date.parse(nextTryAt));
  expect([(await delivery(id)).tries.length, receiver.received.length]).toEqual([1, 1]);
});

it('disables an endpoint that has failed for five days, and not before', async () => {
  const made = await endpoint();
  receiver.answer((reply) => reply.writeHead(503).end());
  const state = async () => (await call('GET', `webhook-endpoints/${made.id}`)).body.data;
  const fail = async () => {
    admin = { ...admin, token: (await app.call('POST', '/api/auth/login', { json: admin })).body.data.token };
    await tried(made);
  };
  await fail();
  clock.advance(5 * 24 * hour - minute);
  await fail();
  expect(await state()).toMatchObject({ enabled: true });
  clock.advance(minute);
  expect(await eventually(async () => ((await state()).enabled ? null : state()))).toMatchObject({
    enabled: false,
    disabledReason: 'failing',
  });
  const events = await client.db().collection('events').find({ 'subject.id': made.id, type: 'WEBHOOK_ENDPOINT_DISABLED' }).toArray();
  expect(events).toHaveLength(1);
  await call('PATCH', `webhook-endpoints/${made.id}`, { enabled: true });
  expect(await state()).toMatchObject({ enabled: true, failingSince: null, disabledReason: null });
});

it('signs with both secrets while one is replaced by the other, and then with the new one', async () => {
  const before = await endpoint();
  const after = {
    id: before.id,
    secret: (await call('POST', `webhook-endpoints/${before.id}/rotate-secret`, { overlapHours: 1 })).body.data.secret,
  };
  await tried(before);
  const [both] = (await messages(1)) as [Received];
  expect([isGenuine(before, both), isGenuine(after, both)]).toEqual([both.headers['webhook-id'], both.headers['webhook-id']]);
  clock.advance(hour);
  admin = { ...admin, token: (await app.call('POST', '/api/auth/login', { json: admin })).body.data.token };
  await tried(after);
  const [, one] = (await messages(2)) as [Received, Received];
  expect([isGenuine(before, one), isGenuine(after, one)]).toEqual([null, one.headers['webhook-id']]);
});

describe('replays', () => {
  it('one that has ended, as the same message with all its tries', async () => {
    const made = await endpoint();
    receiver.answer((reply) => reply.writeHead(410).end());
    const id = await tried(made);
    await eventually(async () => (await call('GET', `webhook-endpoints/${made.id}`)).body.data.enabled === false);
    await call('PATCH', `webhook-endpoints/${made.id}`, { enabled: true });
    receiver.answer((reply) => reply.writeHead(200).end());
    const { status, body } = await call('POST', `webhook-deliveries/${id}/replay`);
    expect([status, body.data]).toMatchObject([202, { id, state: 'waiting', tries: [{ status: 410 }] }]);
    await eventually(async () => (await delivery(id)).state === 'delivered');
    expect((await delivery(id)).tries).toMatchObject([{ status: 410 }, { status: 200 }]);
    const [first, again] = (await messages(2)) as [Received, Received];
    expect([again.body, again.headers['webhook-id']]).toEqual([first.body, first.headers['webhook-id']]);
    expect((await call('POST', `webhook-deliveries/${id}/replay`)).status).toBe(202);
  });

  it('none that is still being tried, and none that is not there', async () => {
    receiver.answer((reply) => reply.writeHead(500).end());
    const id = await tried(await endpoint());
    expect(refusal(await call('POST', `webhook-deliveries/${id}/replay`))).toEqual([409, 'conflict', 'The delivery is still being tried']);
    expect(refusal(await call('POST', 'webhook-deliveries/dlv_none/replay'))).toEqual([404, 'not_found', 'Webhook delivery not found']);
    expect(refusal(await call('GET', 'webhook-deliveries/dlv_none'))).toEqual([404, 'not_found', 'Webhook delivery not found']);
  });

  it('all that match', async () => {
    const [made, other] = [await endpoint(), await endpoint()];
    const day = clock.now().toISOString().slice(0, 10);
    for (let index = 0; index < 3; index++) await tried(made);
    await tried(other);
    await eventually(async () =>
      [...(await deliveriesOf(made)), ...(await deliveriesOf(other))].every(({ state }) => state === 'delivered'),
    );
    const replay = async (json: object) => (await call('POST', 'webhook-deliveries/replay', json)).body.data;
    expect(await replay({})).toEqual({ replayed: 0 });
    expect(await replay({ state: 'delivered', to: '2020-01-01' })).toEqual({ replayed: 0 });
    expect(await replay({ state: 'delivered', eventType: 'payment.created' })).toEqual({ replayed: 0 });
    expect(await replay({ state: 'delivered', endpointId: made.id, from: day, to: day, eventType: 'webhook.test' })).toEqual({
      replayed: 3,
    });
    await messages(7);
    for (const json of [{ state: 'waiting' }, { from: 'soon' }, { limit: 1 }])
      expect((await call('POST', 'webhook-deliveries/replay', json)).status).toBe(400);
  });
});

it('shows deliveries by state, type and time, and nobody those of others', async () => {
  const merchant = await as(app, 'merchant', admin.tenantId);
  const stranger = await as(app, 'admin', await newTenant(app));
  const id = await tried(await endpoint());
  const count = async (query: string, who = admin) =>
    (await call('GET', `webhook-deliveries?${query}`, undefined, who)).body.data.length as number;
  await eventually(async () => (await delivery(id)).state === 'delivered');
  expect(await count('state=delivered&eventType=webhook.test')).toBe(1);
  expect([await count('state=failed'), await count('eventType=x'), await count('to=2020-01-01'), await count('endpointId=x')]).toEqual([
    0, 0, 0, 0,
  ]);
  expect([await count('', merchant), await count('', stranger)]).toEqual([0, 0]);
  expect((await call('GET', `webhook-deliveries/${id}`, undefined, merchant)).status).toBe(404);
  expect((await call('POST', `webhook-deliveries/${id}/replay`, undefined, stranger)).status).toBe(404);
  expect((await call('GET', 'webhook-deliveries?state=lost')).status).toBe(400);
});
