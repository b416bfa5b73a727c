import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { LedgerReader } from '../../../src/ledger/ledger-reader.service.js';
import { type Answer, type CallOptions, startApp, type TestApp } from '../../support/app.js';
import { as, newTenant, type Somebody } from '../../support/as.js';
import { FakeClock } from '../../support/clock.js';
import { newItem, newTeam, storeSession } from '../../support/store.js';

const clock = new FakeClock(new Date());
let app: TestApp;
let client: MongoClient;
let admin: Somebody;
/** Each test begins with a tenant that sells nothing. */
beforeAll(async () => {
  app = await startApp({ clock });
  client = await MongoClient.connect(app.mongodbUri);
});
beforeEach(async () => {
  admin = await as(app, 'admin', await newTenant(app));
});
afterAll(async () => {
  await client.close();
  await app.close();
});

const call = (method: string, path: string, json?: unknown, options: CallOptions = {}) =>
  app.call(method, `/api/v1/store/${path}`, { token: admin.token, ...(json !== undefined && { json }), ...options });
const said = ({ status, body }: Answer) => ({ status, data: body.data as unknown });
const refusal = ({ status, body }: Answer) => [status, body.error.code, body.error.message] as unknown[];
const records = async (action: RegExp) => {
  const filter = { tenantId: admin.tenantId };
  const audit = await client.db().collection('audit').find(filter).sort({ _id: 1 }).toArray();
  const events = await client.db().collection('events').find(filter).sort({ _id: 1 }).toArray();
  return {
    audit: audit.filter((entry) => action.test(String(entry.action))),
    events: events.filter(({ type }) =>
      action.test(
        String(type)
          .toLowerCase()
          .replace(/_(?=[a-z]+$)/, '.'),
      ),
    ),
  };
};
const item = (number: number, fields: object) => {
  const at = clock.now().toISOString();
  return { number, archived: false, createdAt: at, updatedAt: at, ...fields };
};

