import { MongoClient } from 'mongodb';
import { type Answer, startApp, type TestApp } from '../../support/app.js';
import { as, newTenant, type Somebody } from '../../support/as.js';
import { FakeClock } from '../../support/clock.js';
import { eventually } from '../../support/eventually.js';
import { signedByStripe, stripeAccount, stripeSecret } from '../../support/providers.js';

const clock = new FakeClock(new Date());
const stripe = { ...stripeAccount('stripe-eu'), mode: 'sandbox' };
let app: TestApp;
let client: MongoClient;
let admin: Somebody;

beforeAll(async () => {
  app = await startApp({ clock, env: { BACKGROUND_INTERVAL_MS: '150', SANDBOX_URL: 'http://127.0.0.1:1' } });
  client = await MongoClient.connect(app.mongodbUri);
});
beforeEach(async () => {
  admin = await as(app, 'admin', await newTenant(app));
});
afterAll(async () => {
  await client.close();
  await app.close();
});

const call = (method: string, tail = '', json?: unknown, who = admin) =>
  app.call(method, `/api/v1/providers${tail}`, { token: who.token, ...(json !== undefined && { json }) });
const refusal = ({ status, body }: Answer) => [status, body.error.code, body.error.message] as unknown[];
const eur = { currency: 'EUR', fixedMinor: 25, basisPoints: 150 };
const make = async (json: object = {}) => (await call('POST', '', { ...stripe, ...json })).body.data as { id: string };

it('keeps an account, and its credentials where nobody sees them', async () => {
  const prices = [eur];
  const { status, body } = await call('POST', '', { ...stripe, prices });
  const at = clock.now().toISOString();
  const account = {
    id: expect.stringMatching(/^prv_[0-9a-f-]{36}$/),
    name: 'stripe-eu',
    connector: 'stripe',
    mode: 'sandbox',
    enabled: true,
    prices,
    webhookPath: `/api/v1/integrations/webhooks/stripe/${body.data.id}`,
    ownerId: admin.userId,
    createdAt: at,
    updatedAt: at,
  };
  expect([status, body.data]).toEqual([201, account]);
  expect((await call('GET', `/${body.data.id}`)).body.data).toEqual(account);
  expect((await call('GET')).body.data).toEqual([account]);
  for (const collection of await client.db().collections()) {
    expect(JSON.stringify(await collection.find().toArray())).not.toContain(stripeSecret);
  }
});

it.each([
  ['a credential that is missing', { credentials: { secretKey: 'sk_test_sandbox' } }, 'credentials.webhookSecret'],
  ['one that is empty', { credentials: { ...stripe.credentials, secretKey: '' } }, 'credentials.secretKey'],
  ['one that is no text', { credentials: { ...stripe.credentials, secretKey: 7 } }, 'credentials.secretKey'],
  ['one that Stripe does not have', { credentials: { ...stripe.credentials, pin: '1' } }, 'credentials.pin'],
  ['a connector that there is not', { connector: 'square' }, 'connector'],
  ['a name with capitals', { name: 'Stripe' }, 'name'],
  ['two prices in a currency', { prices: [eur, { ...eur, fixedMinor: 26 }] }, 'prices'],
  ['a price below nothing', { prices: [{ currency: 'EUR', fixedMinor: -1, basisPoints: 0 }] }, 'prices.0.fixedMinor'],
])('refuses %s', async (_, json, field) => {
  const { status, body } = await call('POST', '', { ...stripe, ...json });
  expect([status, body.error.code, body.error.context.fields[0].field]).toEqual([400, 'validation_failed', field]);
});

it('has a name once in a tenant', async () => {
  await make();
  expect(refusal(await call('POST', '', stripe))).toEqual([409, 'conflict', 'There is a provider of this name already']);
  const other = await as(app, 'admin', await newTenant(app));
  expect((await call('POST', '', stripe, other)).status).toBe(201);
});

