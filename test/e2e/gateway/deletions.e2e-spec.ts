import { MongoClient } from 'mongodb';
import { startApp, type TestApp } from '../../support/app.js';
import { as, newTenant } from '../../support/as.js';
import { eventually } from '../../support/eventually.js';
import { type GatewayUser, gatewayUser, systemAdmin } from '../../support/gateway.js';

let app: TestApp;
let mongo: MongoClient;
let root: string;
let admin: string;

beforeAll(async () => {
  app = await startApp({ env: { GATEWAY_SETTLE_AFTER_MS: '3600000', BACKGROUND_INTERVAL_MS: '200' } });
  mongo = await MongoClient.connect(app.mongodbUri);
  root = await systemAdmin(app);
  admin = (await as(app, 'admin')).token;
});
afterAll(async () => {
  await mongo.close();
  await app.close();
});

const remove = (path: string, token: string, headers: Record<string, string> = {}) =>
  app.call('DELETE', `/api/v1/${path}`, { token, headers });
const answered = ({ status, body }: { status: number; body: unknown }) => [status, body];
const charge = async (user: GatewayUser) =>
  (await user.call('POST', '/api/v1/payments/charge', { customerName: 'Bob', paymentAmount: 5, currency: 'GBP' })).body.id as string;
const gatewayId = (userId: string) => `user_${userId.slice(-12)}`;

describe('a transaction', () => {
  it.each(['transactions', 'Transactions', 'TRANSACTIONS'])('is deleted by its owner as %s', async (resource) => {
    const user = await gatewayUser(app);
    const id = await charge(user);
    expect(answered(await remove(`${resource}/${id}`, user.token))).toEqual([
      200,
      { message: `Transaction '${id}' deleted successfully.` },
    ]);
    expect((await user.call('GET', `/api/v1/payments/${id}`)).status).toBe(404);
    expect((await user.call('GET', '/api/v1/payments/all')).status).toBe(404);
    expect(answered(await remove(`transactions/${id}`, user.token))).toEqual([404, { detail: `Transaction '${id}' not found.` }]);
  });

  it('is deleted by an administrator of the tenant, and by nobody else', async () => {
    const [user, other] = [await gatewayUser(app), await gatewayUser(app)];
    const id = await charge(user);
    const refused = [403, { detail: 'Access denied. Only transaction owner or admin/system_admin can delete.' }];
    for (const token of [other.token, (await as(app, 'merchant')).token, (await as(app, 'finance')).token]) {
      expect(answered(await remove(`transactions/${id}`, token))).toEqual(refused);
    }
    const stranger = await as(app, 'owner', await newTenant(app));
    expect(answered(await remove(`transactions/${id}`, stranger.token))).toEqual([404, { detail: `Transaction '${id}' not found.` }]);
    expect((await user.call('GET', `/api/v1/payments/${id}`)).status).toBe(200);
    expect((await remove(`transactions/${id}`, admin)).status).toBe(200);
  });

  it('stays for the audit', async () => {
    const user = await gatewayUser(app);
    const id = await charge(user);
    await remove(`transactions/${id}`, user.token);
    const row = await mongo.db().collection('payments').findOne({ 'charge.id': id });
    expect([row?.live, row?.amountMinor]).toEqual([undefined, 500]);
    const actions = await mongo
      .db()
      .collection('audit')
      .find({ 'subject.id': `pay_${String(row?._id)}` })
      .toArray();
    expect(actions.map(({ action }) => action as string)).toEqual(['payment.created', 'payment.deleted']);
  });

  it('is found by its own id alone', async () => {
    for (const id of ['txn_000000000000', 'nothing', 'pay_000000000000000000000000', '%24ne']) {
      expect(answered(await remove(`transactions/${id}`, admin))).toEqual([
        404,
        { detail: `Transaction '${decodeURIComponent(id)}' not found.` },
      ]);
    }
  });
});

