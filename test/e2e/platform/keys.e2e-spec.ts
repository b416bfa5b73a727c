import { MongoClient } from 'mongodb';
import { type Answer, startApp, type TestApp } from '../../support/app.js';
import { as, newTenant, type Somebody } from '../../support/as.js';
import { FakeClock } from '../../support/clock.js';

const path = '/api/v1/api-keys';
const clock = new FakeClock('2026-03-01T12:00:00.000Z');
let app: TestApp;
let mongo: MongoClient;
let tenantId: string;
let owner: Somebody;
let merchant: Somebody;

beforeAll(async () => {
  app = await startApp({ clock });
  mongo = await MongoClient.connect(app.mongodbUri);
  tenantId = await newTenant(app);
  owner = await as(app, 'owner', tenantId);
  merchant = await as(app, 'merchant', tenantId);
});
afterAll(async () => {
  await mongo.close();
  await app.close();
});

const payment = { merchant: 'Spotify', paymentType: 'card', amountMinor: 1299, currency: 'GBP', region: 'UK' };
const make = async ({ token }: Somebody, scopes: string[], more: object = {}): Promise<{ id: string; secret: string }> => {
  const { status, body } = await app.call('POST', path, { token, json: { name: 'Checkout server', scopes, ...more } });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return { id: body.data.key.id as string, secret: body.data.secret as string };
};
const use = (secret: string, method = 'GET', at = '/api/v1/payments', json?: unknown, headers: Record<string, string> = {}) =>
  app.call(method, at, { json, headers: { 'x-api-key': secret, ...headers } });
const refusal = ({ status, body }: Answer) => [status, body.error.code, body.error.message];
const signedIn = async (somebody: Somebody): Promise<Somebody> => {
  const json = { email: somebody.email, password: somebody.password };
  return { ...somebody, token: (await app.call('POST', '/api/auth/login', { json })).body.data.token as string };
};

describe('making a key', () => {
  it('shows the secret once, and afterwards how it begins and ends', async () => {
    const { status, body } = await app.call('POST', path, {
      token: merchant.token,
      json: { name: ' Checkout server ', scopes: ['payments:read', 'payments:read'] },
    });
    expect(status).toBe(201);
    const { secret, key } = body.data;
    expect(secret).toMatch(/^pk_[0-9a-f]{8}_[\w-]{43}$/);
    expect(key).toEqual({
      id: expect.stringMatching(/^key_/),
      name: 'Checkout server',
      kind: 'platform',
      prefix: secret.slice(0, 12),
      last4: secret.slice(-4),
      scopes: ['payments:read'],
      ownerId: merchant.userId,
      createdAt: '2026-03-01T12:00:00.000Z',
      rotatedAt: null,
      overlapEnds: null,
      expiresAt: null,
      lastUsedAt: null,
    });
    const listed = await app.call('GET', path, { token: merchant.token });
    expect(listed.body.data).toContainEqual(key);
    expect(JSON.stringify(listed.body)).not.toContain(secret);
  });

  it.each([
    [{ name: '', scopes: ['payments:read'] }, 'name should not be empty'],
    [{ name: 'a', scopes: [] }, 'scopes must contain at least 1 elements'],
    [{ name: 'a', scopes: ['payments:delete'] }, expect.stringContaining('each value in scopes must be one of the following values')],
    [{ name: 'a', scopes: ['keys:write'] }, expect.stringContaining('each value in scopes must be one of the following values')],
    [{ name: 'a', scopes: ['self'] }, expect.stringContaining('each value in scopes must be one of the following values')],
    [{ name: 'a', scopes: 'payments:read' }, expect.any(String)],
    [{ name: 'a', scopes: ['payments:read'], expiresAt: 'soon' }, expect.any(String)],
    [{ name: 'a', scopes: ['payments:read'], expiresAt: '2026-03-01T12:00:00Z' }, 'expiresAt must be a time to come'],
    [{ name: 'a', scopes: ['payments:read'], ownerId: 'usr_1' }, 'property ownerId should not exist'],
  ])('refuses %j', async (json, message) => {
    expect(refusal(await app.call('POST', path, { token: merchant.token, json }))).toEqual([400, 'validation_failed', message]);
  });

  it('gives nobody more than it holds', async () => {
    const json = { name: 'a', scopes: ['payments:read', 'audit:read', 'credits:write'] };
    const { status, body } = await app.call('POST', path, { token: merchant.token, json });
    expect([status, body.error]).toEqual([
      403,
      { code: 'forbidden', message: 'A key may not do more than its owner', context: { scopes: ['audit:read', 'credits:write'] } },
    ]);
  });

  it('stops at a hundred of one owner', async () => {
    const collector = await as(app, 'merchant', tenantId);
    for (let made = 0; made < 100; made++) await make(collector, ['payments:read']);
    const json = { name: 'a', scopes: ['payments:read'] };
    expect(refusal(await app.call('POST', path, { token: collector.token, json }))).toEqual([
      409,
      'limit_exceeded',
      'A user has at most 100 API keys',
    ]);
    const pages = [await app.call('GET', `${path}?limit=60`, { token: collector.token })];
    pages.push(await app.call('GET', `${path}?limit=60&cursor=${pages[0]?.body.meta.page.nextCursor}`, { token: collector.token }));
    const ids = pages.flatMap(({ body }) => body.data.map(({ id }: { id: string }) => id));
    expect([ids.length, new Set(ids).size, pages[1]?.body.meta.page.nextCursor]).toEqual([100, 100, null]);
  });
});

