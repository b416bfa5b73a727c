import { startApp, type TestApp } from '../../support/app.js';

let app: TestApp;
let admin: string;
let ann: string;
let bob: string;

beforeAll(async () => {
  app = await startApp();
  admin = await signIn('admin@system.local', 'Admin@123!');
  for (const email of ['ann@example.com', 'bob@example.com']) {
    await app.call('POST', '/api/auth/register', { form: { email, password: 'secret1' } });
  }
  [ann, bob] = [await signIn('ann@example.com', 'secret1'), await signIn('bob@example.com', 'secret1')];
  await payment(ann, '2026-01-03T10:00:00', 1000, 'GBP', 'success', [['Stripe', 'success', 100]]);
  await payment(ann, '2026-01-03T23:30:00', 250, 'GBP', 'failed', [
    ['Stripe', 'failure', 201],
    ['Adyen', 'failure', 60],
  ]);
  await payment(ann, '2026-01-04T00:30:00', 999, 'EUR', 'pending', []);
  await payment(bob, '2026-01-05T12:00:00', 40, 'USD', 'success', [
    ['PayPal', 'failure', 300],
    ['Stripe', 'success', 129],
  ]);
});
afterAll(() => app.close());

async function signIn(email: string, password: string): Promise<string> {
  return (await app.call('POST', '/api/auth/login', { form: { email, password } })).body.data.token;
}
async function payment(
  token: string,
  at: string,
  amount: number,
  currency: string,
  status: string,
  attempts: [provider: string, result: string, latency: number][],
) {
  const provider_attempts = JSON.stringify(attempts.map(([provider, result, latency_ms]) => ({ provider, result, latency_ms })));
  const form = { merchant: 'Spotify', payment_type: 'card', region: 'UK', amount_minor: String(amount), currency, provider_attempts };
  await app.call('POST', '/api/payments', { token, form });
  const [{ _id }] = (await app.call('GET', '/api/payments?limit=1', { token: admin })).body.data.payments;
  expect((await app.call('PUT', `/api/payments/${_id}`, { token: admin, form: { initiated_at: at, status } })).status).toBe(200);
}
const ask = async (path: string, token = admin) => (await app.call('GET', `/api/analytics/${path}`, { token })).body;
const askPlatform = async (path: string, token = admin) => (await app.call('GET', `/api/v1/analytics/${path}`, { token })).body;

it('sums volume by currency, over all statuses unless one is asked for', async () => {
  expect(await ask('payment-volume')).toEqual({
    status: 200,
    data: [
      { currency: 'EUR', total_volume: 999 },
      { currency: 'GBP', total_volume: 1250 },
      { currency: 'USD', total_volume: 40 },
    ],
  });
  expect((await ask('payment-volume?status=success')).data).toEqual([
    { currency: 'GBP', total_volume: 1000 },
    { currency: 'USD', total_volume: 40 },
  ]);
  expect((await ask('payment-volume?status=bogus', bob)).data).toEqual([{ currency: 'USD', total_volume: 40 }]);
});

it('averages latency over attempts, not rounded', async () => {
  expect((await ask('provider-latency')).data).toEqual([
    { provider: 'Adyen', average_latency_ms: 60 },
    { provider: 'PayPal', average_latency_ms: 300 },
    { provider: 'Stripe', average_latency_ms: 143.33333333333334 },
  ]);
  expect((await ask('provider-latency?status=pending')).data).toEqual([]);
});

it('counts statuses in the published order', async () => {
  expect((await ask('payment-status')).data).toEqual([
    { status: 'success', count: 2 },
    { status: 'pending', count: 1 },
    { status: 'failed', count: 1 },
  ]);
  expect((await ask('payment-status', ann)).data).toEqual([
    { status: 'success', count: 1 },
    { status: 'pending', count: 1 },
    { status: 'failed', count: 1 },
  ]);
});

it.each([
  ['from=2026-01-04&to=2026-01-05', ['EUR', 'USD']],
  ['to=2026-01-03', ['GBP']],
  ['from=2026-01-03T23:00:00&to=2026-01-04T00:30:00', ['EUR', 'GBP']],
  ['from=2026-01-06', []],
  ['from=2026-01-05&to=2026-01-04', []],
])('keeps to the range %s', async (range, currencies) => {
  const { data } = await ask(`payment-volume?${range}`);
  expect(data.map(({ currency }: { currency: string }) => currency)).toEqual(currencies);
});

