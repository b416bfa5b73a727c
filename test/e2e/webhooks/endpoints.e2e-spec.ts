import { MongoClient } from 'mongodb';
import { type Answer, type CallOptions, startApp, type TestApp } from '../../support/app.js';
import { as, newTenant, type Somebody } from '../../support/as.js';
import { FakeClock } from '../../support/clock.js';

const clock = new FakeClock(new Date());
let app: TestApp;
let client: MongoClient;
let admin: Somebody;
let merchant: Somebody;

beforeAll(async () => {
  app = await startApp({ clock, env: { BACKGROUND_INTERVAL_MS: '150' } });
  client = await MongoClient.connect(app.mongodbUri);
});
beforeEach(async () => {
  const tenantId = await newTenant(app);
  admin = await as(app, 'admin', tenantId);
  merchant = await as(app, 'merchant', tenantId);
});
afterAll(async () => {
  await client.close();
  await app.close();
});

const path = '/api/v1/webhook-endpoints';
const call = (who: Somebody, method: string, tail = '', json?: unknown, options: CallOptions = {}) =>
  app.call(method, path + tail, { token: who.token, ...(json !== undefined && { json }), ...options });
const refusal = ({ status, body }: Answer) => [status, body.error.code, body.error.message] as unknown[];
const make = async (who: Somebody, json: object = {}) =>
  (await call(who, 'POST', '', { url: 'https://hooks.example/in', ...json })).body.data as { endpoint: { id: string }; secret: string };
const notFound = [404, 'not_found', 'Webhook endpoint not found'];

it('makes an endpoint and shows its secret once', async () => {
  const { status, body } = await call(admin, 'POST', '', {
    url: 'https://hooks.example/in?a=b',
    eventTypes: ['payment.completed', 'credits.*'],
    description: ' Order system ',
  });
  const at = clock.now().toISOString();
  const endpoint = {
    id: expect.stringMatching(/^whk_[0-9a-f-]{36}$/),
    url: 'https://hooks.example/in?a=b',
    description: 'Order system',
    eventTypes: ['payment.completed', 'credits.*'],
    enabled: true,
    disabledReason: null,
    failingSince: null,
    overlapEnds: null,
    ownerId: admin.userId,
    createdAt: at,
    updatedAt: at,
  };
  expect([status, body.data]).toEqual([201, { endpoint, secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/) }]);
  const { id } = body.data.endpoint;
  expect((await call(admin, 'GET', `/${id}`)).body.data).toEqual(endpoint);
  expect((await call(admin, 'GET')).body.data).toEqual([endpoint]);
  const stored = JSON.stringify(await client.db().collection('webhook_endpoints').findOne({ _id: id }));
  expect(stored).toContain(id);
  expect(stored).not.toContain(body.data.secret.slice(6));
});

it('wants every event where nothing is said', async () => {
  expect((await call(admin, 'POST', '', { url: 'https://hooks.example/' })).body.data.endpoint).toMatchObject({
    eventTypes: ['*'],
    description: '',
  });
});

it.each<[object, string]>([
  [{}, 'url'],
  [{ url: 7 }, 'url'],
  [{ url: null }, 'url'],
  [{ url: `https://hooks.example/${'x'.repeat(2048)}` }, 'url'],
  [{ url: 'https://hooks.example', eventTypes: [] }, 'eventTypes'],
  [{ url: 'https://hooks.example', eventTypes: ['PAYMENT_CREATED'] }, 'eventTypes'],
  [{ url: 'https://hooks.example', eventTypes: ['payment.*.x'] }, 'eventTypes'],
  [{ url: 'https://hooks.example', eventTypes: 'payment.*' }, 'eventTypes'],
  [{ url: 'https://hooks.example', eventTypes: Array.from({ length: 51 }, () => '*') }, 'eventTypes'],
  [{ url: 'https://hooks.example', description: 'x'.repeat(201) }, 'description'],
  [{ url: 'https://hooks.example', enabled: true }, 'enabled'],
  [{ url: 'https://hooks.example', secret: 'whsec_' }, 'secret'],
])('refuses %j for its %s', async (json, field) => {
  const { status, body } = await call(admin, 'POST', '', json);
  expect([status, body.error.code, body.error.context.fields[0].field]).toEqual([400, 'validation_failed', field]);
});

it.each([
  'not an address',
  'ftp://hooks.example',
  'https://user@hooks.example',
  'https://10.0.0.1',
  'https://169.254.169.254/latest/meta-data',
  'https://[::ffff:10.0.0.1]/',
  'https://hooks.example:22/',
])('refuses the address %s with one text', async (url) => {
  const context = { fields: [{ field: 'url', message: 'url is not allowed' }] };
  for (const answer of [
    await call(admin, 'POST', '', { url }),
    await call(admin, 'PATCH', `/${(await make(admin)).endpoint.id}`, { url }),
  ]) {
    expect([answer.status, answer.body.error]).toEqual([400, { code: 'validation_failed', message: 'url is not allowed', context }]);
  }
});

