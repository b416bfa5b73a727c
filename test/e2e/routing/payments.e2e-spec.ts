import { AccountsService } from '../../../src/auth/accounts.service.js';
import { startApp, type TestApp } from '../../support/app.js';

let app: TestApp;
const tokens: Record<string, string> = {};
const who = {
  admin: 'parth@payments.com',
  finance: 'vishnu@payments.com',
  merchant: 'arjun@payments.com',
  other: 'honey@payments.com',
  support: 's@payments.com',
};

beforeAll(async () => {
  app = await startApp();
  const accounts = app.app.get(AccountsService);
  for (const [caller, email] of Object.entries(who)) {
    const role = caller === 'other' ? 'merchant' : (caller as 'admin');
    await accounts.ensure({ email, password: 'pass123', name: caller, tenantId: 'ten_default', role });
    const login = await app.call('POST', '/api/auth/login', { form: { email, password: 'pass123' } });
    tokens[caller] = login.body.data.token;
  }
});
afterAll(() => app.close());

const spotify = { merchant: 'Spotify', payment_type: 'subscription', amount_minor: '1299', currency: 'GBP', region: 'UK' };
const stripe = { provider: 'Stripe', result: 'success', latency_ms: 142 };
const paypal = { provider: 'PayPal', result: 'failure', latency_ms: 300 };

const create = (caller: string, form: Record<string, string> = spotify) =>
  app.call('POST', '/api/payments', { token: tokens[caller], form });
const update = (caller: string, id: string, form: Record<string, string>) =>
  app.call('PUT', `/api/payments/${id}`, { token: tokens[caller], form });
const list = (caller: string, query = '') => app.call('GET', `/api/payments${query}`, { token: tokens[caller] });

async function newest(caller = 'admin') {
  return (await list(caller, '?limit=1')).body.data.payments[0];
}
async function created(form: Record<string, string> = {}, caller = 'merchant') {
  expect(await create(caller, { ...spotify, ...form })).toMatchObject({ status: 201 });
  return newest(caller);
}
const answer = ({ status, body }: { status: number; body: unknown }) => ({ status, body });
const refused = (status: number, message: string) => ({ status, body: { status, message } });

