import Stripe from 'stripe';
import { eventually } from '../../../test/support/eventually.js';
import { newReference, startTestSandbox, stripeHeaders, type TestSandbox } from '../../../test/support/sandbox.js';
import { stripeDeclines } from './declines.js';

let bench: TestSandbox;
let stripe: Stripe;
beforeAll(async () => {
  bench = await startTestSandbox();
  const { hostname, port } = new URL(bench.sandbox.url);
  stripe = clientOf('sk_test_sandbox', hostname, port);
});
afterAll(() => bench.close());
beforeEach(() => bench.turn('stripe', {}));

const clientOf = (key: string, host: string, port: string) =>
  new Stripe(key, { host, port, protocol: 'http', apiVersion: '2026-10-28.endive', maxNetworkRetries: 0, telemetry: false });

const draft = (reference: string, more: object = {}) => ({
  amount: 1200,
  currency: 'usd',
  payment_method: 'pm_card_visa',
  confirm: true,
  automatic_payment_methods: { enabled: true, allow_redirects: 'never' as const },
  metadata: { payops_reference: reference },
  ...more,
});
const manual = { capture_method: 'manual' as const };

const refusal = async (asked: Promise<unknown>): Promise<Stripe.errors.StripeError> => {
  try {
    await asked;
  } catch (error) {
    if (error instanceof Stripe.errors.StripeError) return error;
    throw error;
  }
  throw new Error('It was not refused');
};

describe('a payment intent', () => {
  it('is paid at once', async () => {
    const reference = newReference();
    const intent = await stripe.paymentIntents.create(draft(reference, { expand: ['latest_charge'] }));
    expect(intent).toMatchObject({
      object: 'payment_intent',
      status: 'succeeded',
      amount: 1200,
      amount_received: 1200,
      currency: 'usd',
      livemode: false,
      latest_charge: { object: 'charge', status: 'succeeded', captured: true, payment_method_details: { card: { last4: '4242' } } },
    });
    expect(await bench.books(reference)).toMatchObject([
      { provider: 'stripe', providerId: intent.id, currency: 'USD', authorized: 1200, captured: 1200, refunded: 0, isVoided: false },
    ]);
  });

  it('is held, and captured in part, which releases the rest', async () => {
    const reference = newReference();
    const held = await stripe.paymentIntents.create(draft(reference, manual));
    expect(held).toMatchObject({ status: 'requires_capture', amount_capturable: 1200, amount_received: 0 });
    const captured = await stripe.paymentIntents.capture(held.id, { amount_to_capture: 500, metadata: { shipment: '7' } });
    expect(captured.metadata).toEqual({ payops_reference: reference, shipment: '7' });
    expect(captured).toMatchObject({ status: 'succeeded', amount_capturable: 0, amount_received: 500 });
    expect(await refusal(stripe.paymentIntents.capture(held.id))).toMatchObject({
      statusCode: 400,
      code: 'payment_intent_unexpected_state',
      payment_intent: { id: held.id, status: 'succeeded' },
    });
    expect(await bench.books(reference)).toMatchObject([{ authorized: 1200, captured: 500, captures: 1 }]);
  });

  it('captures no more than was held', async () => {
    const held = await stripe.paymentIntents.create(draft(newReference(), manual));
    const refused = await refusal(stripe.paymentIntents.capture(held.id, { amount_to_capture: 1201 }));
    expect(refused).toMatchObject({ statusCode: 400, code: 'amount_too_large', param: 'amount_to_capture' });
  });

  it('is cancelled once, and then not captured', async () => {
    const reference = newReference();
    const held = await stripe.paymentIntents.create(draft(reference, manual));
    const cancelled = await stripe.paymentIntents.cancel(held.id, { cancellation_reason: 'requested_by_customer' });
    expect(cancelled).toMatchObject({ status: 'canceled', amount_capturable: 0, cancellation_reason: 'requested_by_customer' });
    expect((await refusal(stripe.paymentIntents.cancel(held.id))).code).toBe('payment_intent_unexpected_state');
    expect((await refusal(stripe.paymentIntents.capture(held.id))).code).toBe('payment_intent_unexpected_state');
    expect(await bench.books(reference)).toMatchObject([{ isVoided: true, captured: 0 }]);
  });

  it('is created first and confirmed later, with another method after a decline', async () => {
    const { id, status } = await stripe.paymentIntents.create(draft(newReference(), { confirm: false, payment_method: undefined }));
    expect(status).toBe('requires_payment_method');
    const declined = await refusal(stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa_chargeDeclinedInsufficientFunds' }));
    expect(declined).toMatchObject({ statusCode: 402, decline_code: 'insufficient_funds' });
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'card_declined', decline_code: 'insufficient_funds' },
    });
    expect((await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_mastercard' })).status).toBe('succeeded');
  });

  it.each(['approve', 'decline'] as const)('sends its customer away, who %ss', async (decision) => {
    const reference = newReference();
    const asked = draft(reference, { payment_method: 'pm_card_authenticationRequired', return_url: 'https://shop.test/back' });
    const intent = await stripe.paymentIntents.create(asked);
    expect(intent.status).toBe('requires_action');
    const url = intent.next_action?.redirect_to_url?.url ?? '';
    expect(await (await fetch(url)).text()).toContain('sandbox, no money moves');
    const back = await fetch(`${url}/${decision}`, { method: 'POST', body: new URLSearchParams(), redirect: 'manual' });
    const status = decision === 'approve' ? 'succeeded' : 'failed';
    expect([back.status, back.headers.get('location')]).toEqual([
      303,
      `https://shop.test/back?payment_intent=${intent.id}&payment_intent_client_secret=${intent.id}_secret_sandbox&redirect_status=${status}`,
    ]);
    expect((await fetch(`${url}/approve`, { method: 'POST' })).status).toBe(409);
    expect(await stripe.paymentIntents.retrieve(intent.id)).toMatchObject(
      decision === 'approve'
        ? { status: 'succeeded', next_action: null }
        : { status: 'requires_payment_method', last_payment_error: { code: 'payment_intent_authentication_failure' } },
    );
    expect(await bench.books(reference)).toMatchObject([{ captured: decision === 'approve' ? 1200 : 0 }]);
  });

  it.each([{ off_session: true }, { error_on_requires_action: true }])(
    'with %j is declined where the customer would have to act',
    async (more) => {
      const asked = draft(newReference(), { payment_method: 'pm_card_authenticationRequired', ...more });
      expect(await refusal(stripe.paymentIntents.create(asked))).toMatchObject({ statusCode: 402, code: 'authentication_required' });
    },
  );

  it('is found by its metadata, as soon as the search has caught up', async () => {
    const reference = `it's ${newReference()}`;
    await bench.turn('stripe', { searchLagMs: 600_000 });
    const { id } = await stripe.paymentIntents.create(draft(reference));
    const query = `metadata['payops_reference']:'${reference.replace("'", "\\'")}'`;
    expect((await stripe.paymentIntents.search({ query })).data).toEqual([]);
    await bench.turn('stripe', {});
    expect((await stripe.paymentIntents.search({ query })).data).toMatchObject([{ id }]);
    expect((await refusal(stripe.paymentIntents.search({ query: 'amount>100' }))).statusCode).toBe(400);
  });

  it('is listed, the newest first, page by page', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 3; n++) ids.unshift((await stripe.paymentIntents.create(draft(newReference()))).id);
    const first = await stripe.paymentIntents.list({ limit: 2 });
    expect([first.data.map(({ id }) => id), first.has_more]).toEqual([ids.slice(0, 2), true]);
    const second = await stripe.paymentIntents.list({ limit: 1, starting_after: ids[1] as string });
    expect(second.data.map(({ id }) => id)).toEqual([ids[2]]);
  });
});