describe('a key', () => {
  it('acts for its owner, as far as its scopes go', async () => {
    const { secret } = await make(merchant, ['payments:read', 'payments:write']);
    const created = await use(secret, 'POST', '/api/v1/payments', payment);
    expect([created.status, created.body.data.ownerId]).toEqual([201, merchant.userId]);
    expect((await use(secret, 'GET', `/api/v1/payments/${created.body.data.id}`)).status).toBe(200);

    const { secret: reading } = await make(merchant, ['payments:read']);
    expect((await use(reading)).status).toBe(200);
    expect(refusal(await use(reading, 'POST', '/api/v1/payments', payment))).toEqual([403, 'forbidden', 'Access denied']);
    expect(refusal(await use(reading, 'GET', '/api/v1/analytics/payment-volume'))).toEqual([403, 'forbidden', 'Access denied']);
  });

  it('does not go beyond the role that its owner has now', async () => {
    const demoted = await as(app, 'admin', tenantId);
    const { secret } = await make(demoted, ['payments:read', 'audit:read']);
    expect((await use(secret, 'GET', '/api/v1/audit')).status).toBe(200);
    await mongo
      .db()
      .collection('users')
      .updateOne({ _id: demoted.userId as never }, { $set: { 'memberships.0.role': 'merchant' } });
    expect((await use(secret, 'GET', '/api/v1/audit')).status).toBe(403);
    expect((await use(secret)).status).toBe(200);
  });

  it.each([
    ['GET', path],
    ['POST', path],
    ['POST', `${path}/key_1/rotate`],
    ['DELETE', `${path}/key_1`],
    ['GET', '/api/v1/auth/me'],
    ['POST', '/api/v1/auth/switch'],
    ['POST', '/api/v1/auth/logout'],
  ])('does not open %s %s, whatever its scopes', async (method, at) => {
    const all = ['payments:read', 'tenants:write', 'webhooks:write', 'audit:read'];
    const { secret } = await make(owner, all);
    expect(refusal(await use(secret, method, at, method === 'GET' ? undefined : {}))).toEqual([403, 'forbidden', 'Access denied']);
  });

  it.each([
    ['/api/payments', { status: 401, message: 'Authorization required' }],
    ['/api/financial/transactions', { detail: 'Authorization required' }],
  ])('is nothing on %s', async (at, body) => {
    const { secret } = await make(owner, ['payments:read', 'credits:read']);
    expect(await use(secret, 'GET', at)).toMatchObject({ status: 401, body });
  });

  it('is not looked at where somebody has signed in', async () => {
    const signed = { authorization: `Bearer ${owner.token}` };
    expect((await use('nobody', 'GET', '/api/v1/payments', undefined, signed)).status).toBe(200);
    const { secret } = await make(owner, ['payments:read']);
    expect((await use(secret, 'GET', '/api/v1/payments', undefined, { authorization: 'Bearer nobody' })).status).toBe(401);
  });

  it.each([
    ['nothing', ''],
    ['a word', 'nobody'],
    ['a prefix', 'pk_00000000_'],
    ['a guess', `pk_00000000_${'A'.repeat(43)}`],
    ['a long text', 'x'.repeat(5000)],
  ])('is not %s', async (_case, secret) => {
    expect(refusal(await use(secret))).toEqual([401, 'unauthenticated', 'Invalid API key']);
  });

  it('ends when it said it would', async () => {
    const { secret } = await make(merchant, ['payments:read'], { expiresAt: '2026-03-01T13:00:00Z' });
    clock.set('2026-03-01T12:59:59.999Z');
    expect((await use(secret)).status).toBe(200);
    clock.set('2026-03-01T13:00:00.000Z');
    expect(refusal(await use(secret))).toEqual([401, 'unauthenticated', 'Invalid API key']);
    clock.set('2026-03-01T12:00:00.000Z');
  });

  it('says when it was last used, to the minute', async () => {
    const { id, secret } = await make(merchant, ['payments:read']);
    const lastUsedAt = async () => {
      const { body } = await app.call('GET', path, { token: merchant.token });
      return body.data.find((key: { id: string }) => key.id === id).lastUsedAt as string;
    };
    await use(secret);
    expect(await lastUsedAt()).toBe('2026-03-01T12:00:00.000Z');
    clock.advance(59_000);
    await use(secret);
    expect(await lastUsedAt()).toBe('2026-03-01T12:00:00.000Z');
    clock.advance(1_000);
    await use(secret);
    expect(await lastUsedAt()).toBe('2026-03-01T12:01:00.000Z');
    clock.set('2026-03-01T12:00:00.000Z');
  });

  it('is nowhere in the database', async () => {
    const { secret } = await make(merchant, ['payments:read']);
    await use(secret);
    const random = secret.slice(12);
    for (const { name } of await mongo.db().listCollections().toArray()) {
      const rows = await mongo.db().collection(name).find().toArray();
      expect([name, JSON.stringify(rows).includes(random)]).toEqual([name, false]);
    }
  });

  it('ends with its owner', async () => {
    const leaver = await as(app, 'merchant', tenantId);
    const { secret } = await make(leaver, ['payments:read']);
    expect((await app.call('DELETE', '/api/me', { token: leaver.token })).status).toBe(200);
    expect(refusal(await use(secret))).toEqual([401, 'unauthenticated', 'Invalid API key']);
    expect(await mongo.db().collection('api_keys').countDocuments({ ownerId: leaver.userId })).toBe(0);
  });
});