describe('items', () => {
  it('are numbered from 1 in each tenant, and listed in that order', async () => {
    for (const [index, name] of ['MICAH HUG', 'JOES LOVE', 'DON RANT'].entries())
      expect(said(await call('POST', 'items', { name, price: 10 + index }))).toEqual({
        status: 201,
        data: item(index + 1, { name, price: 10 + index }),
      });
    const { body } = await call('GET', 'items?limit=2');
    expect(body.data.map(({ number }: { number: number }) => number)).toEqual([1, 2]);
    const next = await call('GET', `items?limit=2&cursor=${body.meta.page.nextCursor as string}`);
    expect(next.body.data).toEqual([item(3, { name: 'DON RANT', price: 12 })]);
    expect(next.body.meta.page).toEqual({ limit: 2, nextCursor: null });
  });

  it('that are made at once get a number each', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) => call('POST', 'items', { name: `Item ${index}`, price: 1 + index })),
    );
    const numbers = answers.map(({ body }) => body.data.number as number).sort((one, other) => one - other);
    expect(numbers).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
  });

  it('are renamed, priced anew, taken off sale and put back', async () => {
    await newItem(app, 10, admin.tenantId);
    const createdAt = clock.now().toISOString();
    clock.advance(1000);
    const updatedAt = clock.now().toISOString();
    const patch = (json: object) => call('PATCH', 'items/1', json).then(said);
    const common = { number: 1, createdAt, updatedAt };
    expect(await patch({ name: ' RENAMED ' })).toEqual({ status: 200, data: { ...common, name: 'RENAMED', price: 10, archived: false } });
    expect(await patch({ price: 11, archived: true })).toEqual({
      status: 200,
      data: { ...common, name: 'RENAMED', price: 11, archived: true },
    });
    expect((await call('GET', 'items')).body.data).toEqual([{ ...common, name: 'RENAMED', price: 11, archived: true }]);
    clock.advance(1000);
    expect(await patch({ price: 11 })).toEqual({ status: 200, data: { ...common, name: 'RENAMED', price: 11, archived: true } });
    expect(await patch({})).toEqual({ status: 200, data: { ...common, name: 'RENAMED', price: 11, archived: true } });
  });

  it('leave an audit entry and an event of each change, and none of a change that changes nothing', async () => {
    await call('POST', 'items', { name: 'MICAH HUG', price: 10 });
    await call('PATCH', 'items/1', { price: 11, name: 'MICAH HUG' });
    await call('PATCH', 'items/1', { price: 11 });
    const actor = { id: admin.userId, email: admin.email, role: 'admin' };
    const subject = { type: 'store_item', id: '1' };
    const made = { number: 1, name: 'MICAH HUG', price: 10, archived: false };
    expect(await records(/^store_item\./)).toEqual({
      audit: [
        expect.objectContaining({ action: 'store_item.created', actor, subject, before: null, after: made }),
        expect.objectContaining({ action: 'store_item.updated', actor, subject, before: { price: 10 }, after: { price: 11 } }),
      ],
      events: [
        expect.objectContaining({ type: 'STORE_ITEM_CREATED', sourceAgent: admin.userId, subject, data: made }),
        expect.objectContaining({ type: 'STORE_ITEM_UPDATED', sourceAgent: admin.userId, subject, data: { ...made, price: 11 } }),
      ],
    });
  });

  it.each([
    [{}, 'name'],
    [{ name: '', price: 1 }, 'name'],
    [{ name: '  ', price: 1 }, 'name'],
    [{ name: 'x'.repeat(201), price: 1 }, 'name'],
    [{ name: 7, price: 1 }, 'name'],
    [{ name: 'x' }, 'price'],
    [{ name: 'x', price: 0 }, 'price'],
    [{ name: 'x', price: -1 }, 'price'],
    [{ name: 'x', price: 1.5 }, 'price'],
    [{ name: 'x', price: '1' }, 'price'],
    [{ name: 'x', price: 1_000_000_000_000 }, 'price'],
    [{ name: 'x', price: 1, number: 7 }, 'number'],
  ])('refuses %j for its %s', async (json, field) => {
    const { status, body } = await call('POST', 'items', json);
    expect([status, body.error.code, body.error.context.fields[0].field]).toEqual([400, 'validation_failed', field]);
  });

  it.each([null, { name: null }, { price: null }, { archived: null }, { archived: 'true' }, { number: 2 }])(
    'refuses the change %j',
    async (json) => {
      await newItem(app, 10, admin.tenantId);
      expect((await call('PATCH', 'items/1', json)).status).toBe(400);
    },
  );

  it.each(['2', '0', '-1', 'abc', '1.0', '%20', '99999999999999999999'])('finds no item %s', async (number) => {
    await newItem(app, 10, admin.tenantId);
    expect(refusal(await call('PATCH', `items/${number}`, { price: 11 }))).toEqual([404, 'not_found', 'Item not found']);
  });

  it('of another tenant are shown at the store to its members only', async () => {
    await newItem(app, 77, admin.tenantId);
    const token = await storeSession(app, admin.email, admin.password);
    const shown = (await app.call('POST', '/items', { json: { token } })).body;
    expect(shown).toEqual({ items: [{ name: 'Item for 77', price: 77, uuid: 1 }] });
    expect((await app.call('POST', '/items', { json: {} })).body).toEqual({ items: [] });
    expect((await app.call('GET', '/items')).body).toEqual({ items: [] });
  });
});