describe('a refund', () => {
  it('is given in parts, up to what was captured', async () => {
    const reference = newReference();
    const { id } = await stripe.paymentIntents.create(draft(reference));
    const metadata = { payops_reference: 'rf1' };
    const part = await stripe.refunds.create({ payment_intent: id, amount: 200, metadata });
    expect(part).toMatchObject({ object: 'refund', status: 'succeeded', amount: 200, payment_intent: id, metadata });
    expect(await refusal(stripe.refunds.create({ payment_intent: id, amount: 1001 }))).toMatchObject({ statusCode: 400, param: 'amount' });
    const rest = await stripe.refunds.create({ payment_intent: id });
    expect(rest.amount).toBe(1000);
    expect((await refusal(stripe.refunds.create({ payment_intent: id }))).code).toBe('charge_already_refunded');
    expect((await stripe.refunds.list({ payment_intent: id })).data.map((one) => one.id)).toEqual([rest.id, part.id]);
    expect(await stripe.refunds.retrieve(part.id)).toMatchObject({ id: part.id, amount: 200 });
    const [{ movements } = { movements: [] }] = await bench.books(reference);
    expect(movements.at(-2)).toMatchObject({ kind: 'refund', id: part.id, amount: 200, reference: 'rf1', key: expect.any(String) });
    expect(await bench.books(reference)).toMatchObject([{ refunded: 1200, refunds: 2 }]);
  });

  it('is not given of what was not captured', async () => {
    const { id } = await stripe.paymentIntents.create(draft(newReference(), manual));
    expect((await refusal(stripe.refunds.create({ payment_intent: id }))).statusCode).toBe(400);
  });

  it.each([
    ['pm_card_pendingRefund', 'pending', 'succeeded', 1200],
    ['pm_card_refundFail', 'succeeded', 'failed', 0],
  ])('to %s is %s, then %s', async (method, first, then, refunded) => {
    const reference = newReference();
    const { id } = await stripe.paymentIntents.create(draft(reference, { payment_method: method }));
    const refund = await stripe.refunds.create({ payment_intent: id });
    expect(refund.status).toBe(first);
    await eventually(async () => (await stripe.refunds.retrieve(refund.id)).status === then);
    expect(await bench.books(reference)).toMatchObject([{ refunded }]);
  });
});

