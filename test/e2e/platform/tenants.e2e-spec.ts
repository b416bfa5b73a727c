import { Database } from '../../../src/kernel/mongo/database.js';
import { type Answer, startApp, type TestApp } from '../../support/app.js';
import { as, newTenant, type Somebody } from '../../support/as.js';

let app: TestApp;
let owner: Somebody;
let admin: Somebody;

beforeAll(async () => {
  app = await startApp();
  owner = await as(app, 'owner', await newTenant(app, 'Acme Ltd'));
  admin = await as(app, 'system_admin');
});
afterAll(() => app.close());

const read = (id: string, { token }: Somebody) => app.call('GET', `/api/v1/tenants/${id}`, { token });
const patch = (id: string, { token }: Somebody, json: unknown, headers?: Record<string, string>) =>
  app.call('PATCH', `/api/v1/tenants/${id}`, { token, json, headers });
const list = ({ token }: Somebody, query = '') => app.call('GET', `/api/v1/tenants${query}`, { token });
const told = ({ status, body }: Answer) => ({ status, error: body.error as unknown });
const notFound = { status: 404, error: { code: 'not_found', message: 'Tenant not found', context: {} } };
const denied = { status: 403, error: { code: 'forbidden', message: 'Access denied', context: {} } };
const ids = ({ body }: Answer) => (body.data as { id: string }[]).map(({ id }) => id);

it('shows the caller its tenant', async () => {
  const { status, body } = await read(owner.tenantId, owner);
  expect({ status, data: body.data as unknown }).toEqual({
    status: 200,
    data: {
      id: owner.tenantId,
      slug: expect.stringMatching(/^acme-ltd-[0-9a-f]{6}$/),
      name: 'Acme Ltd',
      currency: 'GBP',
      timeZone: 'UTC',
      settings: {},
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    },
  });
});

it('does not tell another tenant from none, but to a system administrator', async () => {
  const stranger = await as(app, 'owner', await newTenant(app, 'Elsewhere'));
  for (const id of [owner.tenantId, 'ten_none', 'ten_default']) {
    expect(told(await read(id, stranger))).toEqual(notFound);
    expect(told(await patch(id, stranger, { name: 'Mine' }))).toEqual(notFound);
  }
  expect((await read(owner.tenantId, admin)).body.data.name).toBe('Acme Ltd');
  expect((await patch(owner.tenantId, admin, { name: 'Acme Ltd' })).status).toBe(200);
  expect(told(await read('ten_none', admin))).toEqual(notFound);
});

describe.each(['finance', 'support', 'merchant', 'user'] as const)('a %s', (role) => {
  it('may not change its tenant', async () => {
    const somebody = await as(app, role, owner.tenantId);
    expect(told(await patch(owner.tenantId, somebody, { name: 'Mine' }))).toEqual(denied);
    expect((await read(owner.tenantId, somebody)).status).toBe(role === 'finance' ? 200 : 403);
    expect(ids(await list(somebody))).toEqual([owner.tenantId]);
  });
});

it('changes name, currency, time zone and settings, and says so in audit and feed', async () => {
  const boss = await as(app, 'admin', await newTenant(app, 'Before Ltd'));
  const change = { name: ' After Ltd ', currency: 'JPY', timeZone: 'Asia/Tokyo', settings: { 'a.b': { $c: [1, null] } } };
  const { status, body } = await patch(boss.tenantId, boss, change);
  const after = { ...change, name: 'After Ltd' };
  expect([status, body.data]).toEqual([200, expect.objectContaining({ id: boss.tenantId, ...after })]);
  expect((await read(boss.tenantId, boss)).body.data).toEqual(body.data);
  const [entry] = (await app.call('GET', '/api/v1/audit?limit=1', { token: boss.token })).body.data as unknown[];
  expect(entry).toMatchObject({
    actor: { id: boss.userId, email: boss.email, role: 'admin' },
    action: 'tenant.updated',
    subject: { type: 'tenant', id: boss.tenantId },
    before: { name: 'Before Ltd', currency: 'GBP', timeZone: 'UTC', settings: {} },
    after,
    traceId: body.meta.traceId,
  });
  const events = app.app.get(Database).collection('events');
  expect(await events.findOne({ tenantId: boss.tenantId, type: 'TENANT_UPDATED' })).toMatchObject({
    data: after,
    sourceAgent: boss.userId,
  });
});

it('records nothing where nothing changes', async () => {
  const boss = await as(app, 'owner', await newTenant(app, 'Still Ltd'));
  expect((await patch(boss.tenantId, boss, {})).body.data.name).toBe('Still Ltd');
  expect((await patch(boss.tenantId, boss, { name: 'Still Ltd', settings: {} })).status).toBe(200);
  expect(await app.app.get(Database).collection('events').countDocuments({ tenantId: boss.tenantId, type: 'TENANT_UPDATED' })).toBe(0);
});

it('loses none of many changes at once', async () => {
  const boss = await as(app, 'owner', await newTenant(app));
  const names = Array.from({ length: 8 }, (_, index) => `Name ${index}`);
  const answers = await Promise.all(names.map((name) => patch(boss.tenantId, boss, { name })));
  expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200));
  const { db } = app.app.get(Database);
  expect(await db.collection<{ _id: string }>('tenants').findOne({ _id: boss.tenantId })).toMatchObject({ rev: 9 });
  const events = await db.collection('events').find({ tenantId: boss.tenantId, type: 'TENANT_UPDATED' }).toArray();
  expect(events.map(({ data }) => (data as { name: string }).name).sort()).toEqual(names);
});

