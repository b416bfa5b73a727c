import { type Document, MongoClient } from 'mongodb';
import { startApp, type TestApp } from '../../support/app.js';
import { as } from '../../support/as.js';
import { type GatewayUser, gatewayUser, send, systemAdmin } from '../../support/gateway.js';

const charge = '/api/v1/payments/charge';
let app: TestApp;
let mongo: MongoClient;
let admin: string;

beforeAll(async () => {
  app = await startApp({ env: { GATEWAY_SETTLE_AFTER_MS: '3600000' } });
  mongo = await MongoClient.connect(app.mongodbUri);
  admin = (await as(app, 'admin')).token;
});
afterAll(async () => {
  await mongo.close();
  await app.close();
});

const sold = (more: object = {}) => ({ customerName: 'Bob', paymentAmount: 100.1, currency: 'us', ...more });
const answered = ({ status, body }: { status: number; body: unknown }) => [status, body];
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}000Z$/);
const txn = expect.stringMatching(/^txn_[0-9a-f]{12}$/);
const missingKey = { type: 'missing', loc: ['header', 'X-API-Key'], msg: 'Field required', input: null };
const unknownKey = { detail: 'Invalid or missing X-API-Key. Access denied.' };
const bad = (loc: string, input: unknown, type: string, msg: string, ctx?: object) => ({
  type,
  loc: ['body', loc],
  msg,
  input,
  ...(ctx && { ctx }),
});