describe('a user', () => {
  it('is erased by an administrator, with everything that says who it was', async () => {
    const user = await gatewayUser(app);
    const id = await charge(user);
    expect(answered(await remove(`users/${user.userId}`, admin))).toEqual([
      200,
      { message: `User '${user.userId}' deleted successfully.` },
    ]);
    expect((await app.call('GET', '/api/v1/protected', { token: user.token })).status).toBe(401);
    expect((await user.call('GET', `/api/v1/payments/${id}`)).status).toBe(401);
    expect(answered(await remove(`users/${user.userId}`, admin))).toEqual([404, { detail: `User '${user.userId}' not found.` }]);
    const payment = await mongo.db().collection('payments').findOne({ 'charge.id': id });
    expect([payment?.live, payment?.ownerId, payment?.customer.name]).toEqual([undefined, expect.stringMatching(/^erased_/), '']);
    expect(
      await mongo
        .db()
        .collection('gateway_secrets')
        .countDocuments({ _id: { $regex: user.userId.slice(5) } as never }),
    ).toBe(0);
    const entry = await mongo
      .db()
      .collection('audit')
      .findOne({ action: 'user.erased', 'subject.id': { $regex: user.userId.slice(5) } });
    expect(entry?.actor).toMatchObject({ role: 'admin' });
    expect(
      (await app.call('POST', '/api/v1/users/register', { json: { name: 'Ava', email: user.email, password: 'longenough' } })).status,
    ).toBe(201);
  });

  it('leaves nothing behind that says who it was, or whom it charged', async () => {
    const user = await gatewayUser(app, 'canary.mail@acme.test', 'Canary Owner');
    const json = {
      customerName: 'Canary Customer',
      paymentAmount: 5,
      currency: 'GBP',
      details: 'canary details',
      webhookUrl: 'http://127.0.0.1:9999/hook',
    };
    const { id } = (await user.call('POST', '/api/v1/payments/charge', json, { 'idempotency-key': 'canary' })).body;
    const row = await mongo.db().collection('payments').findOne({ 'charge.id': id });
    await mongo
      .db()
      .collection('jobs')
      .updateOne({ 'payload.paymentId': String(row?._id) }, { $set: { runAt: new Date(0) } });
    await eventually(async () => (await user.call('GET', `/api/v1/payments/${id}`)).body.status === 'completed');
    await eventually(async () => (await mongo.db().collection('webhook_deliveries').countDocuments({})) > 0);
    expect((await remove(`users/${user.userId}`, admin)).status).toBe(200);
    for (const { name } of await mongo.db().listCollections().toArray()) {
      const text = JSON.stringify(await mongo.db().collection(name).find().toArray());
      expect([name, /canary/i.exec(text)?.[0]]).toEqual([name, undefined]);
    }
  });

  it('is not deleted by others, whoever is named', async () => {
    const { token } = await gatewayUser(app);
    const refused = [403, { detail: 'Access denied. Only system_admin/admin can delete users.' }];
    for (const id of ['user_000000000000', 'nobody']) expect(answered(await remove(`users/${id}`, token))).toEqual(refused);
    expect(answered(await remove('users/nobody', (await as(app, 'finance')).token))).toEqual(refused);
  });

  it('does not delete itself here', async () => {
    const somebody = await as(app, 'admin');
    for (const token of [somebody.token, root]) {
      const { userId } = (await app.call('GET', '/api/v1/protected', { token })).body;
      expect(answered(await remove(`users/${userId}`, token))).toEqual([400, { detail: 'Admins cannot delete their own user account.' }]);
    }
  });

  it('who administers anything is deleted by a system administrator alone', async () => {
    const refused = [403, { detail: 'Access denied. Only system_admin can delete this user.' }];
    const { userId: rootId } = (await app.call('GET', '/api/v1/protected', { token: root })).body;
    expect(answered(await remove(`users/${rootId}`, admin))).toEqual(refused);
    const colleague = gatewayId((await as(app, 'admin')).userId);
    expect(answered(await remove(`users/${colleague}`, admin))).toEqual(refused);
    expect((await remove(`users/${colleague}`, root)).status).toBe(200);
  });

  it('who belongs to another tenant as well is deleted by a system administrator alone', async () => {
    const merchant = await as(app, 'merchant');
    await app.call('POST', '/api/v1/tenants', { token: merchant.token, json: { name: 'Side business' } });
    expect((await remove(`users/${gatewayId(merchant.userId)}`, admin)).status).toBe(403);
    expect((await remove(`users/${gatewayId(merchant.userId)}`, root)).status).toBe(200);
  });

  it('of another tenant is not there', async () => {
    const stranger = await as(app, 'merchant', await newTenant(app));
    const id = gatewayId(stranger.userId);
    expect(answered(await remove(`users/${id}`, admin))).toEqual([404, { detail: `User '${id}' not found.` }]);
  });
});

it.each(['records', 'foo', 'status', 'user', '__proto__'])('knows no %s', async (resource) => {
  const detail = "Invalid resource type. Must be 'transactions' or 'users'.";
  expect(answered(await remove(`${resource}/x`, admin))).toEqual([400, { detail }]);
});

it.each(['transactions', 'users'])('answers the same again for %s', async (resource) => {
  const user = await gatewayUser(app);
  const id = resource === 'users' ? user.userId : await charge(user);
  const headers = { 'idempotency-key': `again ${resource}` };
  const [first, again] = [await remove(`${resource}/${id}`, admin, headers), await remove(`${resource}/${id}`, admin, headers)];
  expect([first.status, answered(again), again.headers.get('idempotency-replayed')]).toEqual([200, answered(first), 'true']);
});
