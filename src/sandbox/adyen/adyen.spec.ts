import { adyenHeaders, adyenPayment, newReference, startTestSandbox, type TestSandbox } from '../../../test/support/sandbox.js';
import { adyenRefusals } from './refusals.js';

let bench: TestSandbox;
beforeAll(async () => {
  bench = await startTestSandbox();
  // Nothing is done by itself: tests say when.
  await bench.turn('adyen', { settleMs: 600_000 });
});
afterAll(() => bench.close());

const path = '/adyen/v71/payments';
const merchantAccount = 'TestMerchant';
const amountOf = (value: number, currency = 'USD') => ({ value, currency });
const post = (where: string, body: unknown, key = newReference()) =>
  bench.request('POST', path + where, { headers: { ...adyenHeaders, 'idempotency-key': key }, body });
const settle = () => bench.request('POST', '/sandbox/providers/adyen/settle');
const later = { additionalData: { manualCapture: 'true' } };
const held = async (reference: string, token?: string): Promise<string> =>
  (await post('', { ...adyenPayment(reference, token), ...later })).body.pspReference;
const modify = (psp: string, what: string, value?: number, reference = 'mod') =>
  post(`/${psp}/${what}`, { merchantAccount, reference, ...(value !== undefined && { amount: amountOf(value) }) });

describe('a payment', () => {
  it('is authorised, and captured at once where nothing else is asked', async () => {
    const reference = newReference();
    const { status, body } = await post('', adyenPayment(reference));
    expect(status).toBe(200);
    expect(body).toEqual({
      pspReference: expect.stringMatching(/^[A-Z0-9]{16}$/),
      resultCode: 'Authorised',
      amount: { value: 1200, currency: 'USD' },
      merchantReference: reference,
      paymentMethod: { type: 'scheme', brand: 'visa' },
    });
    expect(await bench.books(reference)).toMatchObject([
      { provider: 'adyen', providerId: body.pspReference, authorized: 1200, captured: 1200, currency: 'USD' },
    ]);
  });

  it.each([later, { captureDelayHours: 24 }])('is only held with %j', async (more) => {
    const reference = newReference();
    await post('', { ...adyenPayment(reference), ...more });
    expect(await bench.books(reference)).toMatchObject([{ authorized: 1200, captured: 0 }]);
  });

  it.each([
    ['approve', 'Authorised', 1200],
    ['decline', 'Refused', 0],
  ])('sends its shopper away, who %ss', async (decision, resultCode, captured) => {
    const reference = newReference();
    const asked = { ...adyenPayment(reference, 'tok_adyen_3ds'), returnUrl: 'https://shop.test/back' };
    const { body } = await post('', asked);
    expect(body).toMatchObject({ resultCode: 'RedirectShopper', action: { type: 'redirect', method: 'GET' } });
    const url = `${body.action.url}/${decision}`;
    const back = await fetch(url, { method: 'POST', body: new URLSearchParams(), redirect: 'manual' });
    const redirectResult = new URL(back.headers.get('location') ?? '').searchParams.get('redirectResult');
    const details = await post('/details', { details: { redirectResult } });
    expect(details).toMatchObject({ status: 200, body: { resultCode, pspReference: body.pspReference, merchantReference: reference } });
    expect(await bench.books(reference)).toMatchObject([{ captured }]);
  });

  it('may be pending for a while', async () => {
    const reference = newReference();
    expect((await post('', adyenPayment(reference, 'tok_adyen_pending'))).body.resultCode).toBe('Pending');
    expect(await bench.books(reference)).toMatchObject([{ authorized: 0, status: 'Pending' }]);
    await settle();
    expect(await bench.books(reference)).toMatchObject([{ authorized: 1200, status: 'Authorised' }]);
  });
});

