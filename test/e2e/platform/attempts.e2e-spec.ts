import { ObjectId } from 'mongodb';
import type { ObjectIdHex } from '../../../src/kernel/ids.js';
import { PaymentsImport } from '../../../src/payments/payments-import.service.js';
import type { Attempt, Payment } from '../../../src/payments/payment.js';
import type { PaymentState } from '../../../src/payments/payment-states.js';
import { startApp, type TestApp } from '../../support/app.js';

type Try = [provider: Attempt['provider'], result: 'success' | 'failure', latencyMs: number, code?: string];

let app: TestApp;
let admin: string;
const merchants: Record<string, { token: string; id: string }> = {};

beforeAll(async () => {
  app = await startApp();
  admin = await signIn('admin@system.local', 'Admin@123!');
  for (const name of ['ann', 'bob']) {
    const email = `${name}@example.com`;
    await app.call('POST', '/api/auth/register', { form: { email, password: 'secret1' } });
    const token = await signIn(email, 'secret1');
    merchants[name] = { token, id: (await app.call('GET', '/api/v1/auth/me', { token })).body.data.user.id };
  }
  await app.app.get(PaymentsImport).insert('ten_default', [
    payment('ann', '2026-01-03T10:00:00Z', 'captured', [['Stripe', 'success', 10]]),
    payment('ann', '2026-01-03T23:30:00Z', 'declined', [
      ['Stripe', 'failure', 20, 'insufficient_funds'],
      ['Adyen', 'failure', 5],
    ]),
    payment('ann', '2026-01-04T09:00:00Z', 'refunded', [
      ['Stripe', 'failure', 0, 'expired_card'],
      ['PayPal', 'failure', 24, 'expired_card'],
      ['Adyen', 'success', 7],
    ]),
    payment('ann', '2026-01-04T12:00:00Z', 'created', []),
    payment('ann', '2026-01-04T13:00:00Z', 'captured', []),
    payment('bob', '2026-01-04T15:00:00Z', 'captured', [
      ['PayPal', 'success', 3],
      ['Stripe', 'failure', 4, 'insufficient_funds'],
    ]),
    payment('bob', '2026-01-05T12:00:00Z', 'declined', [
      ['Adyen', 'failure', 8, 'insufficient_funds'],
      ['Stripe', 'success', 9],
    ]),
    payment('bob', '2026-01-05T13:00:00Z', 'captured', [
      ['Adyen', 'success', 6],
      ['Stripe', 'failure', 2, 'limit_exceeded'],
      ['Stripe', 'success', 1],
    ]),
  ]);
});
afterAll(() => app.close());

async function signIn(email: string, password: string): Promise<string> {
  return (await app.call('POST', '/api/auth/login', { form: { email, password } })).body.data.token;
}
function payment(owner: string, at: string, state: PaymentState, tries: readonly Try[]): Payment {
  const initiatedAt = new Date(at);
  return {
    id: new ObjectId().toHexString() as ObjectIdHex,
    tenantId: 'ten_default',
    ownerId: merchants[owner]?.id as string,
    createdBy: `${owner}@example.com`,
    merchant: 'Spotify',
    paymentType: 'card',
    amountMinor: 1000,
    currency: 'GBP',
    region: 'UK',
    state,
    customer: { name: '', email: '', country: '' },
    attempts: tries.map(([provider, result, latencyMs, code]) => ({ provider, result, latencyMs, ...(code !== undefined && { code }) })),
    decisions: [],
    initiatedAt,
    createdAt: initiatedAt,
    updatedAt: initiatedAt,
    rev: 1,
  };
}
const answer = async (path: string, token = admin) => (await app.call('GET', `/api/v1/analytics/${path}`, { token })).body;
const ask = async (path: string, token?: string) => (await answer(path, token)).data;
const tokenOf = (name: string) => merchants[name]?.token as string;

it('answers in the dialect of the platform', async () => {
  expect(await answer('failover-recovery')).toEqual({
    data: { attempted: 4, recovered: 2, share: 0.5 },
    error: null,
    meta: { traceId: expect.stringMatching(/^[0-9a-f]{32}$/) },
  });
});

it('gives the success rate of all attempts beside that of payments', async () => {
  const { succeeded, failed, attempts } = await ask('success-rate');
  expect({ succeeded, failed, attempts }).toEqual({ succeeded: 5, failed: 2, attempts: { made: 13, succeeded: 6, rate: 6 / 13 } });
  expect((await ask('success-rate?status=failed', tokenOf('bob'))).attempts).toEqual({ made: 2, succeeded: 1, rate: 0.5 });
  expect((await ask('success-rate?to=2026-01-01')).attempts).toEqual({ made: 0, succeeded: 0, rate: null });
});

it.each([
  ['', 'ann', { attempted: 2, recovered: 1, share: 0.5 }],
  ['', 'bob', { attempted: 2, recovered: 1, share: 0.5 }],
  ['?to=2026-01-03', undefined, { attempted: 1, recovered: 0, share: 0 }],
  ['?from=2026-01-04T09:00:00Z&to=2026-01-05T12:30:00Z', undefined, { attempted: 2, recovered: 1, share: 0.5 }],
  ['?from=2026-01-04T09:00:00.001Z', undefined, { attempted: 2, recovered: 1, share: 0.5 }],
  ['?from=2026-02-01', undefined, { attempted: 0, recovered: 0, share: null }],
])('counts payments that failover saved: %s of %s', async (query, owner, expected) => {
  expect(await ask(`failover-recovery${query}`, owner === undefined ? admin : tokenOf(owner))).toEqual(expected);
});