describe('POST /api/v1/payments/charge', () => {
  let user: GatewayUser;
  beforeAll(async () => {
    user = await gatewayUser(app);
  });

  it('answers with the published fields', async () => {
    expect(answered(await user.call('POST', charge, sold()))).toEqual([
      201,
      { id: txn, customerName: 'Bob', amount: 100.1, currency: 'us', status: 'pending', created: time },
    ]);
  });

  it.each([
    [{ customerName: '  Bob ' }, { customerName: 'Bob' }],
    [{ paymentAmount: '100.10' }, { amount: 100.1 }],
    [{ paymentAmount: ' +1e2 ' }, { amount: 100 }],
    [{ paymentAmount: 250.0 }, { amount: 250 }],
    [{ paymentAmount: 0.01 }, { amount: 0.01 }],
    [{ paymentAmount: 9_999_999_999.99 }, { amount: 9_999_999_999.99 }],
    [
      { paymentAmount: 4.35, currency: 'usd' },
      { amount: 4.35, currency: 'usd' },
    ],
    [
      { paymentAmount: 1.234, currency: 'KWD' },
      { amount: 1.234, currency: 'KWD' },
    ],
    [
      { paymentAmount: 1e3, currency: 'jpy' },
      { amount: 1000, currency: 'jpy' },
    ],
    [{ currency: '' }, { currency: '' }],
    [{ currency: '€€€' }, { currency: '€€€' }],
    [{ unknown: true, status: 'completed', ownerId: 'user_1' }, { status: 'pending' }],
  ])('takes %j', async (more, shown) => {
    const { status, body } = await user.call('POST', charge, sold(more));
    expect([status, body]).toMatchObject([201, shown]);
    expect((await user.call('GET', `/api/v1/payments/${body.id}`)).body).toMatchObject(shown);
  });

  const greater = (input: unknown) => bad('paymentAmount', input, 'greater_than', 'Input should be greater than 0', { gt: 0 });
  const parsing = 'Input should be a valid number, unable to parse string as a number';
  const finite = (input: unknown) => bad('paymentAmount', input, 'finite_number', 'Input should be a finite number');
  const places = (input: unknown, n: number) =>
    bad('paymentAmount', input, 'value_error', `Value error, paymentAmount must have at most ${n} decimal places.`, { error: {} });
  it.each([
    [{ paymentAmount: 0 }, [greater(0)]],
    [{ paymentAmount: -5 }, [greater(-5)]],
    [{ paymentAmount: '-0.00' }, [greater('-0.00')]],
    [{ paymentAmount: 'ten' }, [bad('paymentAmount', 'ten', 'float_parsing', parsing)]],
    [{ paymentAmount: '' }, [bad('paymentAmount', '', 'float_parsing', parsing)]],
    [{ paymentAmount: '0x10' }, [bad('paymentAmount', '0x10', 'float_parsing', parsing)]],
    [{ paymentAmount: null }, [bad('paymentAmount', null, 'float_type', 'Input should be a valid number')]],
    [{ paymentAmount: [1] }, [bad('paymentAmount', [1], 'float_type', 'Input should be a valid number')]],
    [{ paymentAmount: 'Infinity' }, [finite('Infinity')]],
    [{ paymentAmount: 'nan' }, [finite('nan')]],
    [{ paymentAmount: '1e400' }, [finite('1e400')]],
    [{ paymentAmount: 1.005 }, [places(1.005, 2)]],
    [{ paymentAmount: 1e-7 }, [places(1e-7, 2)]],
    [{ paymentAmount: 10.5, currency: 'JPY' }, [places(10.5, 0)]],
    [
      { paymentAmount: 1e10 },
      [bad('paymentAmount', 1e10, 'less_than_equal', 'Input should be less than or equal to 9999999999.99', { le: 9999999999.99 })],
    ],
    [
      { paymentAmount: 1e300 },
      [bad('paymentAmount', 1e300, 'less_than_equal', 'Input should be less than or equal to 9999999999.99', { le: 9999999999.99 })],
    ],
    [{ customerName: '' }, [bad('customerName', '', 'string_too_short', 'String should have at least 1 character', { min_length: 1 })]],
    [
      { customerName: '   ' },
      [bad('customerName', '   ', 'value_error', 'Value error, Customer name cannot be empty or whitespace.', { error: {} })],
    ],
    [{ customerName: 5 }, [bad('customerName', 5, 'string_type', 'Input should be a valid string')]],
    [{ currency: 'EURO' }, [bad('currency', 'EURO', 'string_too_long', 'String should have at most 3 characters', { max_length: 3 })]],
    [{ currency: null }, [bad('currency', null, 'string_type', 'Input should be a valid string')]],
    [{ details: 7 }, [bad('details', 7, 'string_type', 'Input should be a valid string')]],
    [{ webhookUrl: {} }, [bad('webhookUrl', {}, 'string_type', 'Input should be a valid string')]],
  ])('refuses %j', async (more, detail) => {
    expect(answered(await user.call('POST', charge, sold(more)))).toEqual([422, { detail }]);
  });

  it('refuses a number that no double holds', async () => {
    const headers = { 'content-type': 'application/json', 'x-api-key': user.apiKey };
    const { status, body } = await send(app, 'POST', charge, '{"customerName":"Bob","paymentAmount":1e400,"currency":"us"}', headers);
    expect([status, body.detail[0]]).toEqual([
      422,
      { type: 'finite_number', loc: ['body', 'paymentAmount'], msg: 'Input should be a finite number', input: null },
    ]);
    expect((await user.call('GET', '/api/v1/payments/all')).status).toBe(200);
  });

  it('names all fields that are wrong, in their order', async () => {
    const { body } = await user.call('POST', charge, { currency: 'EURO', details: 1 });
    expect(body.detail.map(({ type, loc }: { type: string; loc: string[] }) => [type, loc[1]])).toEqual([
      ['missing', 'customerName'],
      ['missing', 'paymentAmount'],
      ['string_too_long', 'currency'],
      ['string_type', 'details'],
    ]);
    expect(body.detail[0].input).toEqual({ currency: 'EURO', details: 1 });
  });

  it.each(['http://10.0.0.1/hook', 'http://169.254.169.254/latest', 'ftp://example.com/', 'nothing'])(
    'does not send to %s',
    async (webhookUrl) => {
      expect(answered(await user.call('POST', charge, sold({ webhookUrl })))).toEqual([
        422,
        { detail: [bad('webhookUrl', webhookUrl, 'value_error', 'Value error, webhookUrl is not allowed.', { error: {} })] },
      ]);
    },
  );

  it('is repeated with the same key, and refused with another body', async () => {
    const headers = { 'idempotency-key': 'one charge' };
    const [first, again] = [await user.call('POST', charge, sold(), headers), await user.call('POST', charge, sold(), headers)];
    expect(first.status).toBe(201);
    expect(answered(again)).toEqual(answered(first));
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(answered(await user.call('POST', charge, sold({ paymentAmount: 1 }), headers))).toEqual([
      422,
      { detail: 'Idempotency-Key was used with another request' },
    ]);
  });
});

