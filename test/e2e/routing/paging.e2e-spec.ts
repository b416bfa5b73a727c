import { MongoClient } from 'mongodb';
import { demoPayments } from '../../../src/demo/demo-payments.js';
import { PaymentsImport } from '../../../src/payments/payments-import.service.js';
import { FakeClock } from '../../support/clock.js';
import { startApp, type TestApp } from '../../support/app.js';

const until = '2026-06-01T12:34:56Z';
/** A tenth of them and more are pending, and pages are looked for far beyond 2,000. */
const count = 22_000;
let app: TestApp;
let client: MongoClient;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  app = await startApp({ env: { DEMO_DATA: 'small' }, clock: new FakeClock(until) });
  client = await MongoClient.connect(app.mongodbUri);
  const merchants = await client.db().collection('users').find({ 'memberships.role': 'merchant' }).toArray();
  const owners = merchants.map(({ _id, email }) => ({ id: String(_id), email: String(email) }));
  const payments = demoPayments({ tenantId: 'ten_default', owners, count, seed: 2, until: new Date(until) });
  while (payments.length > 0) await app.app.get(PaymentsImport).insert('ten_default', payments.splice(0, 1_000));
  for (const [caller, email, password] of [
    ['admin', 'parth@payments.com', 'admin123'],
    ['merchant', 'arjun@payments.com', 'pass123'],
  ] as const) {
    tokens[caller] = (await app.call('POST', '/api/auth/login', { form: { email, password } })).body.data.token;
  }
}, 120_000);
afterAll(async () => {
  await client.close();
  await app.close();
});

/** Typed as the contract says: newest first, then by id; read from the rows alone. */
async function expected(match: object): Promise<string[]> {
  const rows = await client.db().collection('payments').find(match).sort({ initiatedAt: -1, _id: -1 }).project({ _id: 1 }).toArray();
  return rows.map(({ _id }) => String(_id));
}

const day = (text: string) => new Date(`${text}T00:00:00Z`);

it.each([
  ['admin', '', {}],
  ['admin', '&status=pending', { status: 'pending' }],
  ['admin', '&from=2025-09-10&to=2026-02-20', { initiatedAt: { $gte: day('2025-09-10'), $lt: day('2026-02-21') } }],
  [
    'admin',
    '&from=2025-09-10T13:00:00&to=2026-02-20T17:30:00&status=success',
    { status: 'success', initiatedAt: { $gte: new Date('2025-09-10T13:00:00Z'), $lt: new Date('2026-02-20T17:30:00.001Z') } },
  ],
  ['merchant', '', { createdBy: 'arjun@payments.com' }],
  ['merchant', '&to=2026-01-20T06:00:00', { createdBy: 'arjun@payments.com', initiatedAt: { $lte: new Date('2026-01-20T06:00:00Z') } }],
])('finds every page for the %s with "%s", near and far', async (caller, query, match) => {
  const ids = await expected(match);
  expect(ids.length).toBeGreaterThan(2_000);
  const pages = Math.ceil(ids.length / 100);
  for (const page of [1, 2, 9, 10, 11, 12, 13, 57, Math.floor(pages / 2), pages - 1, pages, pages + 1]) {
    const { data } = (await app.call('GET', `/api/payments?limit=100&page=${page}${query}`, { token: tokens[caller] })).body;
    expect([page, data.total]).toEqual([page, ids.length]);
    expect(data.payments.map(({ _id }: { _id: string }) => _id)).toEqual(ids.slice((page - 1) * 100, page * 100));
  }
});

it('finds a far page also right after a payment before it has gone', async () => {
  const far = () => app.call('GET', '/api/payments?limit=100&page=57', { token: tokens['admin'] });
  await far();
  for (let time = 0; time < 3; time++) {
    const [, , newest] = await expected({ live: true });
    expect((await app.call('DELETE', `/api/payments/${newest}`, { token: tokens['admin'] })).status).toBe(200);
    const ids = await expected({ live: true });
    const { data } = (await far()).body;
    expect(data.total).toBe(ids.length);
    expect(data.payments.map(({ _id }: { _id: string }) => _id)).toEqual(ids.slice(5_600, 5_700));
  }
});