it.each([
  [
    '',
    undefined,
    [
      { provider: 'Adyen', attempts: 4, p50: 6, p95: 7, p99: 7 },
      { provider: 'PayPal', attempts: 2, p50: 3, p95: 3, p99: 3 },
      { provider: 'Stripe', attempts: 7, p50: 4, p95: 10, p99: 10 },
    ],
  ],
  [
    '?status=success',
    'bob',
    [
      { provider: 'Adyen', attempts: 1, p50: 6, p95: 6, p99: 6 },
      { provider: 'PayPal', attempts: 1, p50: 3, p95: 3, p99: 3 },
      { provider: 'Stripe', attempts: 3, p50: 2, p95: 2, p99: 2 },
    ],
  ],
  ['?from=2026-01-03T10:30:00Z&to=2026-01-03T22:00:00Z', undefined, []],
  ['?to=2026-01-03T12:00:00Z', undefined, [{ provider: 'Stripe', attempts: 1, p50: 10, p95: 10, p99: 10 }]],
  [
    '?from=2026-01-03T12:00:00Z&to=2026-01-04T10:00:00Z',
    'ann',
    [
      { provider: 'Adyen', attempts: 2, p50: 5, p95: 5, p99: 5 },
      { provider: 'PayPal', attempts: 1, p50: 24, p95: 24, p99: 24 },
      { provider: 'Stripe', attempts: 2, p50: 0, p95: 0, p99: 0 },
    ],
  ],
])('gives percentiles of latency by provider: %s of %s', async (query, owner, expected) => {
  expect(await ask(`latency-percentiles${query}`, owner === undefined ? admin : tokenOf(owner))).toEqual(expected);
});

const declined = (code: string, byProvider: Record<string, number>) => ({
  code,
  count: Object.values(byProvider).reduce((sum, count) => sum + count, 0),
  providers: Object.entries(byProvider).map(([provider, count]) => ({ provider, count })),
});
it.each([
  [
    '',
    undefined,
    [
      declined('expired_card', { PayPal: 1, Stripe: 1 }),
      declined('insufficient_funds', { Adyen: 1, Stripe: 2 }),
      declined('limit_exceeded', { Stripe: 1 }),
      declined('unspecified', { Adyen: 1 }),
    ],
  ],
  ['?status=failed', 'ann', [declined('insufficient_funds', { Stripe: 1 }), declined('unspecified', { Adyen: 1 })]],
  [
    '?from=2026-01-03T12:00:00Z&to=2026-01-03',
    'ann',
    [declined('insufficient_funds', { Stripe: 1 }), declined('unspecified', { Adyen: 1 })],
  ],
  ['?from=2026-01-05', undefined, [declined('insufficient_funds', { Adyen: 1 }), declined('limit_exceeded', { Stripe: 1 })]],
  ['?status=pending', undefined, []],
])('counts declines by category and provider: %s of %s', async (query, owner, expected) => {
  expect(await ask(`attempt-declines${query}`, owner === undefined ? admin : tokenOf(owner))).toEqual(expected);
});

it.each([
  ['latency-percentiles?status=bogus', expect.stringContaining('status')],
  ['failover-recovery?status=success', expect.stringContaining('status')],
  ['failover-recovery?from=2026-02-30', expect.stringContaining('from')],
  ['attempt-declines?unknown=1', expect.stringContaining('unknown')],
])('refuses %s', async (path, message) => {
  expect((await answer(path)).error).toMatchObject({ code: 'validation_failed', message });
});

it('forgets an erased merchant, and counts a corrected status', async () => {
  expect((await app.call('DELETE', '/api/me', { token: tokenOf('bob') })).status).toBe(200);
  expect(await ask('failover-recovery')).toEqual({ attempted: 2, recovered: 1, share: 0.5 });
  expect(await ask('attempt-declines')).toEqual([
    declined('expired_card', { PayPal: 1, Stripe: 1 }),
    declined('insufficient_funds', { Stripe: 1 }),
    declined('unspecified', { Adyen: 1 }),
  ]);
  const { data: failed } = (await app.call('GET', '/api/v1/payments?status=failed', { token: admin })).body;
  const change = { status: 'success', attempts: [{ provider: 'PayPal', result: 'success', latencyMs: 25 }] };
  expect((await app.call('PATCH', `/api/v1/payments/${failed[0].id}`, { token: admin, json: change })).status).toBe(200);
  expect(await ask('failover-recovery')).toEqual({ attempted: 3, recovered: 2, share: 2 / 3 });
  expect(await ask('attempt-declines?status=success&from=2026-01-03&to=2026-01-03')).toEqual([
    declined('insufficient_funds', { Stripe: 1 }),
    declined('unspecified', { Adyen: 1 }),
  ]);
  expect(await ask('attempt-declines?status=failed')).toEqual([]);
  const [, payPal] = await ask('latency-percentiles');
  expect(payPal).toEqual({ provider: 'PayPal', attempts: 2, p50: 24, p95: 24, p99: 24 });
});
