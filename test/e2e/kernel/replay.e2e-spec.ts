import { Reflector } from '@nestjs/core';
import { Routes } from '../../../src/kernel/http/routes.js';
import { UNREPEATABLE } from '../../../src/kernel/idempotency/unrepeatable.decorator.js';
import { type Answer, type CallOptions, startApp, type TestApp } from '../../support/app.js';
import { as, type Somebody } from '../../support/as.js';
import { deadJob } from '../../support/jobs.js';
import { gatewayUser, systemAdmin } from '../../support/gateway.js';
import { newProvider, stripeAccount } from '../../support/providers.js';
import { confirmationAt, doubtfulRefund, routedPayment } from '../../support/routed-payments.js';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox.js';
import { grant, newItem, newTeam } from '../../support/store.js';
import { endedDelivery } from '../../support/webhooks.js';

let sandbox: TestSandbox;
let app: TestApp;
let admin: string;
let seller: Somebody;
let merchant: string;
let account: string;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  app = await startApp({ env: { SANDBOX_URL: sandbox.sandbox.url } });
  admin = (await as(app, 'admin')).token;
  seller = await as(app, 'merchant');
  merchant = seller.token;
  account = (await newProvider(app, seller, 'sandbox')).name;
});
afterAll(async () => {
  await app.close();
  await sandbox.close();
});

const payment = { merchant: 'Spotify', paymentType: 'card', amountMinor: 1, currency: 'GBP', region: 'UK' };
const form = { merchant: 'Spotify', payment_type: 'card', amount_minor: '1', currency: 'GBP', region: 'UK' };
const someId = async () => (await app.call('POST', '/api/v1/payments', { token: merchant, json: payment })).body.data.id as string;
const bareId = async () => (await someId()).replace('pay_', '');

const routedPath = async (capture: 'now' | 'later') => `/api/v1/payments/pay_${await routedPayment(app, seller, account, capture)}`;

/** Somebody who owns 100 credits. */
async function owner(): Promise<Somebody> {
  const somebody = await as(app, 'user');
  await grant(app, somebody.userId, 100, somebody.tenantId);
  return somebody;
}
const endpointPath = async () => {
  const { body } = await app.call('POST', '/api/v1/webhook-endpoints', { token: merchant, json: { url: 'http://127.0.0.1:49151/' } });
  return `/api/v1/webhook-endpoints/${body.data.endpoint.id}`;
};
const providerPath = async () => `/api/v1/providers/${(await newProvider(app, await as(app, 'admin')))._id}`;
const adaptiveStep = { kind: 'adaptive', tolerancePoints: 0 };
const inAnHour = () => new Date(Date.now() + 3_600_000);
async function openHold() {
  const { token } = await owner();
  const json = { amount: 10, expiresAt: inAnHour() };
  const { body } = await app.call('POST', '/api/v1/credits/holds', { token, json, headers: { 'idempotency-key': 'a hold' } });
  return { token, path: `/api/v1/credits/holds/${body.data.holdId}` };
}

