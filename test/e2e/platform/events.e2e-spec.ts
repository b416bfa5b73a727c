import { setTimeout as pause } from 'node:timers/promises';
import { EventsService } from '../../../src/events/events.service.js';
import { AccountsService } from '../../../src/auth/accounts.service.js';
import { UnitOfWork } from '../../../src/kernel/mongo/unit-of-work.js';
import { comesTrue } from '../../../src/kernel/mongo/mongod-process.js';
import { Database } from '../../../src/kernel/mongo/database.js';
import type { Event } from '../../../src/events/event.js';
import { type Answer, startApp, type TestApp } from '../../support/app.js';
import { as, newTenant, type Somebody } from '../../support/as.js';
import { EventStreamClient } from '../../support/events/event-stream-client.js';
import { event } from '../../support/events/feed-nodes.js';

let app: TestApp;
let admin: Somebody;
let stranger: Somebody;
let system: Somebody;
/** Before the suite's own. */
let earlier: number;
let streams: EventStreamClient[];

beforeAll(async () => {
  app = await startApp({ env: { EVENT_HEARTBEAT_MS: '200', EVENT_STREAMS_PER_USER: '3', EVENT_STREAMS_PER_TENANT: '4' } });
  [admin, stranger] = [await as(app, 'admin', await newTenant(app)), await as(app, 'admin', await newTenant(app))];
  system = await as(app, 'system_admin');
});
afterAll(() => app.close());
beforeEach(async () => {
  streams = [];
  earlier = await settled(admin);
});
afterEach(() => streams.forEach((stream) => stream.close()));

/** How many events a tenant has when none waits any more. */
async function settled({ tenantId }: Somebody): Promise<number> {
  const events = app.app.get(Database).collection('events');
  const waits = { tenantId, position: { $exists: false } };
  expect(await comesTrue(async () => (await events.countDocuments(waits)) === 0, 10_000)).toBe(true);
  return events.countDocuments({ tenantId });
}

async function record(who: Somebody, ...given: Partial<Event>[]): Promise<Event[]> {
  const events = given.map((some) => event(who.tenantId, some));
  await app.app.get(UnitOfWork).transact((session) => app.app.get(EventsService).record(session, events));
  await settled(who);
  return events;
}