it('says so where no address is configured', async () => {
  const adyen = { name: 'adyen', connector: 'adyen', mode: 'live', credentials: { apiKey: 'k', merchantAccount: 'Shop', hmacKey: 'AB' } };
  const unaddressed = [503, 'upstream_unavailable', 'No address of Adyen is configured for live accounts'];
  expect(refusal(await call('POST', '', adyen))).toEqual(unaddressed);
});

it('is changed, and leaves an event and an audit entry without a credential', async () => {
  const { id } = await make();
  const credentials = { secretKey: 'sk_test_another', webhookSecret: 'whsec_another' };
  const { status, body } = await call('PATCH', `/${id}`, { enabled: false, credentials });
  expect([status, body.data.enabled, body.data.name]).toEqual([200, false, 'stripe-eu']);
  expect((await call('PATCH', `/${id}`, { credentials: { secretKey: 'sk' } })).status).toBe(400);
  const trail = await client.db().collection('audit').find({ 'subject.id': id }).sort({ _id: 1 }).toArray();
  expect(trail.map(({ action, after }) => [action, after.enabled, after.credentials])).toEqual([
    ['provider.created', true, undefined],
    ['provider.updated', false, '(changed)'],
  ]);
  expect((await call('DELETE', `/${id}`)).status).toBe(200);
  expect(refusal(await call('GET', `/${id}`))).toEqual([404, 'not_found', 'Provider not found']);
  const told = await client.db().collection('events').find({ 'subject.id': id }).sort({ _id: 1 }).toArray();
  expect(told.map(({ type }) => type as string)).toEqual(['PROVIDER_CREATED', 'PROVIDER_UPDATED', 'PROVIDER_DELETED']);
  expect(JSON.stringify([trail, told])).not.toMatch(/sk_test|whsec/);
});

describe('a webhook of a provider', () => {
  const event = (id: string) => JSON.stringify({ id, object: 'event', type: 'payment_intent.succeeded', created: 1_767_225_600, data: {} });
  const signed = (body: string, secret?: string, at = clock.now()) => signedByStripe(body, at, secret);
  const send = async (id: string, body: string, headers: Record<string, string>, connector = 'stripe') => {
    const init = { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } };
    const response = await fetch(`${app.url}/api/v1/integrations/webhooks/${connector}/${id}`, init);
    return [response.status, ((await response.json()) as Answer['body']) ?? null];
  };

  it('is taken once where the provider has signed it, and told in the feed', async () => {
    const { id } = await make();
    const body = event('evt_1');
    const [status, first] = await send(id, body, signed(body));
    expect([status, first.data]).toEqual([202, { id: expect.stringMatching(/^inb_/), duplicate: false }]);
    expect((await send(id, body, signed(body)))[1].data).toEqual({ ...first.data, duplicate: true });
    const told = await eventually(() => client.db().collection('events').findOne({ 'subject.id': first.data.id }));
    expect(told).toMatchObject({ type: 'INGESTED', sourceAgent: id, data: { source: 'stripe', recipient: id } });
  });

  it.each([
    ['nobody', () => ({})],
    ['somebody with another secret', (body: string) => signed(body, 'whsec_other')],
    ['the provider, of other words', () => signed('{}')],
    ['the provider, too long ago', (body: string) => signed(body, undefined, new Date(clock.now().getTime() - 301_000))],
    ['the provider, in the future', (body: string) => signed(body, undefined, new Date(clock.now().getTime() + 301_000))],
  ])('is refused where it was signed by %s', async (_, headers) => {
    const { id } = await make();
    const [status, answer] = await send(id, event('evt_2'), headers(event('evt_2')));
    expect([status, answer.error.message]).toEqual([401, 'Invalid webhook signature']);
  });

  it('finds nobody under another kind, another id or a kind that there is not', async () => {
    const { id } = await make();
    const body = event('evt_3');
    for (const [who, connector] of [
      [id, 'adyen'],
      ['prv_0190a1b2-0000-7000-8000-000000000000', 'stripe'],
      [id, 'square'],
    ] as const) {
      const [status, answer] = await send(who, body, signed(body), connector);
      expect([status, answer.error.message]).toEqual([404, 'Provider not found']);
    }
  });
});