describe('an API key', () => {
  it.each([
    ['POST', charge, {}],
    ['GET', '/api/v1/payments/all', undefined],
    ['GET', '/api/v1/payments/txn_000000000000', undefined],
  ])('that nobody has is refused on %s %s, before the body is read', async (method, path, json) => {
    const { token } = await gatewayUser(app);
    for (const key of ['PK_LIVE_0000000000000000', 'nothing', '']) {
      expect(answered(await app.call(method, path, { token, json, headers: { 'x-api-key': key } }))).toEqual([401, unknownKey]);
    }
  });

  it('that is missing is the first of all that is wrong', async () => {
    expect(answered(await app.call('GET', '/api/v1/payments/all'))).toEqual([422, { detail: [missingKey] }]);
    const { status, body } = await app.call('POST', charge, { json: { customerName: '', currency: 'us' } });
    expect([status, body.detail.map(({ loc }: { loc: string[] }) => loc)]).toEqual([
      422,
      [
        ['header', 'X-API-Key'],
        ['body', 'customerName'],
        ['body', 'paymentAmount'],
      ],
    ]);
    expect(body.detail[0]).toEqual(missingKey);
    expect(answered(await app.call('POST', charge, { json: sold() }))).toEqual([422, { detail: [missingKey] }]);
    expect(answered(await app.call('POST', charge))).toEqual([
      422,
      { detail: [missingKey, { type: 'missing', loc: ['body'], msg: 'Field required', input: null }] },
    ]);
  });

  it('of the platform is taken where its scopes reach', async () => {
    const { token } = await as(app, 'merchant');
    const make = async (scopes: string[]) =>
      (await app.call('POST', '/api/v1/api-keys', { token, json: { name: 'a', scopes } })).body.data.secret as string;
    const [writing, reading] = [await make(['payments:write']), await make(['payments:read'])];
    const call = (key: string, method: string, path: string, json?: object) =>
      app.call(method, path, { json, headers: { 'x-api-key': key } });
    expect((await call(writing, 'POST', charge, sold())).status).toBe(201);
    expect((await call(reading, 'GET', '/api/v1/payments/all')).body.totalTransactions).toBe(1);
    expect(answered(await call(reading, 'POST', charge, sold()))).toEqual([403, { detail: 'Access denied' }]);
    expect(answered(await call(writing, 'GET', '/api/v1/payments/all'))).toEqual([403, { detail: 'Access denied' }]);
  });

  it('of the gateway is taken by the platform as far as the role of its owner reaches', async () => {
    const user = await gatewayUser(app);
    expect((await user.call('GET', '/api/v1/payments')).status).toBe(403);
    await app.call('PATCH', `/api/v1/users/${user.userId}/role`, { token: await systemAdmin(app), json: { new_role: 'merchant' } });
    expect((await user.call('GET', '/api/v1/payments')).status).toBe(200);
    expect((await user.call('GET', '/api/v1/analytics/payment-volume')).status).toBe(403);
  });

  it('is no longer one when its owner is gone', async () => {
    const user = await gatewayUser(app);
    await app.call('DELETE', `/api/v1/users/${user.userId}`, { token: admin });
    expect(answered(await user.call('POST', charge, sold()))).toEqual([401, unknownKey]);
  });
});