describe('rotation', () => {
  const rotate = (id: string, json: object = {}, { token } = merchant) => app.call('POST', `${path}/${id}/rotate`, { token, json });

  it('keeps the old secret good for exactly the overlap', async () => {
    const { id, secret: old } = await make(merchant, ['payments:read']);
    const { status, body } = await rotate(id, { overlapHours: 2 });
    expect([status, body.data.key.id, body.data.key.overlapEnds]).toEqual([200, id, '2026-03-01T14:00:00.000Z']);
    const { secret } = body.data as { secret: string };
    expect([secret === old, secret.slice(0, 12)]).toEqual([false, old.slice(0, 12)]);
    clock.set('2026-03-01T13:59:59.999Z');
    expect([(await use(old)).status, (await use(secret)).status]).toEqual([200, 200]);
    clock.set('2026-03-01T14:00:00.000Z');
    expect([(await use(old)).status, (await use(secret)).status]).toEqual([401, 200]);
    clock.set('2026-03-01T12:00:00.000Z');
  });

  it('ends the old secret at once where no overlap is wanted', async () => {
    const { id, secret } = await make(merchant, ['payments:read']);
    const { body } = await rotate(id, { overlapHours: 0 });
    expect([(await use(secret)).status, (await use(body.data.secret as string)).status]).toEqual([401, 200]);
  });

  it('lasts a day where nothing is said, and no longer than that', async () => {
    const { id } = await make(merchant, ['payments:read']);
    expect((await rotate(id)).body.data.key.overlapEnds).toBe('2026-03-02T12:00:00.000Z');
    expect(refusal(await rotate(id, { overlapHours: 25 }))).toEqual([400, 'validation_failed', 'overlapHours must not be greater than 24']);
    expect((await rotate(id, { overlapHours: -1 })).status).toBe(400);
    expect((await rotate(id, { overlapHours: 1.5 })).status).toBe(400);
  });

  it('is for the owner of the key alone, who else would act in its name', async () => {
    const { id } = await make(merchant, ['payments:read']);
    expect(refusal(await rotate(id, {}, owner))).toEqual([403, 'forbidden', 'Only its owner can rotate a key']);
    const other = await as(app, 'merchant', tenantId);
    expect(refusal(await rotate(id, {}, other))).toEqual([404, 'not_found', 'API key not found']);
  });

  it('fails no request, also of a node that remembers callers', async () => {
    const other = await startApp({ clock, mongodbUri: app.mongodbUri, env: { ACTOR_CACHE_MS: '2000' } });
    try {
      let { id, secret } = await make(merchant, ['payments:read']);
      const statuses: number[] = [];
      const rotating = { isOver: false };
      const ask = async (node: TestApp) => {
        while (!rotating.isOver)
          statuses.push((await node.call('GET', '/api/v1/payments?limit=1', { headers: { 'x-api-key': secret } })).status);
      };
      const clients = [app, other, app, other].map(ask);
      for (let rotations = 0; rotations < 10; rotations++) secret = (await rotate(id, { overlapHours: 1 })).body.data.secret as string;
      rotating.isOver = true;
      await Promise.all(clients);
      expect(statuses.length).toBeGreaterThan(20);
      expect([...new Set(statuses)]).toEqual([200]);
    } finally {
      await other.close();
    }
  });

  it('of many at once leaves no two present secrets', async () => {
    const { id } = await make(merchant, ['payments:read']);
    const answers = await Promise.all(Array.from({ length: 8 }, () => rotate(id, { overlapHours: 0 })));
    const shown = answers.flatMap(({ status, body }) => (status === 200 ? [body.data.secret as string] : []));
    const good = await Promise.all(shown.map(async (secret) => (await use(secret)).status));
    expect(good.filter((status) => status === 200)).toHaveLength(1);
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
  });
});