describe('POST /api/payments', () => {
  it('creates a pending payment and answers without its id', async () => {
    expect(answer(await create('merchant'))).toEqual({ status: 201, body: { status: 201, message: 'Payment created' } });
    expect(await newest('merchant')).toEqual({
      _id: expect.stringMatching(/^[0-9a-f]{24}$/),
      merchant: 'Spotify',
      payment_type: 'subscription',
      amount_minor: 1299,
      currency: 'GBP',
      region: 'UK',
      status: 'pending',
      created_by: 'arjun@payments.com',
      initiated_at: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?$/),
      customer_details: { name: '', email: '', country: '' },
      provider_attempts: [],
    });
  });

  it('takes form, multipart and JSON, details as text or as objects, and ignores what it does not know', async () => {
    const details = { name: ' Ava Reed ', email: 'ava.reed@example.com', country: 'UK', shoe: 43 };
    const multipart = new FormData();
    for (const [name, value] of Object.entries({
      ...spotify,
      customer_details: JSON.stringify(details),
      provider_attempts: JSON.stringify([stripe]),
    })) {
      multipart.append(name, value);
    }
    const expected = {
      customer_details: { name: 'Ava Reed', email: 'ava.reed@example.com', country: 'UK' },
      provider_attempts: [stripe],
      status: 'pending',
    };
    const sent = await fetch(`${app.url}/api/payments`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tokens.merchant}` },
      body: multipart,
    });
    expect(sent.status).toBe(201);
    expect(await newest('merchant')).toMatchObject(expected);
    const json = {
      ...spotify,
      amount_minor: 1300,
      customer_details: details,
      provider_attempts: [{ ...stripe, extra: 1 }],
      status: 'success',
      x: 1,
    };
    expect((await app.call('POST', '/api/payments', { token: tokens.merchant, json })).status).toBe(201);
    expect(await newest('merchant')).toMatchObject({ ...expected, amount_minor: 1300 });
  });

  it('falls back to the customer fields', async () => {
    for (const empty of ['', '{}']) {
      const payment = await created({ customer_details: empty, customer_name: ' Ava ', customer_email: 'a@b.c', customer_country: 'UK' });
      expect(payment.customer_details).toEqual({ name: 'Ava', email: 'a@b.c', country: 'UK' });
    }
  });

  it.each([
    [{ amount_minor: '1.5' }, 'Invalid amount'],
    [{ amount_minor: '0', merchant: '' }, 'Invalid amount'],
    [{ amount_minor: '-1' }, 'Invalid amount'],
    [{ amount_minor: '' }, 'Invalid amount'],
    [{ amount_minor: '1e3' }, 'Invalid amount'],
    [{ amount_minor: '1000000000000' }, 'Invalid amount'],
    [{ amount_minor: '9'.repeat(400) }, 'Invalid amount'],
    [{ merchant: '' }, 'Missing fields'],
    [{ merchant: '   ' }, 'Missing fields'],
    [{ payment_type: '' }, 'Missing fields'],
    [{ region: ' ' }, 'Missing fields'],
    [{ currency: '' }, 'Missing fields'],
    [{ currency: 'gbp' }, 'Invalid currency'],
    [{ currency: 'JPY' }, 'Invalid currency'],
    [{ customer_details: '{"name":' }, 'Invalid customer_details JSON'],
    [{ customer_details: '[]' }, 'customer_details must be object'],
    [{ customer_details: '"Ava"' }, 'customer_details must be object'],
    [{ provider_attempts: '[{' }, 'Invalid provider_attempts JSON'],
    [{ provider_attempts: '{}' }, 'provider_attempts must be array'],
    [{ provider_attempts: '["Stripe"]' }, 'Invalid provider attempt'],
    [{ provider_attempts: '[{"provider":"Visa"}]' }, 'Invalid provider'],
    [{ provider_attempts: '[{"provider":"Stripe","result":"maybe"}]' }, 'Invalid result'],
    [{ provider_attempts: '[{"provider":"Stripe","result":"success","latency_ms":-1}]' }, 'Invalid latency'],
    [{ provider_attempts: '[{"provider":"Stripe","result":"success","latency_ms":1.5}]' }, 'Invalid latency'],
    [{ merchant: 'x'.repeat(201) }, 'merchant is too long'],
  ])('refuses %j', async (change, message) => {
    const before = (await list('merchant')).body.data.total;
    expect(answer(await create('merchant', { ...spotify, ...change }))).toEqual(refused(400, message));
    expect((await list('merchant')).body.data.total).toBe(before);
  });

  it.each([
    [{ amount_minor: [1299] }, 'Invalid amount'],
    [{ amount_minor: { $gt: 0 } }, 'Invalid amount'],
    [{ amount_minor: 12.5 }, 'Invalid amount'],
    [{ merchant: ['Spotify'] }, 'Missing fields'],
    [{ merchant: { $ne: null } }, 'Missing fields'],
    [{ currency: ['GBP'] }, 'Missing fields'],
    [{ customer_details: { name: { $gt: '' } } }, 'customer_details must be object'],
    [{ provider_attempts: [[]] }, 'Invalid provider attempt'],
  ])('refuses JSON %j', async (change, message) => {
    const json = { ...spotify, ...change };
    expect(answer(await app.call('POST', '/api/payments', { token: tokens.merchant, json }))).toEqual(refused(400, message));
  });

  it('takes text that Python reads as a whole number', async () => {
    expect(await created({ amount_minor: ' +0042 ' })).toMatchObject({ amount_minor: 42 });
  });

  it('takes at most 20 attempts a request', async () => {
    const attempts = (count: number) => JSON.stringify(Array.from({ length: count }, () => stripe));
    expect((await created({ provider_attempts: attempts(20) })).provider_attempts).toHaveLength(20);
    expect(answer(await create('merchant', { ...spotify, provider_attempts: attempts(21) }))).toEqual(
      refused(400, 'A request holds at most 20 provider attempts'),
    );
  });

  it.each(['finance', 'support'])('is denied to %s', async (caller) => {
    expect(answer(await create(caller))).toEqual(refused(403, 'Access denied'));
  });
});

describe('GET /api/payments', () => {
  it('answers a stable page, newest first, and the clamped numbers', async () => {
    for (let made = 0; made < 7; made++) await created();
    const { data } = (await list('merchant', '?page=0&limit=0')).body;
    expect(data).toMatchObject({ page: 1, limit: 1 });
    expect((await list('merchant', '?limit=9999')).body.data.limit).toBe(100);
    expect((await list('merchant')).body.data).toMatchObject({ page: 1, limit: 5 });
    const { total } = data;
    const seen: string[] = [];
    for (let page = 1; page <= Math.ceil(total / 3); page++) {
      const { payments } = (await list('merchant', `?page=${page}&limit=3`)).body.data;
      seen.push(...payments.map(({ _id, initiated_at: at }: { _id: string; initiated_at: string }) => `${at} ${_id}`));
    }
    expect(seen).toHaveLength(total);
    expect(seen).toEqual([...new Set(seen)].sort().reverse());
  });

  it('answers an empty page past the end', async () => {
    const { status, body } = await list('merchant', '?page=40000');
    expect([status, body.data.payments, body.data.page]).toEqual([200, [], 40000]);
  });

  it.each([
    ['?page=abc', 'Invalid page'],
    ['?page=1.5', 'Invalid page'],
    ['?limit=ten', 'Invalid limit'],
    ['?page=1&page=2', 'Invalid page'],
    ['?from=not-a-date', 'Invalid from'],
    ['?from[$gt]=', undefined],
    ['?to=2026-13-01', 'Invalid to'],
    ['?from=2026-01-01&from=2026-01-02', 'Invalid from'],
  ])('%s', async (query, message) => {
    const { status, body } = await list('merchant', query);
    expect({ status, message: body.message }).toEqual({ status: message ? 400 : 200, message });
  });

  it('applies a known status and ignores any other', async () => {
    const { _id } = await created();
    await update('admin', _id, { status: 'success' });
    const all = (await list('merchant')).body.data.total;
    const statusTotal = async (status: string) => (await list('merchant', `?status=${status}`)).body.data.total;
    const [success, pending, failed] = [await statusTotal('success'), await statusTotal('pending'), await statusTotal('failed')];
    expect([success >= 1, success + pending + failed]).toEqual([true, all]);
    expect(await statusTotal('Success')).toBe(all);
    expect(await statusTotal('bogus')).toBe(all);
  });

  it('includes the whole day of a date-only `to`, and exactly a moment', async () => {
    const { _id } = await created();
    await update('admin', _id, { initiated_at: '2026-01-15T18:10:55' });
    const ids = async (query: string) => (await list('merchant', query)).body.data.payments.map((payment: { _id: string }) => payment._id);
    expect(await ids('?from=2026-01-15&to=2026-01-15')).toEqual([_id]);
    expect(await ids('?from=2026-01-15T18:10:55&to=2026-01-15T18:10:55')).toEqual([_id]);
    expect(await ids('?from=2026-01-15&to=2026-01-15T18:10:54')).toEqual([]);
    expect(await ids('?to=2026-01-14')).toEqual([]);
    expect((await list('merchant', '?from=2026-01-15&to=2026-01-15')).body.data.total).toBe(1);
  });

  it('shows a merchant its own payments only', async () => {
    await created({ merchant: 'Hidden' }, 'other');
    const { payments } = (await list('merchant', '?limit=100')).body.data;
    expect(new Set(payments.map((payment: { created_by: string }) => payment.created_by))).toEqual(new Set(['arjun@payments.com']));
    expect((await newest('admin')).merchant).toBe('Hidden');
  });

  it.each(['GET', 'PATCH', 'POST'])('has no %s of one payment', async (method) => {
    const { _id } = await created();
    const wrong = await app.call(method, `/api/payments/${_id}`, { token: tokens.admin });
    expect({ ...answer(wrong), allow: wrong.headers.get('allow') }).toEqual({
      ...refused(405, 'Method not allowed'),
      allow: 'DELETE, PUT',
    });
  });
});

describe('PUT /api/payments/{id}', () => {
  it('changes core fields for an admin', async () => {
    const { _id } = await created();
    const form = {
      merchant: ' Amazon ',
      payment_type: 'card',
      region: 'DE',
      amount_minor: '4850',
      currency: 'EUR',
      initiated_at: '2026-02-03',
      customer_details: '{"name":"Mia"}',
    };
    expect(answer(await update('admin', _id, form))).toEqual({ status: 200, body: { status: 200, message: 'Updated' } });
    const { payments } = (await list('admin', '?from=2026-02-03&to=2026-02-03')).body.data;
    expect(payments).toEqual([
      {
        _id,
        merchant: 'Amazon',
        payment_type: 'card',
        amount_minor: 4850,
        currency: 'EUR',
        region: 'DE',
        status: 'pending',
        created_by: 'arjun@payments.com',
        initiated_at: '2026-02-03T00:00:00',
        customer_details: { name: 'Mia', email: '', country: '' },
        provider_attempts: [],
      },
    ]);
  });

  it('empties the customer for an empty text', async () => {
    const { _id } = await created({ customer_details: '{"name":"Mia"}' });
    await update('admin', _id, { customer_details: '' });
    expect((await newest()).customer_details).toEqual({ name: '', email: '', country: '' });
  });

  it.each([
    [{ merchant: ' ' }, 'Invalid merchant'],
    [{ payment_type: '' }, 'Invalid payment type'],
    [{ region: '' }, 'Invalid region'],
    [{ amount_minor: 'x' }, 'Invalid amount'],
    [{ currency: 'XXX' }, 'Invalid currency'],
    [{ initiated_at: 'not-a-date' }, 'Invalid initiated_at'],
    [{ initiated_at: '' }, 'Invalid initiated_at'],
    [{ customer_details: '[1]' }, 'customer_details must be object'],
    [{ status: 'done' }, 'Invalid status'],
    [{ provider_attempts: '{}' }, 'provider_attempts must be array'],
    [{ provider_attempts: '' }, 'No fields to update'],
    [{ created_by: 'x' }, 'No fields to update'],
  ])('refuses %j', async (form: Record<string, string>, message) => {
    const payment = await created();
    expect(answer(await update('admin', payment._id, form))).toEqual(refused(400, message));
    expect(await newest('merchant')).toEqual(payment);
  });

  it('says in order: denied, Invalid ID, nothing to update, Not found', async () => {
    const unknown = '65f1a7c4b2e8f4a91c0d2211';
    expect(answer(await update('merchant', 'nonsense', {}))).toEqual(refused(403, 'Access denied'));
    expect(answer(await update('finance', 'nonsense', { merchant: 'x' }))).toEqual(refused(403, 'Access denied'));
    expect(answer(await update('finance', 'nonsense', { status: 'success' }))).toEqual(refused(400, 'Invalid ID'));
    expect(answer(await update('admin', 'exactlytwelv', { status: 'success' }))).toEqual(refused(400, 'Invalid ID'));
    expect(answer(await update('admin', unknown, {}))).toEqual(refused(400, 'No fields to update'));
    expect(answer(await update('admin', unknown, { status: 'success' }))).toEqual(refused(404, 'Not found'));
  });

  it.each([
    ['pending', 'success', 200, 200],
    ['pending', 'failed', 200, 200],
    ['failed', 'pending', 200, 200],
    ['failed', 'success', 200, 400],
    ['success', 'failed', 200, 400],
    ['success', 'pending', 400, 400],
    ['success', 'success', 200, 200],
  ])('%s to %s: admin %i, finance %i', async (from, to, admin, finance) => {
    for (const [caller, status] of [
      ['admin', admin],
      ['finance', finance],
    ] as const) {
      const { _id } = await created();
      if (from !== 'pending') await update('admin', _id, { status: from });
      const expected = status === 200 ? { status, body: { status, message: 'Updated' } } : refused(400, 'Invalid status');
      expect(answer(await update(caller, _id, { status: to, reason: 'checked' }))).toEqual(expected);
      expect((await newest('merchant')).status).toBe(status === 200 ? to : from);
    }
  });

  it('appends attempts; an edit form that sends them all back appends only the rest', async () => {
    const { _id } = await created({ provider_attempts: JSON.stringify([stripe]) });
    await update('finance', _id, { provider_attempts: JSON.stringify([stripe]) });
    expect((await newest()).provider_attempts).toEqual([stripe, stripe]);
    await update('admin', _id, { merchant: 'Amazon', provider_attempts: JSON.stringify([stripe, stripe, paypal]) });
    expect((await newest()).provider_attempts).toEqual([stripe, stripe, paypal]);
    await update('admin', _id, { merchant: 'Amazon', provider_attempts: JSON.stringify([paypal]) });
    expect((await newest()).provider_attempts).toEqual([stripe, stripe, paypal, paypal]);
    expect(answer(await update('admin', _id, { provider_attempts: '[]' }))).toEqual({
      status: 200,
      body: { status: 200, message: 'Updated' },
    });
  });

  it('loses nothing and doubles nothing of six edits at once', async () => {
    const { _id } = await created();
    const latencies = [1, 2, 3, 4, 5, 6];
    const edits = latencies.map((latency_ms) => update('admin', _id, { provider_attempts: JSON.stringify([{ ...stripe, latency_ms }]) }));
    expect((await Promise.all(edits)).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    const { provider_attempts: attempts } = await newest();
    expect(attempts.map((attempt: { latency_ms: number }) => attempt.latency_ms).sort()).toEqual(latencies);
  });

  it('holds at most 100 attempts', async () => {
    const { _id } = await created();
    const twenty = JSON.stringify(Array.from({ length: 20 }, () => stripe));
    for (let time = 0; time < 5; time++) expect((await update('finance', _id, { provider_attempts: twenty })).status).toBe(200);
    expect(answer(await update('finance', _id, { provider_attempts: JSON.stringify([stripe]) }))).toEqual(
      refused(400, 'A payment holds at most 100 provider attempts'),
    );
  });
});

describe('DELETE /api/payments/{id}', () => {
  it('takes the payment out of lists and analytics', async () => {
    const before = (await list('admin')).body.data.total;
    const { _id } = await created();
    const remove = (caller: string, id: string) => app.call('DELETE', `/api/payments/${id}`, { token: tokens[caller] });
    expect(answer(await remove('finance', _id))).toEqual(refused(403, 'Access denied'));
    expect(answer(await remove('admin', 'nonsense'))).toEqual(refused(400, 'Invalid ID'));
    expect(answer(await remove('admin', _id))).toEqual({ status: 200, body: { status: 200, message: 'Deleted' } });
    expect(answer(await remove('admin', _id))).toEqual(refused(404, 'Not found'));
    expect(answer(await update('admin', _id, { status: 'success' }))).toEqual(refused(404, 'Not found'));
    expect((await list('admin')).body.data.total).toBe(before);
  });
});

describe('Idempotency-Key', () => {
  const keyed = (key: string, form: Record<string, string> = spotify) =>
    app.call('POST', '/api/payments', { token: tokens.merchant, form, headers: { 'idempotency-key': key } });

  it('acts once and answers the same again', async () => {
    const before = (await list('merchant')).body.data.total;
    const first = await keyed('once');
    const again = await keyed('once');
    expect(answer(again)).toEqual(answer(first));
    expect([first.headers.get('idempotency-replayed'), again.headers.get('idempotency-replayed')]).toEqual([null, 'true']);
    expect((await list('merchant')).body.data.total).toBe(before + 1);
  });

  it('refuses the key with another body, and a key that is none', async () => {
    await keyed('other body');
    expect(answer(await keyed('other body', { ...spotify, region: 'FR' }))).toEqual(
      refused(400, 'Idempotency-Key was used with another request'),
    );
    expect((await keyed('x'.repeat(256))).status).toBe(400);
    expect((await keyed('')).status).toBe(400);
  });

  it('lets exactly one of many at once act', async () => {
    const before = (await list('merchant')).body.data.total;
    const answers = await Promise.all(Array.from({ length: 20 }, () => keyed('race')));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201, 409]));
    expect(answers.filter(({ status }) => status === 409).every(({ headers }) => headers.get('retry-after') === '1')).toBe(true);
    expect((await list('merchant')).body.data.total).toBe(before + 1);
  });

  it('stores the refusal of the domain and not that of the reader', async () => {
    const { _id } = await created();
    const put = (key: string, form: Record<string, string>) =>
      app.call('PUT', `/api/payments/${_id}`, { token: tokens.admin, form, headers: { 'idempotency-key': key } });
    await update('admin', _id, { status: 'success' });
    expect(answer(await put('domain', { status: 'pending' }))).toEqual(refused(400, 'Invalid status'));
    const again = await put('domain', { status: 'pending' });
    expect({ ...answer(again), replayed: again.headers.get('idempotency-replayed') }).toEqual({
      ...refused(400, 'Invalid status'),
      replayed: 'true',
    });
    expect((await put('reader', { status: 'nonsense' })).headers.get('idempotency-replayed')).toBeNull();
    expect((await put('reader', { status: 'nonsense' })).headers.get('idempotency-replayed')).toBeNull();
  });
});