describe('what was charged', () => {
  it('is listed whole, oldest first, for its owner alone', async () => {
    const [user, other] = [await gatewayUser(app), await gatewayUser(app)];
    expect(answered(await user.call('GET', '/api/v1/payments/all'))).toEqual([404, { detail: 'No transactions found for this user.' }]);
    await other.call('POST', charge, sold());
    await user.call('POST', charge, sold({ details: '', webhookUrl: null }));
    await user.call(
      'POST',
      charge,
      sold({ customerName: 'Eve', paymentAmount: 7, currency: 'EUR', details: 'Order 7', webhookUrl: 'http://127.0.0.1:9999/hook' }),
    );
    const { status, body } = await user.call('GET', '/api/v1/payments/all');
    expect([status, body]).toEqual([
      200,
      {
        userId: user.userId,
        totalTransactions: 2,
        transactions: [
          {
            id: txn,
            ownerId: user.userId,
            customerName: 'Bob',
            amount: 100.1,
            currency: 'us',
            details: 'No details provided',
            status: 'pending',
            webhookUrl: null,
            createdAt: time,
          },
          {
            id: txn,
            ownerId: user.userId,
            customerName: 'Eve',
            amount: 7,
            currency: 'EUR',
            details: 'Order 7',
            status: 'pending',
            webhookUrl: 'http://127.0.0.1:9999/hook',
            createdAt: time,
          },
        ],
      },
    ]);
    const [first] = body.transactions;
    expect(answered(await user.call('GET', `/api/v1/payments/${first.id}`))).toEqual([200, first]);
    expect(answered(await other.call('GET', `/api/v1/payments/${first.id}`))).toEqual([
      404,
      { detail: `Transaction '${first.id}' not found for this user.` },
    ]);
    expect(answered(await user.call('GET', '/api/v1/payments/txn_x'))).toEqual([
      404,
      { detail: "Transaction 'txn_x' not found for this user." },
    ]);
  });

  it('is shown in parts of a thousand', async () => {
    const user = await gatewayUser(app);
    await user.call('POST', charge, sold());
    const payments = mongo.db().collection('payments');
    const row = (await payments.findOne({}, { sort: { _id: -1 } })) as Document;
    const many = Array.from({ length: 1_500 }, (_, index) => {
      const at = new Date((row.createdAt as Date).getTime() - 1000 * (1 + Math.floor(index / 2)));
      return { ...row, _id: undefined, createdAt: at, charge: { ...row.charge, id: `txn_${index.toString(16).padStart(12, '0')}` } };
    });
    await payments.insertMany(many.map(({ _id, ...rest }) => rest));
    const first = (await user.call('GET', '/api/v1/payments/all')).body;
    const second = (await user.call('GET', `/api/v1/payments/all?cursor=${first.nextCursor}`)).body;
    expect([first.totalTransactions, first.transactions.length, second.transactions.length, second.nextCursor]).toEqual([
      1501,
      1000,
      501,
      undefined,
    ]);
    const inOrder = [...second.transactions, ...first.transactions].map(
      ({ createdAt, id }: { createdAt: string; id: string }) => `${createdAt} ${id}`,
    );
    expect(inOrder).toEqual([...inOrder].sort());
    expect(new Set(inOrder).size).toBe(1501);
    expect((await user.call('GET', '/api/v1/payments/all?cursor=nothing')).status).toBe(422);

    const ids = inOrder.map((text) => String(text.split(' ')[1]));
    const signedIn = { authorization: `Bearer ${user.token}` };
    for (const sortBy of ['createdAt', 'amount', 'status', 'customerName']) {
      for (const sortOrder of ['asc', 'desc']) {
        const query = `/api/v1/payments/query?sortBy=${sortBy}&sortOrder=${sortOrder}`;
        const parts = [(await user.call('GET', query, undefined, signedIn)).body];
        parts.push((await user.call('GET', `${query}&cursor=${parts[0].nextCursor}`, undefined, signedIn)).body);
        expect(parts.map(({ totalTransactions }) => totalTransactions)).toEqual([1501, 1501]);
        expect(parts.map(({ nextCursor }) => typeof nextCursor)).toEqual(['string', 'undefined']);
        const listed = parts.flatMap(({ transactions }) => transactions as { id: string }[]).map(({ id }) => id);
        const expected = sortBy === 'createdAt' ? ids : [...ids].sort();
        expect([sortBy, sortOrder, listed]).toEqual([sortBy, sortOrder, sortOrder === 'asc' ? expected : expected.toReversed()]);
      }
    }
    const otherOrder = `/api/v1/payments/query?sortBy=amount&cursor=${first.nextCursor}`;
    expect((await user.call('GET', otherOrder, undefined, signedIn)).status).toBe(422);
  });

  it('is a payment of the one core', async () => {
    const user = await gatewayUser(app);
    const { id } = (await user.call('POST', charge, sold({ currency: 'gbp', paymentAmount: 12.99 }))).body;
    const { body } = await app.call('GET', '/api/payments?limit=1', { token: admin });
    expect(body.data.payments).toEqual([
      {
        _id: expect.stringMatching(/^[0-9a-f]{24}$/),
        merchant: 'Ava Reed',
        payment_type: 'gateway',
        amount_minor: 1299,
        currency: 'GBP',
        region: '',
        status: 'pending',
        created_by: user.email,
        initiated_at: expect.any(String),
        customer_details: { name: 'Bob', email: '', country: '' },
        provider_attempts: [],
      },
    ]);
    const platform = await app.call('GET', `/api/v1/payments/pay_${body.data.payments[0]._id}`, { token: admin });
    expect(platform.body.data).toMatchObject({ gatewayId: id, paymentType: 'gateway', state: 'created' });
    expect((await app.call('GET', `/api/v1/payments/${id}`, { token: admin })).status).toBe(422);

    const volume = async () =>
      (await app.call('GET', '/api/v1/analytics/payment-volume', { token: admin })).body.data as { currency: string }[];
    expect((await volume()).map(({ currency }) => currency)).toContain('GBP');
    expect((await volume()).map(({ currency }) => currency)).not.toContain('us');
    const event = await mongo
      .db()
      .collection('events')
      .findOne({ 'subject.id': `pay_${body.data.payments[0]._id}` });
    expect(event).toMatchObject({ type: 'PAYMENT_CREATED', data: { amountMinor: 1299, currency: 'GBP' } });
    const entry = await mongo
      .db()
      .collection('audit')
      .findOne({ 'subject.id': `pay_${body.data.payments[0]._id}` });
    expect(entry?.actor).toMatchObject({ email: user.email, key: expect.stringMatching(/^key_/) });
  });

  it('shows what an administrator has corrected', async () => {
    const user = await gatewayUser(app);
    const { id } = (await user.call('POST', charge, sold({ currency: 'gbp', paymentAmount: 12.99 }))).body;
    const { body } = await app.call('GET', '/api/payments?limit=1', { token: admin });
    const form = { amount_minor: '500', currency: 'EUR', status: 'failed' };
    expect((await app.call('PUT', `/api/payments/${body.data.payments[0]._id}`, { token: admin, form })).status).toBe(200);
    expect((await user.call('GET', `/api/v1/payments/${id}`)).body).toMatchObject({ amount: 5, currency: 'EUR', status: 'failed' });
    expect(
      (await user.call('GET', '/api/v1/payments/query?maxAmount=5', undefined, { authorization: `Bearer ${user.token}` })).body
        .totalTransactions,
    ).toBe(1);
  });
});

