import { AccountsService } from '../../../src/auth/accounts.service.js';
import type { Role } from '../../../src/kernel/actor/permissions.js';
import { startApp, type TestApp } from '../../support/app.js';

let app: TestApp;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  app = await startApp();
  for (const role of ['admin', 'finance', 'merchant'] as Role[]) {
    const email = `${role}@example.com`;
    await app.app.get(AccountsService).ensure({ email, password: 'secret1', name: role, tenantId: 'ten_default', role });
    tokens[role] = (await app.call('POST', '/api/v1/auth/login', { json: { email, password: 'secret1' } })).body.data.accessToken;
  }
});
afterAll(() => app.close());

const given = {
  merchant: 'Spotify',
  paymentType: 'subscription',
  amountMinor: 1299,
  currency: 'JPY',
  region: 'JP',
  customer: { name: 'Ava Reed', email: 'ava.reed@example.com' },
  attempts: [{ provider: 'Stripe', result: 'failure', latencyMs: 142 }],
};
const iso = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
const send = (method: string, path: string, json?: unknown, role = 'admin') =>
  app.call(method, `/api/v1/payments${path}`, { token: tokens[role], ...(json !== undefined && { json }) });
const error = (code: string, message: unknown, context: unknown = {}) => ({
  data: null,
  error: { code, message, context },
  meta: { traceId: expect.any(String) },
});

it('creates, reads, changes and deletes a payment', async () => {
  const created = await send('POST', '', given, 'merchant');
  const payment = {
    id: expect.stringMatching(/^pay_[0-9a-f]{24}$/),
    merchant: 'Spotify',
    paymentType: 'subscription',
    amountMinor: 1299,
    currency: 'JPY',
    region: 'JP',
    status: 'pending',
    state: 'created',
    customer: { name: 'Ava Reed', email: 'ava.reed@example.com', country: '' },
    attempts: [{ provider: 'Stripe', result: 'failure', latencyMs: 142 }],
    decisions: [],
    ownerId: expect.stringMatching(/^usr_/),
    createdBy: 'merchant@example.com',
    initiatedAt: iso,
    createdAt: iso,
    updatedAt: iso,
    rev: 1,
  };
  expect({ status: created.status, body: created.body }).toEqual({
    status: 201,
    body: { data: payment, error: null, meta: { traceId: created.headers.get('x-trace-id') } },
  });
  const { id } = created.body.data;
  expect((await send('GET', `/${id}`, undefined, 'merchant')).body.data).toEqual(created.body.data);
  const more = { status: 'failed', reason: 'card expired', attempts: [{ provider: 'Adyen', result: 'failure', latencyMs: 9 }] };
  const changed = await send('PATCH', `/${id}`, more, 'finance');
  expect(changed.body.data).toEqual({
    ...payment,
    status: 'failed',
    state: 'declined',
    attempts: [...payment.attempts, { provider: 'Adyen', result: 'failure', latencyMs: 9 }],
    decisions: [{ from: 'pending', to: 'failed', by: expect.stringMatching(/^usr_/), reason: 'card expired', at: iso }],
    rev: 2,
  });
  const removed = await send('DELETE', `/${id}`);
  expect(removed.body).toEqual({ data: null, error: null, meta: { traceId: expect.any(String) } });
  const gone = await send('GET', `/${id}`);
  expect({ status: gone.status, body: gone.body }).toEqual({ status: 404, body: error('not_found', 'Not found') });
});

it('tells each change in the audit log, and in an event of the same moment', async () => {
  const { id } = (await send('POST', '', given, 'merchant')).body.data;
  await send('PATCH', `/${id}`, { amountMinor: 1300, customer: { name: 'Mia' } });
  const deleted = await send('DELETE', `/${id}`);
  const log = await app.call('GET', `/api/v1/audit?subjectType=payment&subjectId=${id}`, { token: tokens.admin });
  const actor = { id: expect.stringMatching(/^usr_/), email: 'admin@example.com', role: 'admin' };
  const entry = { id: expect.stringMatching(/^aud_/), at: iso, subject: { type: 'payment', id }, traceId: expect.any(String) };
  expect(log.body.data).toEqual([
    {
      ...entry,
      actor,
      action: 'payment.deleted',
      before: expect.objectContaining({ amountMinor: 1300 }),
      after: null,
      traceId: deleted.headers.get('x-trace-id'),
    },
    {
      ...entry,
      actor,
      action: 'payment.updated',
      before: { amountMinor: 1299, customer: '(changed)' },
      after: { amountMinor: 1300, customer: '(changed)' },
    },
    {
      ...entry,
      actor: { ...actor, email: 'merchant@example.com', role: 'merchant' },
      action: 'payment.created',
      before: null,
      after: expect.objectContaining({ merchant: 'Spotify', amountMinor: 1299, currency: 'JPY', status: 'pending' }),
    },
  ]);
  expect(JSON.stringify(log.body)).not.toContain('Ava Reed');
  expect((await app.call('GET', '/api/v1/audit', { token: tokens.merchant })).body).toEqual(error('forbidden', 'Access denied'));
});