describe('teams', () => {
  const secret = 'Changeme-2018';
  const team = (fields: object = {}) => ({ username: `team-${randomUUID()}`, password: secret, balance: 1000, ...fields });

  it('are made with a number, a balance and a sign-in at the store', async () => {
    const wanted = team();
    const made = await call('POST', 'teams', wanted);
    const data = { number: 1, username: wanted.username, userId: expect.stringMatching(/^usr_/), createdAt: clock.now().toISOString() };
    expect(said(made)).toEqual({ status: 201, data: { ...data, balance: 1000 } });
    const token = await storeSession(app, wanted.username, secret);
    expect((await app.call('POST', '/get-balance', { json: { token } })).body).toEqual({ balance: 1000, team_id: 1 });
    const poor = await call('POST', 'teams', team({ balance: 0 }));
    expect(poor.body.data).toMatchObject({ number: 2, balance: 0 });
    expect((await call('POST', 'teams', { username: ` ${randomUUID()} `, password: secret })).body.data).toMatchObject({
      number: 3,
      balance: 0,
    });
    const entries = await app.app.get(LedgerReader).page(admin.tenantId, {}, { newestFirst: false }, 10);
    expect(entries).toMatchObject([
      { n: 1, kind: 'grant', key: `team-opening:${made.body.data.userId as string}`, memo: 'opening balance' },
    ]);
  });

  it('are listed with what they own now, in order of their numbers', async () => {
    const [one, two] = [
      await newTeam(app, 100, admin.tenantId),
      await newTeam(app, 0, admin.tenantId),
      await newTeam(app, 5, admin.tenantId),
    ];
    await one.post('/transfer', { recipient: 2, amount: 30 });
    const first = await call('GET', 'teams?limit=2');
    expect(first.body.data).toEqual([
      { number: 1, username: one.username, userId: one.userId, balance: 70, createdAt: one.createdAt.toISOString() },
      { number: 2, username: two.username, userId: two.userId, balance: 30, createdAt: two.createdAt.toISOString() },
    ]);
    const next = await call('GET', `teams?limit=2&cursor=${first.body.meta.page.nextCursor as string}`);
    expect(next.body.data).toEqual([expect.objectContaining({ number: 3, balance: 5 })]);
    expect(next.body.meta.page).toEqual({ limit: 2, nextCursor: null });
  });

  it('that are made at once get a number each, and leave no gap', async () => {
    const wanted = Array.from({ length: 10 }, (_, index) => team({ balance: index % 2 ? 10 : 0 }));
    const answers = await Promise.all([...wanted, ...wanted.slice(0, 4)].map((json) => call('POST', 'teams', json)));
    const made = answers.filter(({ status }) => status === 201);
    const numbers = made.map(({ body }) => body.data.number as number).sort((one, other) => one - other);
    expect(numbers).toEqual(Array.from({ length: 10 }, (_, index) => index + 1));
    const taken = answers.filter(({ status }) => status !== 201);
    expect(taken.map(refusal)).toEqual(Array.from({ length: 4 }, () => [409, 'conflict', 'A user with this username exists already']));
  });

  it('leave an audit entry by who made them and an event, and no name in either', async () => {
    const wanted = team();
    const { userId } = (await call('POST', 'teams', wanted, { headers: { traceparent: `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01` } }))
      .body.data;
    const subject = { type: 'user', id: userId as string };
    const after = { role: 'user', number: 1 };
    const actor = { id: admin.userId, email: admin.email, role: 'admin' };
    const found = await records(/^user\.registered$/);
    expect(found.audit.at(-1)).toMatchObject({ actor, subject, before: null, after, traceId: 'ab'.repeat(16) });
    expect(found.events.at(-1)).toMatchObject({ sourceAgent: admin.userId, subject, data: after, traceId: 'ab'.repeat(16) });
    expect(JSON.stringify(found)).not.toContain(wanted.username);
  });

  it('that are made at once are each on record with the trace of its own request', async () => {
    const traces = Array.from({ length: 8 }, (_, index) => `${index + 1}`.repeat(32));
    const answers = await Promise.all(
      traces.map((trace) => {
        const headers = { traceparent: `00-${trace}-${'cd'.repeat(8)}-01`, 'idempotency-key': trace };
        return call('POST', 'teams', team(), { headers });
      }),
    );
    const { audit } = await records(/^user\.registered$/);
    const traceOf = new Map(audit.map(({ subject, traceId }) => [subject.id as string, traceId as string]));
    expect(answers.map(({ body }) => traceOf.get(body.data.userId as string))).toEqual(traces);
    const kept = await client.db().collection('idempotency_records').find({ tenantId: admin.tenantId }).toArray();
    const ids = kept.map(({ value }) => value.userId as string).sort();
    expect(ids).toEqual(answers.map(({ body }) => body.data.userId as string).sort());
  });

  it('are made once for one key, with their balance, however many ask at once', async () => {
    const [wanted, headers] = [team(), { 'idempotency-key': randomUUID() }];
    const answers = await Promise.all(Array.from({ length: 6 }, () => call('POST', 'teams', wanted, { headers })));
    const again = await call('POST', 'teams', wanted, { headers });
    const made = answers.filter(({ status }) => status === 201);
    expect(made.length).toBeGreaterThan(0);
    expect(answers.filter(({ status }) => status !== 201).every(({ body }) => body.error.code === 'request_in_flight')).toBe(true);
    expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 'true']);
    expect(new Set([...made, again].map(({ body }) => body.data.userId as string)).size).toBe(1);
    expect((await call('GET', 'teams')).body.data).toEqual([expect.objectContaining({ username: wanted.username, balance: 1000 })]);
    const kept = await client.db().collection('idempotency_records').find({ tenantId: admin.tenantId }).toArray();
    expect(kept).toHaveLength(1);
    expect(JSON.stringify(kept)).not.toMatch(/argon2|Changeme/);
  });

  it('are not made with the name of another team, of whichever tenant, or with somebody’s e-mail', async () => {
    const elsewhere = await newTeam(app);
    const taken = [409, 'conflict', 'A user with this username exists already'];
    expect(refusal(await call('POST', 'teams', team({ username: elsewhere.username })))).toEqual(taken);
    expect(refusal(await call('POST', 'teams', team({ username: admin.email })))).toEqual(taken);
    expect((await call('GET', 'teams')).body.data).toEqual([]);
    expect(await app.app.get(LedgerReader).page(admin.tenantId, {}, { newestFirst: true }, 1)).toEqual([]);
  });

  it.each<[object, string]>([
    [{ username: '' }, 'username'],
    [{ username: ' ' }, 'username'],
    [{ username: 'x'.repeat(65) }, 'username'],
    [{ username: 'line\nbreak' }, 'username'],
    [{ username: 'zero\u200bwidth' }, 'username'],
    [{ username: 7 }, 'username'],
    [{ username: null }, 'username'],
    [{ password: '' }, 'password'],
    [{ password: 'short' }, 'password'],
    [{ password: 7 }, 'password'],
    [{ balance: -1 }, 'balance'],
    [{ balance: 1.5 }, 'balance'],
    [{ balance: '1000' }, 'balance'],
    [{ balance: null }, 'balance'],
    [{ balance: 1_000_000_000_000 }, 'balance'],
    [{ role: 'admin' }, 'role'],
  ])('are refused %j for their %s', async (fields, field) => {
    const { status, body } = await call('POST', 'teams', team(fields));
    expect([status, body.error.code, body.error.context.fields[0].field]).toEqual([400, 'validation_failed', field]);
  });

  it('may be called anything that can be printed', async () => {
    for (const username of ['x', 'Équipe n° 1 🏦', 'x'.repeat(64), `"'; DROP {$ne}`]) {
      const name = `${randomUUID().slice(0, 1)}${username}`.slice(0, 64);
      expect((await call('POST', 'teams', team({ username: name }))).status).toBe(201);
      await storeSession(app, name, secret);
    }
  });

  it('are at most a thousand in a tenant', async () => {
    const tenants = client.db().collection<{ _id: string }>('tenants');
    await tenants.updateOne({ _id: admin.tenantId }, { $set: { lastTeamNumber: 999 } });
    expect((await call('POST', 'teams', team())).body.data.number).toBe(1000);
    expect(refusal(await call('POST', 'teams', team()))).toEqual([409, 'limit_exceeded', 'A tenant can have at most 1000 teams']);
    expect((await call('GET', 'teams')).body.data).toHaveLength(1);
    expect((await as(app, 'user', admin.tenantId)).userId).toMatch(/^usr_/);
  });
});

it.each(['items', 'teams'])('refuses bad lists of %s', async (list) => {
  for (const query of ['limit=0', 'limit=101', 'limit=x', 'cursor=garbage', 'cursor=WzEsMl0', 'order=name'])
    expect((await call('GET', `${list}?${query}`)).status).toBe(400);
});