describe('GET /api/v1/payments/query', () => {
  let user: GatewayUser;
  beforeAll(async () => {
    user = await gatewayUser(app);
    const charges = [
      ['Cyd', 10.5, 'GBP'],
      ['Ann', 1000, 'JPY'],
      ['Bob', 0.3, 'us'],
      ['Dan', 10.5, 'KWD'],
    ] as const;
    for (const [customerName, paymentAmount, currency] of charges)
      await user.call('POST', charge, { customerName, paymentAmount, currency });
  });
  const query = (text: string, token: string | undefined = user.token, key: string | undefined = user.apiKey) =>
    app.call('GET', `/api/v1/payments/query${text}`, {
      ...(token !== '' && { token }),
      headers: { ...(key !== '' && { 'x-api-key': key }) },
    });
  const names = ({ body }: { body: { transactions: { customerName: string }[] } }) =>
    body.transactions.map(({ customerName }) => customerName);

  it.each([
    ['', ['Dan', 'Bob', 'Ann', 'Cyd']],
    ['?sortOrder=asc', ['Cyd', 'Ann', 'Bob', 'Dan']],
    ['?sortOrder=DESC', ['Cyd', 'Ann', 'Bob', 'Dan']],
    ['?sortBy=customerName&sortOrder=asc', ['Ann', 'Bob', 'Cyd', 'Dan']],
    ['?sortBy=customerName', ['Dan', 'Cyd', 'Bob', 'Ann']],
    ['?minAmount=10.5', ['Dan', 'Ann', 'Cyd']],
    ['?maxAmount=10.5', ['Dan', 'Bob', 'Cyd']],
    ['?minAmount=0.30000000000000004', ['Dan', 'Ann', 'Cyd']],
    ['?minAmount=0.3&maxAmount=0.3', ['Bob']],
    ['?minAmount=1e3', ['Ann']],
    ['?minAmount=%2010%20&unknown=1', ['Dan', 'Ann', 'Cyd']],
    ['?minAmount=1e99&minAmount=1000', ['Ann']],
  ])('%s', async (text, expected) => {
    const answer = await query(text);
    expect([answer.status, names(answer)]).toEqual([200, expected]);
    expect(answer.body).toMatchObject({ userId: user.userId, totalTransactions: expected.length });
  });

  it('sorts by what is shown, also across currencies', async () => {
    const amounts = (await query('?sortBy=amount&sortOrder=asc')).body.transactions.map(({ amount }: { amount: number }) => amount);
    expect(amounts).toEqual([0.3, 10.5, 10.5, 1000]);
    expect((await query('?sortBy=status')).status).toBe(200);
  });

  it('finds nothing where nothing matches', async () => {
    const nothing = [404, { detail: 'No transactions found matching the query for this user.' }];
    expect(answered(await query('?minAmount=1000.01'))).toEqual(nothing);
    expect(answered(await query('?minAmount=11&maxAmount=9'))).toEqual(nothing);
  });

  it('names every parameter that is wrong', async () => {
    const parsing = 'Input should be a valid number, unable to parse string as a number';
    const expected = "'createdAt', 'amount', 'status' or 'customerName'";
    expect(answered(await query('?minAmount=&maxAmount=x&sortBy='))).toEqual([
      422,
      {
        detail: [
          { type: 'float_parsing', loc: ['query', 'minAmount'], msg: parsing, input: '' },
          { type: 'float_parsing', loc: ['query', 'maxAmount'], msg: parsing, input: 'x' },
          { type: 'enum', loc: ['query', 'sortBy'], msg: `Input should be ${expected}`, input: '', ctx: { expected } },
        ],
      },
    ]);
    expect((await query('?sortBy=password')).status).toBe(422);
    expect((await query('?minAmount=inf')).body.detail[0]).toMatchObject({ type: 'finite_number', input: 'inf' });
  });

  it('needs the key and the token of its owner, or of an administrator of the tenant', async () => {
    const other = await gatewayUser(app);
    expect(answered(await query('', other.token))).toEqual([403, { detail: 'Access denied' }]);
    expect(names(await query('', admin))).toHaveLength(4);
    expect((await query('', (await as(app, 'admin', 'ten_elsewhere').catch(() => other)).token)).status).toBe(403);
    expect(answered(await query('', ''))).toEqual([401, { detail: 'Authorization header missing.' }]);
    expect(answered(await query('', 'nothing'))).toEqual([401, { detail: 'Invalid or expired token.' }]);
    expect(answered(await query('?minAmount=x', 'nothing', 'nothing'))).toEqual([401, unknownKey]);
    expect(answered(await query('?minAmount=x', 'nothing', ''))).toEqual([401, { detail: 'Invalid or expired token.' }]);
    expect((await query('?minAmount=x', user.token, '')).body.detail).toMatchObject([missingKey, { loc: ['query', 'minAmount'] }]);
  });
});
