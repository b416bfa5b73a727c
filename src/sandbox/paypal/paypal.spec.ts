import {
  newReference,
  paypalCard,
  paypalHeaders,
  paypalOrder,
  type Reply,
  startTestSandbox,
  type TestSandbox,
} from '../../../test/support/sandbox.js';
import { eventually } from '../../../test/support/eventually.js';
import { paypalProcessorCodes } from './declines.js';

let bench: TestSandbox;
let authorized: Readonly<Record<string, string>>;
beforeAll(async () => {
  bench = await startTestSandbox();
  authorized = await paypalHeaders(bench);
});
afterAll(() => bench.close());

const get = (path: string) => bench.request('GET', `/paypal${path}`, { headers: authorized });
const post = (path: string, body: unknown = {}, key = newReference(), headers: object = {}) =>
  bench.request('POST', `/paypal${path}`, { headers: { ...authorized, 'paypal-request-id': key, ...headers }, body });
const issueOf = ({ status, body }: Reply): [number, string, string] => [status, body.name, body.details[0].issue];
const unprocessable = (issue: string) => [422, 'UNPROCESSABLE_ENTITY', issue];

const orders = '/v2/checkout/orders';
const create = async (reference: string, intent: 'CAPTURE' | 'AUTHORIZE', value = '12.00', currency = 'USD'): Promise<string> =>
  (await post(orders, paypalOrder(reference, value, currency, intent))).body.id;
const paid = async (reference: string, value?: string, currency?: string, token?: string): Promise<Reply['body']> => {
  const id = await create(reference, 'CAPTURE', value, currency);
  return (await post(`${orders}/${id}/capture`, paypalCard(token))).body;
};
const captureOf = (order: Reply['body']): Reply['body'] => order.purchase_units[0].payments.captures[0];
const held = async (reference: string): Promise<string> => {
  const id = await create(reference, 'AUTHORIZE');
  return (await post(`${orders}/${id}/authorize`, paypalCard())).body.purchase_units[0].payments.authorizations[0].id;
};