/** One good request of each write that may be repeated. */
const requests: Record<string, () => Promise<[path: string, options: CallOptions]>> = {
  'POST /api/auth/register': async () => ['/api/auth/register', { form: { email: 'new@example.com', password: 'secret1' } }],
  'DELETE /api/me': async () => ['/api/me', { token: (await as(app, 'merchant')).token }],
  'POST /api/payments': async () => ['/api/payments', { token: merchant, form }],
  'PUT /api/payments/:id': async () => [`/api/payments/${await bareId()}`, { token: admin, form: { status: 'success' } }],
  'DELETE /api/payments/:id': async () => [`/api/payments/${await bareId()}`, { token: admin }],
  'POST /api/v1/payments': async () => ['/api/v1/payments', { token: merchant, json: payment }],
  'PATCH /api/v1/payments/:id': async () => [`/api/v1/payments/${await someId()}`, { token: admin, json: { status: 'failed' } }],
  'POST /api/v1/payments/:id/confirm': async () => [
    `/api/v1/payments/${await someId()}/confirm`,
    { token: merchant, json: confirmationAt(account, 'now') },
  ],
  'POST /api/v1/payments/:id/complete': async () => [`${await routedPath('now')}/complete`, { token: merchant }],
  'POST /api/v1/payments/:id/capture': async () => [
    `${await routedPath('later')}/capture`,
    { token: merchant, json: { amountMinor: 1000 } },
  ],
  'POST /api/v1/payments/:id/cancel': async () => [`${await routedPath('later')}/cancel`, { token: merchant }],
  'POST /api/v1/payments/:id/refunds': async () => [`${await routedPath('now')}/refunds`, { token: merchant, json: { amountMinor: 60 } }],
  'PATCH /api/v1/payments/:id/refunds/:refundId': async () => [
    (await doubtfulRefund(app, seller, account)).path,
    { token: admin, json: { state: 'succeeded', reason: 'Seen there' } },
  ],
  'DELETE /api/v1/payments/:id': async () => [`/api/v1/payments/${await someId()}`, { token: admin }],
  'PATCH /api/v1/users/:user_id/role': async () => [
    `/api/v1/users/${(await gatewayUser(app)).userId}/role`,
    { token: await systemAdmin(app), json: { new_role: 'merchant' } },
  ],
  'POST /api/v1/payments/charge': async () => [
    '/api/v1/payments/charge',
    {
      json: { customerName: 'Ava Reed', paymentAmount: 12.99, currency: 'GBP' },
      headers: { 'x-api-key': (await gatewayUser(app)).apiKey },
    },
  ],
  'DELETE /api/v1/:resource/:resource_id': async () => [`/api/v1/users/${(await gatewayUser(app)).userId}`, { token: admin }],
  'DELETE /api/v1/api-keys/:id': async () => {
    const { body } = await app.call('POST', '/api/v1/api-keys', { token: merchant, json: { name: 'A key', scopes: ['payments:read'] } });
    return [`/api/v1/api-keys/${body.data.key.id}`, { token: merchant }];
  },
  'PATCH /api/v1/webhook-endpoints/:id': async () => [await endpointPath(), { token: merchant, json: { description: 'Changed' } }],
  'DELETE /api/v1/webhook-endpoints/:id': async () => [await endpointPath(), { token: merchant }],
  'POST /api/v1/webhook-endpoints/:id/test': async () => [`${await endpointPath()}/test`, { token: merchant }],
  'DELETE /api/v1/integrations/:id': async () => {
    const { body } = await app.call('POST', '/api/v1/integrations', { token: admin, json: { name: 'Bank' } });
    return [`/api/v1/integrations/${body.data.integration.id}`, { token: admin }];
  },
  'POST /api/v1/providers': async () => ['/api/v1/providers', { token: admin, json: stripeAccount('stripe') }],
  'PATCH /api/v1/providers/:id': async () => [await providerPath(), { token: admin, json: { enabled: false } }],
  'DELETE /api/v1/providers/:id': async () => [await providerPath(), { token: admin }],
  'PUT /api/v1/routing/strategy': async () => ['/api/v1/routing/strategy', { token: admin, json: { version: 0, steps: [adaptiveStep] } }],
  'POST /api/v1/routing/preview': async () => [
    '/api/v1/routing/preview',
    { token: admin, json: { paymentType: 'card', amountMinor: 1, currency: 'GBP' } },
  ],
  'POST /api/v1/routing/simulate': async () => ['/api/v1/routing/simulate', { token: admin, json: { steps: [adaptiveStep] } }],
  'POST /api/v1/webhook-deliveries/replay': async () => ['/api/v1/webhook-deliveries/replay', { token: merchant, json: {} }],
  'POST /api/v1/webhook-deliveries/:id/replay': async () => {
    const { _id } = await endedDelivery(app, await as(app, 'merchant'));
    return [`/api/v1/webhook-deliveries/${_id}/replay`, { token: admin }];
  },
  'POST /api/v1/tenants': async () => ['/api/v1/tenants', { token: merchant, json: { name: 'Acme Ltd' } }],
  'PATCH /api/v1/tenants/:id': async () => ['/api/v1/tenants/ten_default', { token: admin, json: { name: 'Acme Ltd' } }],
  'POST /api/v1/jobs/:id/retry': async () => [`/api/v1/jobs/${await deadJob(app, 'ten_default', 'no')}/retry`, { token: admin }],
  'POST /api/v1/auth/logout': async () => ['/api/v1/auth/logout', { token: (await as(app, 'merchant')).token }],
  'POST /api/v1/auth/password': async () => {
    const { token, password } = await as(app, 'merchant');
    return ['/api/v1/auth/password', { token, json: { currentPassword: password, newPassword: 'secret2' } }];
  },
  'POST /api/financial/credits/:user_id/add': async () => [
    `/api/financial/credits/${(await owner()).userId}/add`,
    { token: admin, json: { amount: 10, description: 'Bonus' } },
  ],
  'POST /api/financial/credits/:user_id/spend': async () => {
    const { token, userId } = await owner();
    return [`/api/financial/credits/${userId}/spend`, { token, json: { amount: 10, description: 'Report' } }];
  },
  'POST /api/v1/credits/accounts': async () => ['/api/v1/credits/accounts', { token: admin, json: { userId: (await owner()).userId } }],
  'POST /api/v1/credits/grants': async () => [
    '/api/v1/credits/grants',
    { token: admin, json: { userId: (await owner()).userId, amount: 10, description: 'Bonus' } },
  ],
  'POST /api/v1/credits/spends': async () => ['/api/v1/credits/spends', { token: (await owner()).token, json: { amount: 10 } }],
  'POST /api/v1/credits/transfers': async () => [
    '/api/v1/credits/transfers',
    { token: (await owner()).token, json: { amount: 10, toUserId: (await owner()).userId } },
  ],
  'POST /api/v1/credits/holds': async () => [
    '/api/v1/credits/holds',
    { token: (await owner()).token, json: { amount: 10, expiresAt: inAnHour() } },
  ],
  'POST /api/v1/credits/holds/:id/commit': async () => {
    const { token, path } = await openHold();
    return [`${path}/commit`, { token, json: { amount: 4 } }];
  },
  'POST /api/v1/credits/holds/:id/void': async () => {
    const { token, path } = await openHold();
    return [`${path}/void`, { token }];
  },
  'POST /api/v1/credits/reversals': async () => {
    const { token } = await owner();
    const headers = { 'idempotency-key': 'a spend' };
    const { body } = await app.call('POST', '/api/v1/credits/spends', { token, json: { amount: 10 }, headers });
    return ['/api/v1/credits/reversals', { token: admin, json: { transactionId: body.data.id, amount: 4 } }];
  },
  'POST /api/v1/store/items': async () => ['/api/v1/store/items', { token: admin, json: { name: 'MICAH HUG', price: 10 } }],
  'PATCH /api/v1/store/items/:number': async () => [`/api/v1/store/items/${await newItem(app, 10)}`, { token: admin, json: { price: 11 } }],
  'POST /api/v1/store/teams': async () => [
    '/api/v1/store/teams',
    { token: admin, json: { username: 'replayed', password: 'Changeme-2018', balance: 1000 } },
  ],
  'POST /buy': async () => ['/buy', { json: { token: (await newTeam(app)).token, item_id: await newItem(app, 10) } }],
  'POST /transfer': async () => {
    const [{ token }, { number: recipient }] = [await newTeam(app), await newTeam(app)];
    return ['/transfer', { form: { token, recipient: String(recipient), amount: '10' } }];
  },
  'POST /update-password': async () => {
    const { token } = await newTeam(app);
    return ['/update-password', { form: { token, old_password: 'Changeme-2018', new_password: 'Changed-2019' } }];
  },
  'POST /expire-session': async () => ['/expire-session', { form: { token: (await newTeam(app)).token } }],
  'POST /update-session': async () => ['/update-session', { form: { old_token: (await newTeam(app)).token, new_token: 'another' } }],
};
/** After these nobody is signed in any more who could ask again. */
const endTheCaller: Readonly<Record<string, number>> = {
  'DELETE /api/me': 401,
  'POST /api/v1/auth/logout': 401,
  'POST /expire-session': 403,
  'POST /update-session': 403,
};

it('knows every write that may be repeated', () => {
  const repeatable = app.app
    .get(Routes)
    .all()
    .filter(({ method, handler }) => method !== 'GET' && !app.app.get(Reflector).get(UNREPEATABLE, handler));
  expect(repeatable.map(({ method, path }) => `${method} ${path}`).sort((one, other) => one.localeCompare(other))).toEqual(
    Object.keys(requests).sort((one, other) => one.localeCompare(other)),
  );
});

const told = ({ status, body }: Answer) => {
  const { meta: _meta, ...rest } = body;
  return { status, ...rest };
};

it.each(Object.keys(requests))('%s answers the same again', async (route) => {
  const [method = ''] = route.split(' ');
  const [path, options] = (await requests[route]?.()) ?? ['', {}];
  const headers = { ...options.headers, 'idempotency-key': `again ${route}` };
  const send = () => app.call(method, path, { ...options, headers });
  const [first, again] = [await send(), await send()];
  expect(first.status).toBeLessThan(300);
  const refused = endTheCaller[route];
  const expected = refused === undefined ? { ...told(first), replayed: 'true' } : { status: refused, replayed: null };
  expect({ ...told(again), replayed: again.headers.get('idempotency-replayed') }).toMatchObject(expected);
});