it.each(['from=yesterday', 'to=2026-02-30', 'from[]=1&from[]=2&from=a&from=b'])('refuses %s', async (query) => {
  for (const path of ['payment-volume', 'provider-latency', 'payment-status']) {
    const { status, message } = await ask(`${path}?${query}`);
    expect({ status, message }).toEqual({ status: 400, message: query.startsWith('to') ? 'Invalid to' : 'Invalid from' });
  }
});

describe('on the platform', () => {
  it('answers the same in its own dialect', async () => {
    expect(await askPlatform('payment-volume?status=success')).toEqual({
      data: [
        { currency: 'GBP', totalVolume: 1000 },
        { currency: 'USD', totalVolume: 40 },
      ],
      error: null,
      meta: { traceId: expect.stringMatching(/^[0-9a-f]{32}$/) },
    });
    expect((await askPlatform('provider-latency', bob)).data).toEqual([
      { provider: 'PayPal', averageLatencyMs: 300 },
      { provider: 'Stripe', averageLatencyMs: 129 },
    ]);
    expect((await askPlatform('payment-status?status=failed')).data).toEqual([{ status: 'failed', count: 1 }]);
  });

  it('gives the success rate of payments and of each provider', async () => {
    expect((await askPlatform('success-rate')).data).toEqual({
      succeeded: 2,
      failed: 1,
      rate: 2 / 3,
      attempts: { made: 5, succeeded: 2, rate: 0.4 },
      providers: [
        { provider: 'Adyen', attempts: 1, succeeded: 0, rate: 0 },
        { provider: 'PayPal', attempts: 1, succeeded: 0, rate: 0 },
        { provider: 'Stripe', attempts: 3, succeeded: 2, rate: 2 / 3 },
      ],
    });
    expect((await askPlatform('success-rate?from=2030-01-01')).data).toEqual({
      succeeded: 0,
      failed: 0,
      rate: null,
      attempts: { made: 0, succeeded: 0, rate: null },
      providers: [],
    });
  });

  it('gives every day of the tenant zone, also the empty ones', async () => {
    const day = (date: string, counts: object, volume: object[]) => ({
      day: date,
      counts: { success: 0, pending: 0, failed: 0, ...counts },
      volume,
    });
    expect((await askPlatform('daily?from=2026-01-02&to=2026-01-04')).data).toEqual({
      timeZone: 'UTC',
      rebuilding: false,
      days: [
        day('2026-01-02', {}, []),
        day('2026-01-03', { success: 1, failed: 1 }, [{ currency: 'GBP', totalVolume: 1250 }]),
        day('2026-01-04', { pending: 1 }, [{ currency: 'EUR', totalVolume: 999 }]),
      ],
    });
    expect((await askPlatform('daily')).data.days).toHaveLength(30);
    expect((await askPlatform('daily?to=9999-12-31')).data.days).toHaveLength(30);
  });

  it.each([
    ['daily?from=2026-01-04&to=2026-01-03', 'from must not lie after to'],
    ['daily?from=2000-01-01&to=2026-01-03', 'A series holds at most 731 days'],
    ['daily?from=0241-11-22&to=9999-12-31', 'A series holds at most 731 days'],
    ['daily?from=2026-01-04T10:00:00', expect.stringContaining('from')],
    ['payment-volume?status=bogus', expect.stringContaining('status')],
    ['payment-volume?unknown=1', expect.stringContaining('unknown')],
  ])('refuses %s', async (path, message) => {
    const { error } = await askPlatform(path);
    expect(error).toMatchObject({ code: 'validation_failed', message });
  });

  it('counts days in another zone after it changed', async () => {
    expect((await app.call('PATCH', '/api/v1/tenants/ten_default', { token: admin, json: { timeZone: 'Europe/Berlin' } })).status).toBe(
      200,
    );
    let series;
    do series = (await askPlatform('daily?from=2026-01-03&to=2026-01-04')).data;
    while (series.rebuilding);
    expect(series).toMatchObject({
      timeZone: 'Europe/Berlin',
      days: [{ counts: { success: 1, failed: 0 } }, { counts: { failed: 1, pending: 1 } }],
    });
    expect((await ask('payment-volume?from=2026-01-03&to=2026-01-03')).data).toEqual([{ currency: 'GBP', total_volume: 1250 }]);
  });
});