const list = (who: Somebody, query = ''): Promise<Answer> => app.call('GET', `/api/v1/events${query}`, { token: who.token });
const ids = ({ body }: Answer): string[] => body.data.map(({ id }: { id: string }) => id);
async function follow(who: Somebody, query = '', headers: Record<string, string> = {}): Promise<EventStreamClient> {
  const stream = await EventStreamClient.open(`${app.url}/api/v1/events/stream${query}`, who.token, headers);
  streams.push(stream);
  return stream;
}
const refusal = (code: string, message: string, context: object = {}) => ({
  data: null,
  error: { code, message, context },
  meta: { traceId: expect.stringMatching(/^[0-9a-f]{32}$/) },
});
const fieldError = (field: string, message: string) => ({ fields: [{ field, message }] });
/** Cursors as the platform makes them: base64url of JSON. */
const raw = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('GET /api/v1/events', () => {
  it('shows what happened, oldest first, each event once', async () => {
    const at = new Date('2026-01-03T10:00:00.000Z');
    const given: Partial<Event> = {
      at,
      type: 'STORE_ITEM_UPDATED',
      sourceAgent: 'usr_7',
      subject: { type: 'store_item', id: '3' },
      data: { price: 10 },
      traceId: '0af7651916cd43dd8448eb211c80319c',
    };
    const [made] = await record(admin, given);
    const { status, body } = await list(admin, `?cursor=${raw(['event', earlier])}`);
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        data: [
          {
            id: made?._id,
            type: 'STORE_ITEM_UPDATED',
            version: 1,
            position: earlier + 1,
            cursor: raw(['event', earlier + 1]),
            at: '2026-01-03T10:00:00.000Z',
            sourceAgent: 'usr_7',
            subject: { type: 'store_item', id: '3' },
            data: { price: 10 },
            traceId: '0af7651916cd43dd8448eb211c80319c',
          },
        ],
        error: null,
        meta: { traceId: expect.any(String), page: { limit: 25, nextCursor: null } },
      },
    });
  });

  it('holds what the product itself records', async () => {
    const tenant = await app.call('PATCH', `/api/v1/tenants/${admin.tenantId}`, { token: admin.token, json: { name: 'Acme Payments' } });
    expect(tenant.status).toBe(200);
    await settled(admin);
    const { body } = await list(admin, `?cursor=${raw(['event', earlier])}`);
    expect(body.data).toEqual([
      {
        id: expect.stringMatching(/^evt_/),
        type: 'TENANT_UPDATED',
        version: 1,
        position: earlier + 1,
        cursor: raw(['event', earlier + 1]),
        at: expect.any(String),
        sourceAgent: admin.userId,
        subject: { type: 'tenant', id: admin.tenantId },
        data: { name: 'Acme Payments' },
        traceId: tenant.headers.get('x-trace-id'),
      },
    ]);
  });

  it('is read in pages, and on behind the last one when there is more', async () => {
    const made = await record(admin, ...Array.from({ length: 5 }, (_, at) => ({ at: new Date(at) })));
    const seen: string[] = [];
    let cursor: string | null = raw(['event', earlier]);
    for (let page = 0; cursor !== null; page++) {
      const { body } = await list(admin, `?limit=2&cursor=${cursor}`);
      expect(body.data).toHaveLength([2, 2, 1][page] ?? 0);
      seen.push(...body.data.map(({ id }: { id: string }) => id));
      cursor = body.meta.page.nextCursor as string | null;
    }
    expect(seen).toEqual(made.map(({ _id }) => _id));
    const last = (await list(admin, '?limit=100')).body.data.at(-1);
    expect(ids(await list(admin, `?cursor=${last.cursor}`))).toEqual([]);
    const [next] = await record(admin, {});
    expect(ids(await list(admin, `?cursor=${last.cursor}`))).toEqual([next?._id]);
  });

  it('takes filters, alone and together', async () => {
    const [one, two, three] = await record(
      admin,
      { at: new Date('2025-03-01T12:00:00Z'), type: 'KEY_CREATED', sourceAgent: 'usr_filter' },
      { at: new Date('2025-03-02T12:00:00Z'), type: 'KEY_REVOKED', sourceAgent: 'usr_filter' },
      { at: new Date('2025-03-03T12:00:00Z'), type: 'KEY_CREATED', sourceAgent: 'usr_other' },
    );
    const found = async (query: string) => ids(await list(admin, query));
    expect(await found('?type=KEY_CREATED')).toEqual([one?._id, three?._id]);
    expect(await found('?source_agent=usr_filter')).toEqual([one?._id, two?._id]);
    expect(await found('?from=2025-03-02&to=2025-03-03')).toEqual([two?._id, three?._id]);
    expect(await found('?from=2025-03-01&to=2025-03-02T11:59:59Z')).toEqual([one?._id]);
    expect(await found('?type=KEY_CREATED&source_agent=usr_filter&to=2025-03-31')).toEqual([one?._id]);
    expect(await found('?type=HOLD_VOIDED')).toEqual([]);
  });

  it('pages through what a filter leaves', async () => {
    const made = await record(
      admin,
      ...Array.from({ length: 6 }, (_, at) => ({ type: 'USER_ERASED' as const, at: new Date(at), sourceAgent: `usr_${at % 2}` })),
    );
    const first = await list(admin, '?type=USER_ERASED&source_agent=usr_1&limit=2');
    const second = await list(admin, `?type=USER_ERASED&source_agent=usr_1&limit=2&cursor=${first.body.meta.page.nextCursor}`);
    expect([...ids(first), ...ids(second)]).toEqual(made.filter((_, at) => at % 2).map(({ _id }) => _id));
    expect(second.body.meta.page.nextCursor).toBeNull();
  });

  it.each([
    ['?limit=0', 'limit', 'limit must not be less than 1'],
    ['?limit=101', 'limit', 'limit must not be greater than 100'],
    ['?limit=two', 'limit', 'limit must not be greater than 100'],
    ['?from=yesterday', 'from', 'from must be a valid ISO 8601 date string'],
    ['?to=2026-02-30', 'to', 'to must be a valid ISO 8601 date string'],
    ['?source_agent=', 'source_agent', 'source_agent should not be empty'],
    ['?page=2', 'page', 'property page should not exist'],
    ['?cursor=!', 'cursor', 'unknown cursor'],
    [`?cursor=${raw(['event', -1])}`, 'cursor', 'unknown cursor'],
    [`?cursor=${raw(['event', 1.5])}`, 'cursor', 'unknown cursor'],
    [`?cursor=${raw(['event', '1'])}`, 'cursor', 'unknown cursor'],
    [`?cursor=${raw(['event', 9_999_999])}`, 'cursor', 'unknown cursor'],
    [`?cursor=${raw([1_767_000_000_000, 'aud_0190'])}`, 'cursor', 'unknown cursor'],
    [`?cursor=${raw([1])}`, 'cursor', 'unknown cursor'],
  ])('refuses %s', async (query, field, message) => {
    const { status, body } = await list(admin, query);
    const said = field === 'cursor' ? 'cursor is not one that this list gave out' : message;
    expect({ status, body }).toEqual({ status: 400, body: refusal('validation_failed', said, fieldError(field, message)) });
  });

  it('refuses a type that there is not', async () => {
    const { status, body } = await list(admin, '?type=PAYMENT_LOST');
    expect({ status, code: body.error.code, field: body.error.context.fields[0].field }).toEqual({
      status: 400,
      code: 'validation_failed',
      field: 'type',
    });
  });

  it('shows no other tenant anything', async () => {
    await record(stranger, { sourceAgent: 'usr_foreign' });
    const mine = (await list(admin, '?limit=100')).body.data as { sourceAgent: string }[];
    expect(mine.filter(({ sourceAgent }) => sourceAgent === 'usr_foreign')).toEqual([]);
    const { status, body } = await list(admin, `?tenant=${stranger.tenantId}`);
    expect({ status, body }).toEqual({ status: 403, body: refusal('forbidden', 'Access denied') });
  });

  it('shows a system administrator the tenant that it names', async () => {
    const [made] = await record(stranger, { sourceAgent: 'usr_named' });
    expect(ids(await list(system, `?tenant=${stranger.tenantId}&source_agent=usr_named`))).toEqual([made?._id]);
    expect(ids(await list(system, '?source_agent=usr_named'))).toEqual([]);
    expect(ids(await list(system, '?tenant=ten_nobody'))).toEqual([]);
  });
});