describe('an order', () => {
  it('moves no money until it is captured with a source', async () => {
    const reference = newReference();
    const created = await post(orders, paypalOrder(reference));
    expect(created).toMatchObject({ status: 201, body: { status: 'CREATED' } });
    const { id } = created.body;
    expect(issueOf(await post(`${orders}/${id}/capture`))).toEqual(unprocessable('ORDER_NOT_APPROVED'));
    expect(await bench.books(reference)).toMatchObject([{ provider: 'paypal', providerId: id, authorized: 0, captured: 0 }]);
    const captured = await post(`${orders}/${id}/capture`, paypalCard());
    expect(captured.status).toBe(201);
    expect(captureOf(captured.body)).toMatchObject({
      status: 'COMPLETED',
      amount: { currency_code: 'USD', value: '12.00' },
      custom_id: reference,
      processor_response: { response_code: '0000' },
    });
    expect(issueOf(await post(`${orders}/${id}/capture`, paypalCard()))).toEqual(unprocessable('ORDER_ALREADY_CAPTURED'));
    expect((await get(`${orders}/${id}`)).body).toMatchObject({ status: 'COMPLETED', intent: 'CAPTURE' });
    expect(await bench.books(reference)).toMatchObject([{ authorized: 1200, captured: 1200, captures: 1, currency: 'USD' }]);
  });

  it('with a source is paid where it is created, and needs a request id', async () => {
    const reference = newReference();
    const asked = { ...paypalOrder(reference, '12.00', 'USD', 'AUTHORIZE'), ...paypalCard() };
    const bare = await bench.request('POST', `/paypal${orders}`, { headers: authorized, body: asked });
    expect([bare.status, bare.body.details[0].issue]).toEqual([400, 'PAYPAL_REQUEST_ID_REQUIRED']);
    const created = await post(orders, asked);
    expect(created).toMatchObject({ status: 201, body: { status: 'COMPLETED' } });
    expect(created.body.purchase_units[0].payments.authorizations).toMatchObject([{ status: 'CREATED' }]);
    expect(issueOf(await post(`${orders}/${created.body.id}/authorize`))).toEqual(unprocessable('ORDER_ALREADY_AUTHORIZED'));
    expect(issueOf(await post(`${orders}/${created.body.id}/capture`))).toEqual(unprocessable('ACTION_DOES_NOT_MATCH_INTENT'));
  });

  it.each([
    ['approve', 201, 'COMPLETED'],
    ['decline', 422, 'ORDER_NOT_APPROVED'],
  ])('that needs the payer waits until they %s', async (decision, status, outcome) => {
    const id = await create(newReference(), 'CAPTURE');
    const refused = await post(`${orders}/${id}/capture`, paypalCard('tok_paypal_3ds'));
    expect(issueOf(refused)).toEqual(unprocessable('PAYER_ACTION_REQUIRED'));
    const { href } = refused.body.links[0];
    expect((await get(`${orders}/${id}`)).body).toMatchObject({
      status: 'PAYER_ACTION_REQUIRED',
      links: [{}, { rel: 'payer-action', href }],
    });
    expect((await fetch(`${href}/${decision}`, { method: 'POST' })).status).toBe(200);
    const after = await post(`${orders}/${id}/capture`);
    expect([after.status, after.body.details?.[0].issue ?? captureOf(after.body).status]).toEqual([status, outcome]);
  });

  it('of a wallet sends the payer back to the shop', async () => {
    const wallet = { paypal: { experience_context: { return_url: 'https://shop.test/back?x=1' } } };
    const { status, body } = await post(orders, { ...paypalOrder(newReference()), payment_source: wallet });
    expect([status, body.status]).toEqual([200, 'PAYER_ACTION_REQUIRED']);
    const { href } = body.links[1];
    const back = await fetch(`${href}/approve`, { method: 'POST', body: new URLSearchParams(), redirect: 'manual' });
    expect(back.headers.get('location')).toBe(`https://shop.test/back?x=1&token=${body.id}`);
  });

  it.each([
    [{ intent: 'SALE' }, 400, 'INVALID_PARAMETER_VALUE'],
    [{ purchase_units: [] }, 400, 'MISSING_REQUIRED_PARAMETER'],
    [paypalOrder('r', '0.00'), 422, 'CANNOT_BE_ZERO_OR_NEGATIVE'],
    [paypalOrder('r', '1.001'), 422, 'DECIMAL_PRECISION'],
    [paypalOrder('r', '1.50', 'JPY'), 422, 'DECIMALS_NOT_SUPPORTED'],
    [paypalOrder('r', '1.50', 'INR'), 422, 'CURRENCY_NOT_SUPPORTED'],
    [paypalOrder('r', '-1'), 400, 'INVALID_PARAMETER_SYNTAX'],
    [paypalCard('tok_4242424242424242'), 422, 'TOKEN_ID_NOT_FOUND'],
    [{ payment_source: { card: { number: '4242424242424242' } } }, 400, 'MISSING_REQUIRED_PARAMETER'],
    [paypalCard('tok_paypal_instrument_declined'), 422, 'INSTRUMENT_DECLINED'],
  ])('%j is refused with %d %s', async (more, status, issue) => {
    const { body, status: got } = await post(orders, { ...paypalOrder(newReference()), ...more });
    expect([got, body.details[0].issue]).toEqual([status, issue]);
  });

  it.each([
    ['USD', '12.30', 1230],
    ['EUR', '0.05', 5],
    ['GBP', '7', 700],
    ['JPY', '500', 500],
    ['HUF', '500', 500],
    ['TWD', '500.00', 500],
  ])('counts %s %s as %d', async (currency, value, minor) => {
    const reference = newReference();
    const capture = captureOf(await paid(reference, value, currency));
    expect(await bench.books(reference)).toMatchObject([{ currency, captured: minor }]);
    expect(Number(capture.amount.value)).toBe(Number(value));
  });
});