describe('a modification', () => {
  it('is received, and done later', async () => {
    const reference = newReference();
    const psp = await held(reference);
    expect(await modify(psp, 'captures', 500, 'cap1')).toMatchObject({
      status: 201,
      body: {
        status: 'received',
        merchantAccount,
        paymentPspReference: psp,
        pspReference: expect.stringMatching(/^[A-Z0-9]{16}$/),
        reference: 'cap1',
        amount: { value: 500, currency: 'USD' },
      },
    });
    const capture = { kind: 'capture', reference: 'cap1' };
    expect(await bench.books(reference)).toMatchObject([{ captured: 0, modifications: [{ ...capture, state: 'received' }] }]);
    await settle();
    expect(await bench.books(reference)).toMatchObject([{ modifications: [{ ...capture, state: 'done' }] }]);
    expect(await bench.books(reference)).toMatchObject([{ captured: 500, movements: [{}, { kind: 'capture', reference: 'cap1' }] }]);
  });

  it('beyond what there is comes to nothing', async () => {
    const reference = newReference();
    const psp = await held(reference);
    await modify(psp, 'captures', 1201);
    await settle();
    expect(await bench.books(reference)).toMatchObject([{ captured: 0, modifications: [{ kind: 'capture', state: 'refused' }] }]);
    await modify(psp, 'captures', 1200);
    for (let n = 0; n < 3; n++) await modify(psp, 'refunds', 500);
    await settle();
    expect(await bench.books(reference)).toMatchObject([{ captured: 1200, refunded: 1000, refunds: 2 }]);
  });

  it('cancels what is not captured, and a reversal knows which it is', async () => {
    const [cancelled, reversed, refunded] = [newReference(), newReference(), newReference()];
    await modify(await held(cancelled), 'cancels');
    await modify(await held(reversed), 'reversals');
    const captured = await held(refunded);
    await modify(captured, 'captures', 700);
    await settle();
    await modify(captured, 'cancels');
    await modify(captured, 'reversals');
    await settle();
    expect(await bench.books(cancelled)).toMatchObject([{ isVoided: true, captured: 0 }]);
    expect(await bench.books(reversed)).toMatchObject([{ isVoided: true, captured: 0 }]);
    expect(await bench.books(refunded)).toMatchObject([{ isVoided: false, captured: 700, refunded: 700 }]);
  });

  it.each([
    ['tok_adyen_capturefail', { captured: 0, refunded: 0 }],
    ['tok_adyen_refundfail', { captured: 1200, refunded: 0 }],
  ])('of %s is taken back', async (token, books) => {
    const reference = newReference();
    const psp = await held(reference, token);
    await modify(psp, 'captures', 1200);
    await settle();
    if (token === 'tok_adyen_refundfail') await modify(psp, 'refunds', 300);
    await settle();
    await settle();
    expect(await bench.books(reference)).toMatchObject([books]);
  });
});

describe('refusals', () => {
  const codes = Object.entries(adyenRefusals).map(
    ([code, { reason, resultCode, holderName }]) => [code, reason, resultCode, holderName] as const,
  );

  it.each(codes)('%s is %s', async (code, refusalReason, resultCode, holderName) => {
    const expected = { resultCode, refusalReason, refusalReasonCode: code };
    expect((await post('', adyenPayment(newReference(), `tok_adyen_${code}`))).body).toMatchObject(expected);
    const named = { type: 'scheme', storedPaymentMethodId: 'tok_adyen_ok', holderName: `${holderName} : ${code}` };
    expect((await post('', { ...adyenPayment(newReference()), paymentMethod: named })).body).toMatchObject(expected);
    const asked = { additionalData: { RequestedTestAcquirerResponseCode: code } };
    expect((await post('', { ...adyenPayment(newReference()), ...asked })).body).toMatchObject(expected);
  });

  it.each([
    ['tok_adyen_insufficient', '12', 'Not enough balance'],
    ['tok_adyen_expired', '6', 'Expired Card'],
    ['tok_adyen_fraud', '20', 'FRAUD'],
  ])('%s is %s', async (token, refusalReasonCode, refusalReason) => {
    const reference = newReference();
    expect((await post('', adyenPayment(reference, token))).body).toMatchObject({
      resultCode: 'Refused',
      refusalReasonCode,
      refusalReason,
    });
    expect(await bench.books(reference)).toMatchObject([{ authorized: 0 }]);
  });
});

describe('requests', () => {
  it('with the same key have one effect, and the first answer', async () => {
    const reference = newReference();
    const psp = await held(reference);
    const capture = () => post(`/${psp}/captures`, { merchantAccount, amount: amountOf(400) }, 'same');
    const [first, second] = [await capture(), await capture()];
    expect([second.status, second.body]).toEqual([first.status, first.body]);
    await settle();
    expect(await bench.books(reference)).toMatchObject([{ captured: 400, captures: 1, movements: [{}, { key: 'same' }] }]);
    const other = await post(`/${psp}/captures`, { merchantAccount, amount: amountOf(500) }, 'same');
    expect([other.status, other.body.errorCode]).toEqual([422, '704']);
  });

  it.each([
    [{ amount: undefined }, '100'],
    [{ amount: amountOf(0) }, '137'],
    [{ amount: amountOf(1.5) }, '137'],
    [{ amount: amountOf(10, 'usd') }, '138'],
    [{ reference: undefined }, '130'],
    [{ merchantAccount: undefined }, '901'],
    [{ paymentMethod: { type: 'scheme', encryptedCardNumber: '4242424242424242' } }, '800'],
  ])('with %j are refused', async (more, errorCode) => {
    const { status, body } = await post('', { ...adyenPayment(newReference()), ...more });
    expect([status, body.errorCode, body.errorType]).toEqual([422, errorCode, 'validation']);
  });

  it('without a key of ours, and for payments that are not there', async () => {
    const { status, body } = await bench.request('POST', path, { headers: { 'x-api-key': 'live' }, body: adyenPayment('r') });
    expect([status, body]).toEqual([
      401,
      { status: 401, errorCode: '000', message: 'HTTP Status Response - Unauthorized', errorType: 'security' },
    ]);
    expect((await modify('NONE', 'captures', 1)).body.errorCode).toBe('167');
    expect((await modify(await held(newReference()), 'refunds')).body.errorCode).toBe('100');
  });
});
