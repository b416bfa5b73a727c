import { startApp, type TestApp } from '../../support/app.js';
import { as } from '../../support/as.js';
import { gatewayUser, send } from '../../support/gateway.js';

let app: TestApp;
let admin: string;

beforeAll(async () => {
  app = await startApp();
  admin = (await as(app, 'admin')).token;
});
afterAll(() => app.close());

describe('GET /api/v1/status', () => {
  const status = async () => (await app.call('GET', '/api/v1/status')).body;

  it('answers with the published fields', async () => {
    expect(await status()).toEqual({
      status: 'ok',
      service: 'Mock Payment Gateway',
      version: 'v1.0.0',
      message: 'All systems operational.',
      metrics: { totalTransactions: 0, lastRestart: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}000Z$/) },
    });
  });

  it('counts charges, and nothing else', async () => {
    const user = await gatewayUser(app);
    const charge = () => user.call('POST', '/api/v1/payments/charge', { customerName: 'Bob', paymentAmount: 5, currency: 'GBP' });
    const { id } = (await charge()).body;
    await charge();
    await app.call('POST', '/api/payments', {
      token: admin,
      form: { merchant: 'Spotify', payment_type: 'card', amount_minor: '1', currency: 'GBP', region: 'UK' },
    });
    expect((await status()).metrics.totalTransactions).toBe(2);
    await app.call('DELETE', `/api/v1/transactions/${id}`, { token: admin });
    expect((await status()).metrics.totalTransactions).toBe(1);
  });
});

describe('a method that a path of the gateway does not have', () => {
  it.each([
    ['PUT', '/api/v1/status', 'GET'],
    ['OPTIONS', '/api/v1/status', 'GET'],
    ['GET', '/api/v1/users/register', 'POST'],
    ['PATCH', '/api/v1/users/login', 'POST'],
    ['GET', '/api/v1/users/user_1/role', 'PATCH'],
    ['POST', '/api/v1/protected', 'GET'],
    ['POST', '/api/v1/admin/dashboard', 'GET'],
    ['PUT', '/api/v1/payments/charge', 'DELETE, GET, PATCH, POST'],
    ['POST', '/api/v1/payments/all', 'DELETE, GET, PATCH'],
    ['POST', '/api/v1/payments/txn_000000000000', 'DELETE, GET, PATCH'],
  ])('%s %s is refused in its voice', async (method, path, allow) => {
    const { status, headers, body } = await send(app, method, path);
    expect([status, headers.get('allow'), body]).toEqual([405, allow, { detail: 'Method Not Allowed' }]);
  });

  it('HEAD is one of them', async () => {
    expect((await send(app, 'HEAD', '/api/v1/status')).status).toBe(405);
  });
});

describe('a slash at the end', () => {
  it.each([
    ['GET', '/api/v1/status/', '/api/v1/status'],
    ['POST', '/api/v1/users/register/', '/api/v1/users/register'],
    ['GET', '/api/v1/payments/all/?cursor=x', '/api/v1/payments/all?cursor=x'],
    ['PUT', '/api/v1/users/user_1/role/', '/api/v1/users/user_1/role'],
  ])('%s %s is sent on', async (method, path, location) => {
    const { status, headers, body } = await send(app, method, path);
    expect([status, headers.get('location'), body]).toEqual([307, location, undefined]);
  });

  it.each(['/api/v1/payments/', '/api/v1/nowhere/', '/api/payments/', '/', '//', '/api/v1/transactions/txn_1/'])(
    'of %s is left alone',
    async (path) => {
      expect((await fetch(app.url + path, { redirect: 'manual' })).headers.get('location') ?? '/docs').toBe('/docs');
    },
  );
});

describe('what is the platform’s stays the platform’s', () => {
  it.each([
    ['DELETE', '/api/v1/audit/transactions', 404],
    ['DELETE', '/api/v1/analytics/daily', 405],
    ['DELETE', '/api/v1/tenants/ten_default', 405],
    ['DELETE', '/api/v1/payments/charge', 404],
    ['DELETE', '/api/v1/auth/me', 405],
  ])('%s %s', async (method, path, status) => {
    const answer = await app.call(method, path, { token: admin });
    expect([answer.status, answer.body.data, answer.body.error.code]).toEqual([
      status,
      null,
      status === 405 ? 'method_not_allowed' : 'not_found',
    ]);
  });

  it('also for those who have not signed in', async () => {
    expect((await app.call('DELETE', '/api/v1/audit/transactions')).status).toBe(404);
  });

  it('and ids of its own', async () => {
    const { status, body } = await app.call('GET', '/api/v1/payments/pay_000000000000000000000000', { token: admin });
    expect([status, body.error.code]).toEqual([404, 'not_found']);
    expect(
      (await app.call('PATCH', '/api/v1/payments/txn_000000000000', { token: admin, json: { status: 'failed' } })).body.error.code,
    ).toBe('not_found');
  });
});

describe('what is nobody’s', () => {
  it.each(['/api/v1/unknown/thing', '/api/v1/unknown', '/api/v1/users/register/more', '/api/v1/users/user_1'])(
    '%s is told to the clients of both',
    async (path) => {
      const { status, body } = await app.call('GET', path);
      expect([status, body.detail, body.error.code]).toEqual([404, 'Not Found', 'not_found']);
    },
  );
});