describe('an authorization', () => {
  it('is captured in parts, up to all of it', async () => {
    const reference = newReference();
    const id = await held(reference);
    const usd = (value: string) => ({ amount: { currency_code: 'USD', value } });
    expect((await post(`/v2/payments/authorizations/${id}/capture`, { ...usd('5.00'), invoice_id: 'inv-1' })).body).toMatchObject({
      status: 'COMPLETED',
      final_capture: false,
      invoice_id: 'inv-1',
    });
    expect((await get(`/v2/payments/authorizations/${id}`)).body.status).toBe('PARTIALLY_CAPTURED');
    expect(issueOf(await post(`/v2/payments/authorizations/${id}/capture`, usd('7.01')))).toEqual(
      unprocessable('MAX_CAPTURE_AMOUNT_EXCEEDED'),
    );
    expect(issueOf(await post(`/v2/payments/authorizations/${id}/void`))).toEqual(unprocessable('PREVIOUSLY_CAPTURED'));
    const last = (await post(`/v2/payments/authorizations/${id}/capture`, {})).body;
    expect(last).toMatchObject({ final_capture: true, amount: { value: '7.00' } });
    expect(issueOf(await post(`/v2/payments/authorizations/${id}/capture`, {}))).toEqual(unprocessable('AUTHORIZATION_ALREADY_CAPTURED'));
    expect(await bench.books(reference)).toMatchObject([{ authorized: 1200, captured: 1200, captures: 2 }]);
  });

  it('is voided once, and then not captured', async () => {
    const reference = newReference();
    const id = await held(reference);
    expect(await post(`/v2/payments/authorizations/${id}/void`)).toMatchObject({ status: 204, body: '' });
    expect((await get(`/v2/payments/authorizations/${id}`)).body.status).toBe('VOIDED');
    expect(issueOf(await post(`/v2/payments/authorizations/${id}/void`))).toEqual(unprocessable('PREVIOUSLY_VOIDED'));
    expect(issueOf(await post(`/v2/payments/authorizations/${id}/capture`))).toEqual(unprocessable('AUTHORIZATION_VOIDED'));
    expect(await bench.books(reference)).toMatchObject([{ isVoided: true, captured: 0 }]);
  });
});

describe('a refund', () => {
  it('is given in parts, up to what was captured', async () => {
    const reference = newReference();
    const { id } = captureOf(await paid(reference));
    const refund = (value: string, currency_code = 'USD') =>
      post(`/v2/payments/captures/${id}/refund`, { amount: { currency_code, value }, custom_id: 'rf1' });
    const part = (await refund('2.00')).body;
    expect(part).toMatchObject({ status: 'COMPLETED', amount: { value: '2.00' }, custom_id: 'rf1' });
    expect((await get(`/v2/payments/captures/${id}`)).body.status).toBe('PARTIALLY_REFUNDED');
    expect(issueOf(await refund('10.01'))).toEqual(unprocessable('REFUND_AMOUNT_EXCEEDED'));
    expect(issueOf(await refund('1.00', 'EUR'))).toEqual(unprocessable('REFUND_CAPTURE_CURRENCY_MISMATCH'));
    expect((await post(`/v2/payments/captures/${id}/refund`)).body.amount.value).toBe('10.00');
    expect(issueOf(await post(`/v2/payments/captures/${id}/refund`))).toEqual(unprocessable('CAPTURE_FULLY_REFUNDED'));
    expect((await get(`/v2/payments/captures/${id}`)).body.status).toBe('REFUNDED');
    expect((await get(`/v2/payments/refunds/${part.id}`)).body.id).toBe(part.id);
    expect(await bench.books(reference)).toMatchObject([{ refunded: 1200, refunds: 2, movements: [{}, {}, { reference: 'rf1' }, {}] }]);
  });

  it('may take its time', async () => {
    const { id } = captureOf(await paid(newReference(), '12.00', 'USD', 'tok_paypal_refundpending'));
    const refund = (await post(`/v2/payments/captures/${id}/refund`)).body;
    expect(refund.status).toBe('PENDING');
    await eventually(async () => (await get(`/v2/payments/refunds/${refund.id}`)).body.status === 'COMPLETED');
  });
});