it('pages by cursor, in a stable order, each payment once', async () => {
  for (let made = 0; made < 7; made++) await send('POST', '', given, 'merchant');
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const { data, meta }: { data: { id: string }[]; meta: { page: { limit: number; nextCursor: string | null; total: number } } } = (
      await send('GET', `?limit=3${cursor === null ? '' : `&cursor=${cursor}`}`, undefined, 'merchant')
    ).body;
    expect(meta.page).toMatchObject({ limit: 3, total: 7 });
    seen.push(...data.map(({ id }) => id));
    cursor = meta.page.nextCursor;
  } while (cursor !== null);
  expect([seen.length, new Set(seen).size]).toEqual([7, 7]);
});

it.each([
  ['POST', '', { ...given, amountMinor: 1.5 }, 'amountMinor'],
  ['POST', '', { ...given, amountMinor: '1299' }, 'amountMinor'],
  ['POST', '', { ...given, amountMinor: 1e15 }, 'amountMinor'],
  ['POST', '', { ...given, currency: 'XXX' }, 'currency'],
  ['POST', '', { ...given, merchant: ['Spotify'] }, 'merchant'],
  ['POST', '', { ...given, merchant: { $ne: null } }, 'merchant'],
  ['POST', '', { ...given, shoe: 43 }, 'shoe'],
  ['POST', '', { ...given, customer: { $where: '1' } }, 'customer.$where'],
  ['POST', '', { ...given, attempts: [{ provider: 'Visa', result: 'success', latencyMs: 1 }] }, 'attempts.0.provider'],
  ['POST', '', { ...given, attempts: Array.from({ length: 21 }, () => given.attempts[0]) }, 'attempts'],
  ['POST', '', { ...given, attempts: null }, 'attempts'],
  ['POST', '', { ...given, customer: null }, 'customer'],
  ['PATCH', '/pay_65f1a7c4b2e8f4a91c0d2211', { status: 'done' }, 'status'],
  ['PATCH', '/pay_65f1a7c4b2e8f4a91c0d2211', { initiatedAt: '2026-02-30' }, 'initiatedAt'],
  ['GET', '?limit=0', undefined, 'limit'],
  ['GET', '?limit=101', undefined, 'limit'],
  ['GET', '?limit=ten', undefined, 'limit'],
  ['GET', '?from=not-a-date', undefined, 'from'],
  ['GET', '?status=bogus', undefined, 'status'],
  ['GET', '?cursor=nonsense', undefined, 'cursor'],
  // One of the event feed, and one with an id that no payment has.
  ['GET', '?cursor=WyJldmVudCIsNjFd', undefined, 'cursor'],
  ['GET', '?cursor=WzE3NjcyMjU2MDAwMDAsInR4bl8xIl0', undefined, 'cursor'],
])('%s %s %j names the field %s', async (method, path, json, field) => {
  const { status, body } = await send(method, path, json);
  expect({ status, code: body.error.code, field: body.error.context.fields[0].field }).toEqual({
    status: 400,
    code: 'validation_failed',
    field,
  });
});

it.each([
  ['an unknown id', 'GET', '/pay_65f1a7c4b2e8f4a91c0d2211', undefined, 404, error('not_found', 'Not found')],
  ['another form of id', 'GET', '/65f1a7c4b2e8f4a91c0d2211', undefined, 404, error('not_found', 'Not found')],
  ['an empty change', 'PATCH', '/pay_65f1a7c4b2e8f4a91c0d2211', {}, 400, error('validation_failed', 'No fields to update')],
  ['no JSON', 'POST', '', undefined, 400, error('validation_failed', expect.any(String), expect.any(Object))],
])('answers %s', async (_case, method, path, json, status, body) => {
  const answered = await send(method, path, json);
  expect({ status: answered.status, body: answered.body }).toEqual({ status, body });
});

it('refuses what the role or the table does not allow', async () => {
  const { id } = (await send('POST', '', given, 'merchant')).body.data;
  expect((await send('PATCH', `/${id}`, { merchant: 'x' }, 'finance')).body).toEqual(error('forbidden', 'Access denied'));
  expect((await send('PATCH', `/${id}`, { status: 'success' }, 'merchant')).status).toBe(403);
  await send('PATCH', `/${id}`, { status: 'success' });
  const refused = await send('PATCH', `/${id}`, { status: 'pending' });
  expect({ status: refused.status, body: refused.body }).toEqual({
    status: 409,
    body: error('transition_refused', 'The status of the payment cannot change so'),
  });
});

it('replays a stored answer under the same key, dressed as the first', async () => {
  const create = (json: unknown) =>
    app.call('POST', '/api/v1/payments', { token: tokens.merchant, json, headers: { 'idempotency-key': 'k1' } });
  const [first, again] = [await create(given), await create(given)];
  expect(again.body.data).toEqual(first.body.data);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  const other = await create({ ...given, amountMinor: 1 });
  expect({ status: other.status, body: other.body }).toEqual({
    status: 422,
    body: error('idempotency_key_reused', 'Idempotency-Key was used with another request'),
  });
});