const deep = (levels: number): unknown => (levels === 0 ? 1 : { in: deep(levels - 1) });
it.each<[unknown, string]>([
  [{ plan: 'gold' }, 'plan'],
  [{ name: '  ' }, 'name'],
  [{ name: null }, 'name'],
  [{ name: 'x'.repeat(201) }, 'name'],
  [{ name: { $set: 1 } }, 'name'],
  [{ currency: 'gbp' }, 'currency'],
  [{ currency: 'BTC' }, 'currency'],
  [{ currency: '' }, 'currency'],
  [{ timeZone: 'Mars/Base' }, 'timeZone'],
  [{ timeZone: '+01:00' }, 'timeZone'],
  [{ timeZone: null }, 'timeZone'],
  [{ settings: 'text' }, 'settings'],
  [{ settings: [1] }, 'settings'],
  [{ settings: null }, 'settings'],
  [{ settings: { text: 'x'.repeat(17_000) } }, 'settings'],
])('refuses the change %.60j', async (change, field) => {
  const { status, body } = await patch(owner.tenantId, owner, change);
  expect([status, body.error.code, body.error.context.fields[0].field]).toEqual([400, 'validation_failed', field]);
});

it('refuses settings nested past the limit', async () => {
  expect((await patch(owner.tenantId, owner, { settings: deep(40) })).status).toBe(400);
  expect((await patch(owner.tenantId, owner, { settings: deep(30) })).status).toBe(200);
});

it('makes a tenant whose owner is the caller, once for a key', async () => {
  const user = await as(app, 'user');
  const headers = { 'idempotency-key': 'one-tenant' };
  const make = () => app.call('POST', '/api/v1/tenants', { token: user.token, json: { name: 'Grün Ltd' }, headers });
  const [first, again] = [await make(), await make()];
  expect([first.status, again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 201, 'true']);
  expect(again.body.data).toEqual(first.body.data);
  expect(first.body.data).toMatchObject({ name: 'Grün Ltd', currency: 'GBP', timeZone: 'UTC', settings: {} });
  expect(ids(await list(user))).toEqual([first.body.data.id, 'ten_default']);
  expect(told(await read(first.body.data.id as string, user))).toEqual(denied);
  const { body } = await app.call('POST', '/api/v1/auth/switch', { token: user.token, json: { tenantId: first.body.data.id } });
  const { status } = await app.call('PATCH', `/api/v1/tenants/${first.body.data.id}`, {
    token: body.data.accessToken as string,
    json: { name: 'Grey' },
  });
  expect(status).toBe(200);
});

it.each([{}, { name: '' }, { name: ['a'] }, { name: 'Acme', role: 'owner' }])('makes no tenant of %j', async (json) => {
  expect((await app.call('POST', '/api/v1/tenants', { token: owner.token, json })).status).toBe(400);
});

it('lets nobody be a member of more than a hundred tenants', async () => {
  const user = await as(app, 'user');
  const memberships = Array.from({ length: 99 }, (_, index) => ({ tenantId: `ten_${index}`, role: 'user', number: 7, since: new Date() }));
  const users = app.app.get(Database).collection<{ _id: string }>('users');
  await users.updateOne({ _id: user.userId }, { $push: { memberships: { $each: memberships } } as never });
  const { status, body } = await app.call('POST', '/api/v1/tenants', { token: user.token, json: { name: 'One more' } });
  expect([status, body.error.code]).toEqual([409, 'limit_exceeded']);
  expect(await app.app.get(Database).collection('tenants').countDocuments({ name: 'One more' })).toBe(0);
});

it('pages through all tenants for a system administrator', async () => {
  const all = ids(await list(admin, '?limit=100'));
  expect(all).toEqual([...all].sort());
  expect(all).toEqual(expect.arrayContaining(['ten_default', owner.tenantId]));
  const seen: string[] = [];
  let cursor = '';
  for (;;) {
    const answer: Answer = await list(admin, `?limit=3${cursor}`);
    expect(answer.body.meta.page.limit).toBe(3);
    seen.push(...ids(answer));
    if (answer.body.meta.page.nextCursor === null) break;
    cursor = `&cursor=${answer.body.meta.page.nextCursor as string}`;
  }
  expect(seen).toEqual(all);
});

it.each(['?limit=0', '?limit=101', '?limit=x', '?cursor=garbage', '?cursor=WzEsMl0', '?order=name', '?limit=1&limit=2'])(
  'refuses the list %s',
  async (query) => {
    expect((await list(admin, query)).status).toBe(400);
  },
);

it('asks for a credential', async () => {
  for (const [method, path] of [
    ['GET', ''],
    ['POST', ''],
    ['GET', '/ten_default'],
    ['PATCH', '/ten_default'],
  ] as const)
    expect((await app.call(method, `/api/v1/tenants${path}`, { json: method === 'GET' ? undefined : {} })).status).toBe(401);
});