describe('declines', () => {
  it.each(Object.keys(paypalProcessorCodes))('%s', async (code) => {
    const reference = newReference();
    const order = await paid(reference, '12.00', 'USD', `tok_paypal_${code}`);
    expect(captureOf(order)).toMatchObject({ status: 'DECLINED', processor_response: { response_code: code } });
    expect(await bench.books(reference)).toMatchObject([{ authorized: 0, captured: 0 }]);
  });

  it.each([
    ['CCREJECT-REFUSED', '0500'],
    ['CCREJECT-SF', '9500'],
    ['CCREJECT-EC', '5400'],
    ['CCREJECT-IF', '5120'],
    ['CCREJECT-LS', '9520'],
    ['CCREJECT-CVV_F', '00N7'],
  ])('the name %s on a card is %s', async (name, code) => {
    const card = { payment_source: { card: { name, single_use_token: 'tok_paypal_ok' } } };
    const { body } = await post(orders, { ...paypalOrder(newReference()), ...card });
    expect(captureOf(body)).toMatchObject({ status: 'DECLINED', processor_response: { response_code: code } });
  });

  it('of an authorization deny it', async () => {
    const id = await create(newReference(), 'AUTHORIZE');
    const { body } = await post(`${orders}/${id}/authorize`, paypalCard('CCREJECT-IF'));
    const [authorization] = body.purchase_units[0].payments.authorizations;
    expect(authorization).toMatchObject({ status: 'DENIED', processor_response: { response_code: '5120' } });
    expect((await post(`/v2/payments/authorizations/${authorization.id}/capture`)).status).toBe(422);
  });
});

describe('requests', () => {
  it('with the same id have one effect, and the first answer with 200', async () => {
    const reference = newReference();
    const id = await create(reference, 'CAPTURE');
    const capture = () => post(`${orders}/${id}/capture`, paypalCard(), 'same');
    const [first, second] = [await capture(), await capture()];
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body).toEqual(first.body);
    expect(await bench.books(reference)).toMatchObject([{ captures: 1, movements: [{ key: 'same' }, { key: 'same' }] }]);
    const other = await post(`${orders}/${id}/capture`, paypalCard('CCREJECT-IF'), 'same');
    expect(issueOf(other)).toEqual(unprocessable('DUPLICATE_REQUEST_ID'));
  });

  it('without a token, or with a foreign one, are refused', async () => {
    for (const authorization of ['', 'Bearer A21AA9999999999.forged', 'Basic c2FuZGJveDpzYW5kYm94']) {
      const { status, body } = await bench.request('POST', `/paypal${orders}`, { headers: { authorization }, body: paypalOrder('r') });
      expect([status, body.name]).toEqual([401, 'AUTHENTICATION_FAILURE']);
    }
    const authorization = `Basic ${Buffer.from('live-client:live-secret').toString('base64')}`;
    const token = await bench.request('POST', '/paypal/v1/oauth2/token', {
      headers: { authorization },
      body: 'grant_type=client_credentials',
    });
    expect([token.status, token.body.error]).toEqual([401, 'invalid_client']);
  });

  it('for what is not there, and such that cannot be read', async () => {
    expect(await get(`${orders}/NONE`)).toMatchObject({ status: 404, body: { name: 'RESOURCE_NOT_FOUND' } });
    expect(await get('/v2/unicorns')).toMatchObject({ status: 404, body: { name: 'RESOURCE_NOT_FOUND' } });
    const headers = { ...authorized, 'content-type': 'application/json' };
    const broken = await bench.request('POST', `/paypal${orders}`, { headers, body: '{"intent"' });
    expect([broken.status, broken.body.details[0].issue]).toEqual([400, 'MALFORMED_REQUEST_JSON']);
  });

  it('with a token that is older than nine hours are refused', async () => {
    let now = new Date('2026-11-21T12:00:00Z');
    const clocked = await startTestSandbox({ clock: () => now });
    try {
      const headers = await paypalHeaders(clocked);
      const ask = () =>
        clocked.request('POST', `/paypal${orders}`, { headers: { ...headers, prefer: 'return=representation' }, body: paypalOrder('r') });
      expect(await ask()).toMatchObject({ status: 201, body: { create_time: '2026-11-21T12:00:00.000Z' } });
      now = new Date('2026-11-21T21:00:01Z');
      expect((await ask()).status).toBe(401);
    } finally {
      await clocked.close();
    }
  });
});