describe('declines', () => {
  const names = Object.keys(stripeDeclines) as (keyof typeof stripeDeclines)[];

  it.each(names)('%s', async (name) => {
    const { code, declineCode, message } = stripeDeclines[name];
    const declined = await refusal(stripe.paymentIntents.create(draft(newReference(), { payment_method: `pm_sandbox_${name}` })));
    expect(declined).toMatchObject({ statusCode: 402, code, message, payment_intent: { status: 'requires_payment_method' } });
    expect(declined.decline_code || null).toBe(declineCode);
  });

  it.each([
    ['pm_card_chargeDeclined', 'generic_decline'],
    ['pm_card_visa_chargeDeclinedLostCard', 'lost_card'],
    ['pm_card_visa_chargeDeclinedStolenCard', 'stolen_card'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card'],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc'],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error'],
  ])('%s is %s', async (method, declineCode) => {
    const declined = await refusal(stripe.paymentIntents.create(draft(newReference(), { payment_method: method })));
    expect([declined.type, declined.decline_code]).toEqual(['StripeCardError', declineCode]);
  });
});

describe('requests', () => {
  it('with the same key have one effect, and the first answer', async () => {
    const reference = newReference();
    const pay = () => stripe.paymentIntents.create(draft(reference), { idempotencyKey: `key ${reference}` });
    const [first, second] = [await pay(), await pay()];
    expect(second.id).toBe(first.id);
    expect(second.lastResponse.headers['idempotent-replayed']).toBe('true');
    expect(first.lastResponse.headers['idempotent-replayed']).toBeUndefined();
    expect(await bench.books(reference)).toMatchObject([{ captures: 1, movements: [{ key: `key ${reference}` }, {}] }]);
  });

  it('with the same key and a decline are declined alike', async () => {
    const reference = newReference();
    const asked = draft(reference, { payment_method: 'pm_card_chargeDeclined' });
    const pay = () => refusal(stripe.paymentIntents.create(asked, { idempotencyKey: `key ${reference}` }));
    const [first, second] = [await pay(), await pay()];
    expect([first.statusCode, second.statusCode]).toEqual([402, 402]);
    expect(second.headers?.['idempotent-replayed']).toBe('true');
    expect(await bench.books(reference)).toHaveLength(1);
  });

  it('with the same key and other parameters are refused', async () => {
    const reference = newReference();
    await stripe.paymentIntents.create(draft(reference), { idempotencyKey: `key ${reference}` });
    const other = stripe.paymentIntents.create(draft(reference, { amount: 1300 }), { idempotencyKey: `key ${reference}` });
    expect(await refusal(other)).toMatchObject({ statusCode: 400, type: 'StripeIdempotencyError' });
  });

  it('that were wrong in their form leave the key free', async () => {
    const reference = newReference();
    const options = { idempotencyKey: `key ${reference}` };
    await refusal(stripe.paymentIntents.create(draft(reference, { surprise: '1' }), options));
    expect((await stripe.paymentIntents.create(draft(reference), options)).status).toBe('succeeded');
  });

  it.each([
    [{ surprise: '1' }, 'parameter_unknown', 'surprise'],
    [{ automatic_payment_methods: { enabled: true, surprise: '1' } }, 'parameter_unknown', 'automatic_payment_methods[surprise]'],
    [{ setup_future_usage: 'off_session' }, 'parameter_unknown', 'setup_future_usage'],
    [{ payment_method_types: ['card'] }, 'parameter_unknown', 'payment_method_types'],
    [{ amount: undefined }, 'parameter_missing', 'amount'],
    [{ amount: 1.5 }, 'parameter_invalid_integer', 'amount'],
    [{ amount: 100_000_000 }, 'amount_too_large', 'amount'],
    [{ payment_method: 'pm_4242424242424242' }, 'resource_missing', 'payment_method'],
    [{ automatic_payment_methods: undefined }, 'payment_intent_invalid_parameter', undefined],
  ])('with %j are refused: %s', async (more, code, param) => {
    const refused = await refusal(stripe.paymentIntents.create(draft(newReference(), more)));
    expect([refused.type, refused.code, refused.param]).toEqual(['StripeInvalidRequestError', code, param]);
  });

  it.each(['sk_live_abc', 'nonsense'])('with the key %s are refused, and it is not repeated', async (key) => {
    const { hostname, port } = new URL(bench.sandbox.url);
    const refused = await refusal(clientOf(key, hostname, port).paymentIntents.create(draft(newReference())));
    expect([refused.statusCode, refused.message.includes(key)]).toEqual([401, false]);
  });

  it('for what is not there are refused in the words of Stripe', async () => {
    expect(await refusal(stripe.paymentIntents.retrieve('pi_none'))).toMatchObject({ statusCode: 404, code: 'resource_missing' });
    const { status, body } = await bench.request('GET', '/stripe/v1/unicorns', { headers: stripeHeaders });
    expect([status, body.error.type]).toEqual([404, 'invalid_request_error']);
  });

  it('may come with a path before their own', async () => {
    const { status, body } = await bench.request('GET', '/stripe/v1/payment_intents?limit=1', { headers: stripeHeaders });
    expect([status, body.object]).toEqual([200, 'list']);
  });
});
