import { MongoClient } from 'mongodb';
import { startApp, type TestApp } from '../../support/app.js';

let app: TestApp;
let client: MongoClient;
let admin: string;

beforeAll(async () => {
  app = await startApp();
  client = await MongoClient.connect(app.mongodbUri);
  admin = await signIn('admin@system.local', 'Admin@123!');
});
afterAll(async () => {
  await client.close();
  await app.close();
});

const credentials = { email: 'ann@example.com', password: 'secret1' };
const details = { name: 'Ava Reed', email: 'ava.reed@example.com', country: 'UK' };
const payment = {
  merchant: 'Spotify',
  payment_type: 'card',
  amount_minor: '500',
  currency: 'GBP',
  region: 'UK',
  customer_details: JSON.stringify(details),
};

async function signIn(email = credentials.email, password = credentials.password): Promise<string> {
  return (await app.call('POST', '/api/auth/login', { form: { email, password } })).body.data.token;
}
async function registered(): Promise<string> {
  expect((await app.call('POST', '/api/auth/register', { form: credentials })).status).toBe(201);
  return signIn();
}
const create = (token: string) => app.call('POST', '/api/payments', { token, form: payment });
const total = async (token = admin) => (await app.call('GET', '/api/payments', { token })).body.data.total;

it('takes the account and its payments out of every API, and the person out of the data', async () => {
  const token = await registered();
  for (let made = 0; made < 3; made++) await create(token);
  const json = { merchant: 'Spotify', paymentType: 'card', amountMinor: 500, currency: 'GBP', region: 'UK', customer: details };
  const keyed = await app.call('POST', '/api/v1/payments', { token, json, headers: { 'idempotency-key': 'kept' } });
  expect(keyed.status).toBe(201);
  const other = await signIn();
  expect(await total()).toBe(4);
  const { status, body } = await app.call('DELETE', '/api/me', { token });
  expect({ status, body }).toEqual({ status: 200, body: { status: 200, message: 'Account deleted' } });
  for (const dead of [token, other]) {
    const again = await app.call('DELETE', '/api/me', { token: dead });
    expect({ status: again.status, body: again.body }).toEqual({ status: 401, body: { status: 401, message: 'Invalid token' } });
  }
  expect(await total()).toBe(0);
  expect((await app.call('GET', '/api/analytics/payment-volume', { token: admin })).body).toEqual({ status: 200, data: [] });
  const kept = await client.db().collection('payments').find().toArray();
  expect(kept).toHaveLength(4);
  expect(kept.every(({ ownerId, createdBy }) => String(ownerId).startsWith('erased_') && createdBy === ownerId)).toBe(true);
  const everything = await Promise.all((await client.db().collections()).map((collection) => collection.find().toArray()));
  expect(JSON.stringify(everything)).not.toMatch(/ann@example|Ava Reed|ava\.reed/);
});

it('lets the e-mail register again, which inherits nothing', async () => {
  const first = await registered();
  await create(first);
  await app.call('DELETE', '/api/me', { token: first });
  const second = await registered();
  expect(await total(second)).toBe(0);
  await create(second);
  expect(await total(second)).toBe(1);
  await app.call('DELETE', '/api/me', { token: second });
});

it('lets nothing be created for the person by requests of the same moment', async () => {
  for (let round = 0; round < 10; round++) {
    const token = await registered();
    const answers = await Promise.all([
      create(token),
      create(token),
      app.call('DELETE', '/api/me', { token }),
      create(token),
      create(token),
    ]);
    expect(answers.map(({ status }) => status).every((status) => [200, 201, 401].includes(status))).toBe(true);
    expect(answers[2]?.status).toBe(200);
    expect(await total()).toBe(0);
  }
  const live = await client.db().collection('payments').countDocuments({ live: true });
  expect(live).toBe(0);
});

it('waits until no provider may move money of theirs any more', async () => {
  const token = await registered();
  await create(token);
  const payments = client.db().collection('payments');
  const under = { 'flow.operation': { key: 'pay_1-1-capture-2' } };
  const { modifiedCount } = await payments.updateOne({ createdBy: credentials.email, live: true }, { $set: under });
  expect(modifiedCount).toBe(1);
  const { status, body } = await app.call('DELETE', '/api/me', { token });
  const message = 'Payments are under way: their end has to be known first';
  expect({ status, body }).toEqual({ status: 409, body: { status: 409, message } });
  expect((await app.call('GET', '/api/payments', { token })).status).toBe(200);
  await payments.updateOne({ createdBy: credentials.email, live: true }, { $set: { 'flow.operation': null } });
  expect((await app.call('DELETE', '/api/me', { token })).status).toBe(200);
});