it('changes what is to be changed, and leaves an audit entry and an event of it', async () => {
  const { endpoint } = await make(admin);
  const patched = await call(admin, 'PATCH', `/${endpoint.id}`, { eventTypes: ['payment.*'], description: 'New' });
  expect(patched.body.data).toMatchObject({
    eventTypes: ['payment.*'],
    description: 'New',
    enabled: true,
    url: 'https://hooks.example/in',
  });
  await call(admin, 'PATCH', `/${endpoint.id}`, { description: 'New' });
  expect((await call(admin, 'PATCH', `/${endpoint.id}`, { enabled: false })).body.data).toMatchObject({
    enabled: false,
    disabledReason: 'asked',
  });
  expect((await call(admin, 'PATCH', `/${endpoint.id}`, { enabled: true })).body.data).toMatchObject({
    enabled: true,
    disabledReason: null,
  });
  await call(admin, 'DELETE', `/${endpoint.id}`);
  const subject = { type: 'webhook_endpoint', id: endpoint.id };
  const filter = { tenantId: admin.tenantId, 'subject.id': endpoint.id };
  const audit = await client.db().collection('audit').find(filter).sort({ _id: 1 }).toArray();
  const actor = { id: admin.userId, email: admin.email, role: 'admin' };
  const whole = {
    ownerId: admin.userId,
    url: 'https://hooks.example/in',
    description: '',
    eventTypes: ['*'],
    enabled: true,
    disabledReason: null,
  };
  expect(audit.map(({ action, before, after, actor: by }) => [action, before, after, by])).toEqual([
    ['webhook_endpoint.created', null, whole, actor],
    ['webhook_endpoint.updated', { eventTypes: ['*'], description: '' }, { eventTypes: ['payment.*'], description: 'New' }, actor],
    ['webhook_endpoint.updated', { enabled: true }, { enabled: false }, actor],
    ['webhook_endpoint.updated', { enabled: false }, { enabled: true }, actor],
    ['webhook_endpoint.deleted', { ...whole, eventTypes: ['payment.*'], description: 'New' }, null, actor],
  ]);
  const events = await client.db().collection('events').find(filter).sort({ _id: 1 }).toArray();
  expect(events.map((event) => [event.type, event.subject, event.sourceAgent])).toEqual(
    ['CREATED', 'UPDATED', 'UPDATED', 'UPDATED', 'DELETED'].map((what) => [`WEBHOOK_ENDPOINT_${what}`, subject, admin.userId]),
  );
});

it.each([{ url: null }, { eventTypes: null }, { description: null }, { enabled: null }, { enabled: 'true' }, { id: 'x' }])(
  'refuses the change %j',
  async (json) => {
    expect((await call(admin, 'PATCH', `/${(await make(admin)).endpoint.id}`, json)).status).toBe(400);
  },
);

it('replaces the secret, and says until when the one before it signs as well', async () => {
  const { endpoint, secret } = await make(admin);
  const { status, body } = await call(admin, 'POST', `/${endpoint.id}/rotate-secret`, { overlapHours: 2 });
  const overlapEnds = new Date(clock.now().getTime() + 7_200_000).toISOString();
  expect([status, body.data.endpoint.overlapEnds]).toEqual([200, overlapEnds]);
  expect(body.data.secret).not.toBe(secret);
  for (const overlapHours of [-1, 25, 1.5, '1', null])
    expect((await call(admin, 'POST', `/${endpoint.id}/rotate-secret`, { overlapHours })).status).toBe(400);
});

it('lists in pages, newest first', async () => {
  const ids: string[] = [];
  for (let index = 0; index < 3; index++) ids.unshift((await make(admin)).endpoint.id);
  const first = (await call(admin, 'GET', '?limit=2')).body;
  expect(first.data.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 2));
  const second = (await call(admin, 'GET', `?limit=2&cursor=${first.meta.page.nextCursor}`)).body;
  expect([second.data.map(({ id }: { id: string }) => id), second.meta.page]).toEqual([ids.slice(2), { limit: 2, nextCursor: null }]);
  expect((await call(admin, 'GET', '?cursor=nonsense')).status).toBe(400);
});

it('shows a merchant its own, and nobody those of another tenant', async () => {
  const { endpoint: ofAdmin } = await make(admin);
  const { endpoint: own } = await make(merchant);
  const stranger = await as(app, 'admin', await newTenant(app));
  expect((await call(merchant, 'GET')).body.data).toMatchObject([{ id: own.id }]);
  expect((await call(admin, 'GET')).body.data).toMatchObject([{ id: own.id }, { id: ofAdmin.id }]);
  expect((await call(stranger, 'GET')).body.data).toEqual([]);
  for (const [who, id] of [
    [merchant, ofAdmin.id],
    [stranger, own.id],
    [admin, 'whk_none'],
  ] as const) {
    const answers = [
      await call(who, 'GET', `/${id}`),
      await call(who, 'PATCH', `/${id}`, { description: 'x' }),
      await call(who, 'DELETE', `/${id}`),
      await call(who, 'POST', `/${id}/rotate-secret`, {}),
      await call(who, 'POST', `/${id}/test`),
      await call(who, 'GET', `/${id}/deliveries`),
    ];
    expect(answers.map(refusal)).toEqual(answers.map(() => notFound));
  }
});

it('keeps a tenant to so many', async () => {
  const { endpoint } = await make(admin);
  const row = await client
    .db()
    .collection('webhook_endpoints')
    .findOne({ _id: endpoint.id as never });
  const { _id: _, ...copy } = row as Record<string, unknown>;
  await client
    .db()
    .collection('webhook_endpoints')
    .insertMany(Array.from({ length: 99 }, (_entry, index) => ({ ...copy, _id: `whk_copy${index}` as never })));
  expect(refusal(await call(admin, 'POST', '', { url: 'https://hooks.example' }))).toEqual([
    409,
    'limit_exceeded',
    'A tenant can have at most 100 webhook endpoints',
  ]);
});