describe('revocation', () => {
  const revoke = (id: string, { token } = merchant) => app.call('DELETE', `${path}/${id}`, { token });

  it('takes effect at once, and the key is gone from the list', async () => {
    const { id, secret } = await make(merchant, ['payments:read']);
    expect((await revoke(id)).status).toBe(200);
    expect(refusal(await use(secret))).toEqual([401, 'unauthenticated', 'Invalid API key']);
    expect(refusal(await revoke(id))).toEqual([404, 'not_found', 'API key not found']);
    const { body } = await app.call('GET', path, { token: merchant.token });
    expect(body.data.map((key: { id: string }) => key.id)).not.toContain(id);
  });

  it('is also for administrators of the tenant, and for nobody else', async () => {
    const { id, secret } = await make(merchant, ['payments:read']);
    const [beside, elsewhere] = [await as(app, 'merchant', tenantId), await as(app, 'owner', await newTenant(app))];
    for (const stranger of [beside, elsewhere]) expect((await revoke(id, stranger)).status).toBe(404);
    expect((await use(secret)).status).toBe(200);
    expect((await revoke(id, owner)).status).toBe(200);
    expect((await use(secret)).status).toBe(401);
  });

  it('reaches other nodes within the time that callers are remembered', async () => {
    const remembering = await startApp({ clock, mongodbUri: app.mongodbUri, env: { ACTOR_CACHE_MS: '200' } });
    try {
      const { id, secret } = await make(merchant, ['payments:read']);
      const there = () => remembering.call('GET', '/api/v1/payments', { headers: { 'x-api-key': secret } });
      expect((await there()).status).toBe(200);
      expect((await revoke(id)).status).toBe(200);
      const until = performance.now() + 5_000;
      let { status } = await there();
      while (status !== 401 && performance.now() < until) ({ status } = await there());
      expect(status).toBe(401);
    } finally {
      await remembering.close();
    }
  });

  it('is seen at once by the node that did it, also where it remembers callers', async () => {
    const remembering = await startApp({ clock, mongodbUri: app.mongodbUri, env: { ACTOR_CACHE_MS: '5000' } });
    try {
      const { id, secret } = await make(merchant, ['payments:read']);
      const there = () => remembering.call('GET', '/api/v1/payments', { headers: { 'x-api-key': secret } });
      expect((await there()).status).toBe(200);
      await remembering.call('DELETE', `${path}/${id}`, { token: merchant.token });
      expect((await there()).status).toBe(401);
    } finally {
      await remembering.close();
    }
  });
});

