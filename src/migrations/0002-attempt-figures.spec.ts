import { ObjectId } from 'mongodb';
import { startApp, type TestApp } from '../../test/support/app.js';
import { Database } from '../kernel/mongo/database.js';
import type { ObjectIdHex } from '../kernel/ids.js';
import { PaymentsImport } from '../payments/payments-import.service.js';
import type { Payment } from '../payments/payment.js';

const initiatedAt = new Date('2026-01-03T10:00:00Z');
const payment: Payment = {
  id: new ObjectId().toHexString() as ObjectIdHex,
  tenantId: 'ten_default',
  ownerId: 'usr_ann',
  createdBy: 'ann@example.com',
  merchant: 'Spotify',
  paymentType: 'card',
  amountMinor: 1000,
  currency: 'GBP',
  region: 'UK',
  state: 'captured',
  customer: { name: '', email: '', country: '' },
  attempts: [{ provider: 'Stripe', result: 'success', latencyMs: 12 }],
  decisions: [],
  initiatedAt,
  createdAt: initiatedAt,
  updatedAt: initiatedAt,
  rev: 1,
};
type Row = { _id: number | string };

let app: TestApp;
afterEach(() => app.close());

async function signIn(): Promise<string> {
  const form = { email: 'admin@system.local', password: 'Admin@123!' };
  return (await app.call('POST', '/api/auth/login', { form })).body.data.token;
}
const ask = async (path: string, token: string) => (await app.call('GET', `/api/v1/analytics/${path}`, { token })).body.data;

it('counts latencies of payments that were counted without, at the next start', async () => {
  app = await startApp();
  const token = await signIn();
  await app.app.get(PaymentsImport).insert('ten_default', [payment]);
  const { db } = app.app.get(Database);
  const buckets = db.collection<Row>('payment_buckets');
  const withLatencies = await buckets
    .find({ latencies: { $exists: true } })
    .sort({ _id: 1 })
    .toArray();
  await buckets.updateMany({}, { $unset: { latencies: '' } });
  const of = [{ provider: 'Stripe', attempts: 1, p50: 12, p95: 12, p99: 12 }];
  expect(await ask('latency-percentiles', token)).toEqual([{ ...of[0], p50: null, p95: null, p99: null }]);
  await db.collection<Row>('migrations').deleteOne({ _id: 2 });
  const { mongodbUri } = app;
  await app.close();

  app = await startApp({ mongodbUri, env: { BACKGROUND_INTERVAL_MS: '20' } });
  expect(await ask('latency-percentiles', token)).toEqual(of);
  while ((await ask('daily', token)).rebuilding);
  expect(await ask('latency-percentiles', token)).toEqual(of);
  const now = app.app.get(Database).db.collection<Row>('payment_buckets');
  expect(
    await now
      .find({ latencies: { $exists: true } })
      .sort({ _id: 1 })
      .toArray(),
  ).toEqual(withLatencies.map((bucket) => ({ ...bucket, _id: String(bucket._id).replace(':1:', ':2:'), generation: 2 })));
});