describe('GET /api/v1/events/stream', () => {
  it('sends each event as it happens, and shows that it is alive meanwhile', async () => {
    const stream = await follow(admin);
    expect(stream.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(stream.headers['cache-control']).toBe('no-store, no-transform');
    expect(await stream.frame()).toEqual({ comment: 'heartbeat' });
    await record(admin, { type: 'STORE_ITEM_CREATED', data: { name: 'A\nB' } });
    const frame = await stream.event();
    const [view] = (await list(admin, `?cursor=${raw(['event', earlier])}`)).body.data;
    expect(frame).toEqual({ id: raw(['event', earlier + 1]), event: 'STORE_ITEM_CREATED', data: view });
    expect(view.data).toEqual({ name: 'A\nB' });
  });

  it('begins behind Last-Event-ID, with what happened meanwhile, and goes on', async () => {
    const made = await record(admin, ...Array.from({ length: 250 }, (_, at) => ({ at: new Date(at) })));
    const stream = await follow(admin, '', { 'last-event-id': raw(['event', earlier + 10]) });
    const frames = await stream.events(240);
    expect(frames.map(({ data }) => data.id)).toEqual(made.slice(10).map(({ _id }) => _id));
    const [next] = await record(admin, {});
    expect((await stream.event())?.data.id).toBe(next?._id);
  });

  it('begins with the next event without one', async () => {
    await record(admin, {});
    const stream = await follow(admin, '', { 'last-event-id': '' });
    const [next] = await record(admin, {});
    expect((await stream.event())?.data.id).toBe(next?._id);
  });

  it('takes filters', async () => {
    const stream = await follow(admin, '?type=HOLD_VOIDED&source_agent=usr_1');
    const [, , wanted] = await record(
      admin,
      {},
      { type: 'HOLD_VOIDED', sourceAgent: 'usr_2' },
      { type: 'HOLD_VOIDED', sourceAgent: 'usr_1' },
    );
    expect((await stream.event())?.data.id).toBe(wanted?._id);
  });

  it.each([['!'], [raw(['event', 9_999_999])], [raw(['event'])], [raw([1, 'aud_1'])], ['7']])(
    'refuses a Last-Event-ID such as %s',
    async (id) => {
      const { status, body } = await follow(admin, '', { 'last-event-id': id });
      const message = 'Last-Event-ID is not one that this stream gave out';
      expect({ status, body }).toEqual({
        status: 400,
        body: refusal('validation_failed', message, fieldError('Last-Event-ID', 'unknown event id')),
      });
    },
  );

  it('refuses whoever may not read events, and another tenant', async () => {
    const merchant = await as(app, 'merchant', admin.tenantId);
    const answers = [await follow(merchant), await follow(admin, `?tenant=${stranger.tenantId}`)];
    for (const { status, body } of answers) expect({ status, body }).toEqual({ status: 403, body: refusal('forbidden', 'Access denied') });
    expect(await app.call('GET', '/api/v1/events/stream?tenant=')).toMatchObject({ status: 401 });
  });

  it('sends a system administrator the tenant that it names, and nobody a foreign event', async () => {
    const [mine, named] = [await follow(admin), await follow(system, `?tenant=${stranger.tenantId}`)];
    const [foreign] = await record(stranger, {});
    const [own] = await record(admin, {});
    expect((await named.event())?.data.id).toBe(foreign?._id);
    expect((await mine.event())?.data.id).toBe(own?._id);
  });

  it('ends when the session does', async () => {
    const leaving = await as(app, 'admin', admin.tenantId);
    await settled(admin);
    const stream = await follow(leaving);
    await app.call('POST', '/api/v1/auth/logout', { token: leaving.token });
    expect(await stream.event()).toBeUndefined();
  });

  it('ends when the role is lost', async () => {
    const demoted = await as(app, 'admin', admin.tenantId);
    await settled(admin);
    const stream = await follow(demoted);
    const users = app.app.get(Database).collection('users');
    await users.updateOne({ _id: demoted.userId as never }, { $set: { 'memberships.0.role': 'user' } });
    expect(await stream.event()).toBeUndefined();
  });

  it('takes an API key, and ends when it is revoked', async () => {
    const integrator = await as(app, 'admin', admin.tenantId);
    const { token } = integrator;
    const json = { name: 'Warehouse', scopes: ['events:read'] };
    const made = await app.call('POST', '/api/v1/api-keys', { token, json });
    await settled(admin);
    const open = (secret: string) => EventStreamClient.open(`${app.url}/api/v1/events/stream`, undefined, { 'x-api-key': secret });
    const stream = await open(made.body.data.secret as string);
    const [happened] = await record(admin, {});
    let frame = await stream.event();
    expect(frame?.data.id).toBe(happened?._id);
    await app.call('DELETE', `/api/v1/api-keys/${made.body.data.key.id}`, { token });
    while ((frame = await stream.event())) expect(frame.event).toBe('KEY_REVOKED');
    const other = await app.call('POST', '/api/v1/api-keys', { token, json: { name: 'Checkout', scopes: ['payments:read'] } });
    expect((await open(other.body.data.secret as string)).status).toBe(403);
  });

  it('is refused past so many of a user, and of a tenant, and there is room again when one is closed', async () => {
    const other = await as(app, 'admin', admin.tenantId);
    const open = [await follow(admin), await follow(admin), await follow(admin)];
    const refused = await follow(admin);
    expect({ status: refused.status, body: refused.body, after: refused.headers['retry-after'] }).toEqual({
      status: 429,
      body: refusal('rate_limited', 'Too many open streams'),
      after: '15',
    });
    expect((await follow(other)).status).toBe(200);
    expect((await follow(other)).status).toBe(429);
    open[0]?.close();
    expect(await comesTrue(async () => (await follow(other)).status === 200, 5_000)).toBe(true);
  });

  it('is read no faster than the client takes it', async () => {
    const text = 'x'.repeat(20_000);
    const made = await record(admin, ...Array.from({ length: 400 }, (_, at) => ({ at: new Date(at), data: { text } })));
    const stream = await follow(admin, '', { 'last-event-id': raw(['event', earlier]) });
    await pause(300);
    const frames = await stream.events(400);
    expect(frames.map(({ data }) => data.id)).toEqual(made.map(({ _id }) => _id));
  });
});

it('ends every stream when the server stops, and stops', async () => {
  const own = await startApp({ mongodbUri: app.mongodbUri, env: { EVENT_HEARTBEAT_MS: '60000' } });
  const stream = await EventStreamClient.open(`${own.url}/api/v1/events/stream`, admin.token);
  const closing = own.close();
  expect(await stream.event()).toBeUndefined();
  await closing;
});

it('reaches the streams of every node', async () => {
  const other = await startApp({ mongodbUri: app.mongodbUri });
  try {
    const stream = await EventStreamClient.open(`${other.url}/api/v1/events/stream`, admin.token);
    const [made] = await record(admin, {});
    expect((await stream.event())?.data.id).toBe(made?._id);
    stream.close();
  } finally {
    await other.close();
  }
});

it('keeps nothing personal of somebody who was erased', async () => {
  const { tenantId } = admin;
  const email = 'gone.for.good@acme.test';
  const name = 'Gwendolyn Gone';
  await app.app.get(AccountsService).create({ email, password: 'pass123', name, tenantId, role: 'merchant' });
  const { body } = await app.call('POST', '/api/auth/login', { json: { email, password: 'pass123' } });
  const { token } = body.data as { token: string };
  const customer = { name: 'Carla Customer', email: 'carla@customer.test', country: 'UK' };
  const sold = { merchant: 'Spotify', paymentType: 'subscription', amountMinor: 1299, currency: 'GBP', region: 'UK', customer };
  expect((await app.call('POST', '/api/v1/payments', { token, json: sold })).status).toBe(201);
  expect((await app.call('DELETE', '/api/me', { token })).status).toBe(200);
  await settled(admin);
  const { data } = (await list(admin, `?limit=100&cursor=${raw(['event', earlier])}`)).body as { data: { type: string }[] };
  expect(data.map(({ type }) => type)).toEqual(['USER_REGISTERED', 'PAYMENT_CREATED', 'USER_ERASED']);
  expect(JSON.stringify(data)).not.toMatch(/gone|carla|customer/i);
});