describe('what is recorded', () => {
  it('is every change of a key, in the log and in the feed, and never its secret', async () => {
    const { id, secret } = await make(merchant, ['payments:read']);
    await app.call('POST', `${path}/${id}/rotate`, { token: merchant.token, json: { overlapHours: 1 } });
    await app.call('DELETE', `${path}/${id}`, { token: owner.token });
    const { body } = await app.call('GET', `/api/v1/audit?subjectId=${id}`, { token: owner.token });
    expect(body.data.map(({ action, actor }: never) => [action, (actor as { id: string }).id]).sort()).toEqual([
      ['api_key.created', merchant.userId],
      ['api_key.revoked', owner.userId],
      ['api_key.rotated', merchant.userId],
    ]);
    const events = await mongo.db().collection('events').find({ 'subject.id': id }).sort({ _id: 1 }).toArray();
    expect(events.map(({ type }) => type as string)).toEqual(['KEY_CREATED', 'KEY_ROTATED', 'KEY_REVOKED']);
    expect(JSON.stringify([body, events])).not.toContain(secret.slice(12));
    expect(JSON.stringify([body, events])).not.toContain('hash');
  });

  it('of a write that was made with a key, is who and which key', async () => {
    const { id, secret } = await make(merchant, ['payments:write']);
    const { body } = await use(secret, 'POST', '/api/v1/payments', payment);
    const { body: log } = await app.call('GET', `/api/v1/audit?subjectId=${body.data.id}`, { token: owner.token });
    expect(log.data[0].actor).toEqual({ id: merchant.userId, email: merchant.email, role: 'merchant', key: id });
  });

  it('of a write that was made by somebody who has signed in, is no key', async () => {
    const again = await signedIn(merchant);
    const { body } = await app.call('POST', '/api/v1/payments', { token: again.token, json: payment });
    const { body: log } = await app.call('GET', `/api/v1/audit?subjectId=${body.data.id}`, { token: owner.token });
    expect(log.data[0].actor).toEqual({ id: merchant.userId, email: merchant.email, role: 'merchant' });
  });
});

it('a key honours Idempotency-Key for its owner', async () => {
  const { secret } = await make(merchant, ['payments:write']);
  const send = () => use(secret, 'POST', '/api/v1/payments', payment, { 'idempotency-key': 'once' });
  const [first, again] = [await send(), await send()];
  expect([first.status, again.body.data, again.headers.get('idempotency-replayed')]).toEqual([201, first.body.data, 'true']);
});
