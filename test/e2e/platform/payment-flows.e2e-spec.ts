import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { startApp, type Answer, type TestApp } from '../../support/app.js';
import { as, newTenant, type Somebody } from '../../support/as.js';
import { testDatabaseUri } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { gatewayUser } from '../../support/gateway.js';
import { doubtfulRefund } from '../../support/routed-payments.js';
import { send, startTestSandbox, type TestSandbox } from '../../support/sandbox.js';
import { approved, by, providerNames, Shop, sold } from '../../support/shops.js';

let sandbox: TestSandbox;
let app: TestApp;
let client: MongoClient;
let shop: Shop;

const env = { BACKGROUND_INTERVAL_MS: '150', RESOLVE_AFTER_MS: '50', PROVIDER_TIMEOUT_MS: '2000', REVIEW_AFTER_MS: '604800000' };

beforeAll(async () => {
  sandbox = await startTestSandbox();
  app = await startApp({ env: { ...env, SANDBOX_URL: sandbox.sandbox.url } });
  client = await MongoClient.connect(app.mongodbUri);
  await openShop();
});
beforeEach(async () => {
  for (const name of providerNames) await sandbox.turn(name, {});
});
afterAll(async () => {
  await client.close();
  await app.close();
  await sandbox.close();
});

/** Where other payments would be in the way, or a provider fails so often that nobody asks it any more. */
const openShop = async () => void (shop = await Shop.open(app, sandbox.sandbox.url));

const titles = { stripe: 'Stripe', paypal: 'PayPal', adyen: 'Adyen' } as const;
const moment = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as unknown as string;
const refusal = ({ status, body }: Answer) => [status, body.error.code, body.error.context.outcome] as unknown[];
const cameTo = (id: string, state: string) =>
  eventually(async () => {
    const found = await shop.payment(id);
    return found.state === state && found.processing.operation === null && found;
  });
const attempt = (name: keyof typeof titles, result: string) => ({
  provider: titles[name],
  result,
  latencyMs: expect.any(Number),
  account: name,
  at: moment,
});
/** As a browser presses the button of the provider's page. */
async function pressed(actionUrl: string, decision: 'approve' | 'decline'): Promise<{ location: string }> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const { status, headers: told } = await fetch(`${actionUrl}/${decision}`, { method: 'POST', headers, body: '', redirect: 'manual' });
  expect(status).toBe(303);
  return { location: told.get('location') ?? '' };
}
const decide = (actionUrl: string, decision: 'approve' | 'decline') => send('POST', `${actionUrl}/${decision}`, { body: {} });

describe('a payment is confirmed', () => {
  it.each(providerNames)('at once: %s', async (name) => {
    const { status, body } = await shop.pay({ [name]: approved[name] });
    expect({ status, body: body as unknown }).toEqual({
      status: 201,
      body: {
        data: {
          id: expect.stringMatching(/^pay_[0-9a-f]{24}$/),
          ...sold,
          status: 'success',
          state: 'captured',
          customer: { name: '', email: '', country: '' },
          attempts: [attempt(name, 'success')],
          decisions: [],
          ownerId: shop.ownerId,
          createdBy: shop.email,
          initiatedAt: moment,
          createdAt: moment,
          updatedAt: moment,
          rev: expect.any(Number),
          processing: {
            account: name,
            providerId: expect.any(String),
            capture: 'now',
            authorizedMinor: 1299,
            capturedMinor: 1299,
            refundedMinor: 0,
            operation: null,
            last: { kind: 'authorize', outcome: 'applied', at: moment },
            refunds: [],
            actionUrl: null,
            review: null,
          },
        },
        error: null,
        meta: { traceId: expect.any(String) },
      },
    });
    const books = await shop.books(body.data.id as string);
    expect(books).toMatchObject([
      { reference: `${body.data.id}-1`, providerId: body.data.processing.providerId, authorizations: 1, captured: 1299, refunded: 0 },
    ]);
  });

  it.each(providerNames)('after it was recorded, and captured in part: %s', async (name) => {
    const id = await shop.recorded();
    const confirmed = await shop.act(`payments/${id}/confirm`, by({ [name]: approved[name] }, 'later'));
    expect([confirmed.status, confirmed.body.data]).toMatchObject([
      200,
      { id, state: 'authorized', status: 'pending', processing: { authorizedMinor: 1299, capturedMinor: 0, capture: 'later' } },
    ]);
    const captured = await shop.act(`payments/${id}/capture`, { amountMinor: 1000 });
    // Adyen only takes a capture, and tells later what came of it.
    const pending = { state: 'authorized', processing: { operation: { kind: 'capture', phase: 'accepted', amountMinor: 1000 } } };
    const done = { state: 'captured', processing: { operation: null, last: { kind: 'capture', outcome: 'applied' } } };
    expect([captured.status, captured.body.data]).toMatchObject([200, name === 'adyen' ? pending : done]);
    expect(await cameTo(id, 'captured')).toMatchObject({ status: 'success', processing: { authorizedMinor: 1299, capturedMinor: 1000 } });
    expect(await shop.books(id)).toMatchObject([{ authorizations: 1, captures: 1, captured: 1000 }]);
  });

  it.each(['stripe', 'paypal', 'adyen'] as const)('and captured as a whole where no amount is given: %s', async (name) => {
    const id = await shop.paid(name, 'later');
    await shop.act(`payments/${id}/capture`);
    expect((await cameTo(id, 'captured')).processing.capturedMinor).toBe(1299);
  });

  it('and is not captured for more than was authorized, nor twice', async () => {
    const id = await shop.paid('stripe', 'later');
    const tooMuch = await shop.act(`payments/${id}/capture`, { amountMinor: 1300 });
    expect([tooMuch.status, tooMuch.body.error]).toEqual([
      409,
      { code: 'amount_exceeded', message: 'It is more than the payment has left', context: { availableMinor: 1299, outcome: 'none' } },
    ]);
    expect((await shop.act(`payments/${id}/capture`)).status).toBe(200);
    expect(refusal(await shop.act(`payments/${id}/capture`))).toEqual([409, 'transition_refused', 'none']);
    expect(await shop.books(id)).toMatchObject([{ captures: 1, captured: 1299 }]);
  });
});

describe('a payment is cancelled', () => {
  it('that was only recorded, and corrected since: of a way through providers there is nothing to tell', async () => {
    const id = await shop.recorded();
    expect((await shop.ask('PATCH', `payments/${id}`, { json: { merchant: 'Renamed' } })).status).toBe(200);
    const { status, body } = await shop.ask('GET', `payments/${id}/routing`);
    expect([status, body.error.message]).toEqual([404, 'The payment was not routed']);
    expect((await shop.payment(id)).processing).toBeUndefined();
    expect((await shop.act(`payments/${id}/cancel`)).body.data).toMatchObject({ state: 'cancelled', status: 'failed' });
  });

  it('where it was only recorded, without a word to anybody', async () => {
    const id = await shop.recorded();
    const { status, body } = await shop.act(`payments/${id}/cancel`);
    expect([status, body.data.state, body.data.status, 'processing' in body.data]).toEqual([200, 'cancelled', 'failed', false]);
    expect(await shop.books(id)).toEqual([]);
    expect(refusal(await shop.act(`payments/${id}/confirm`, by({ stripe: approved.stripe })))).toEqual([409, 'transition_refused', 'none']);
  });

  it.each(providerNames)('where it is authorized: %s', async (name) => {
    const id = await shop.paid(name, 'later');
    expect((await shop.act(`payments/${id}/cancel`)).status).toBe(200);
    expect(await cameTo(id, 'cancelled')).toMatchObject({ status: 'failed', processing: { last: { kind: 'void', outcome: 'applied' } } });
    expect(await shop.books(id)).toMatchObject([{ isVoided: true, captured: 0 }]);
    for (const step of ['capture', 'cancel', 'refunds'])
      expect(refusal(await shop.act(`payments/${id}/${step}`))).toEqual([409, 'transition_refused', 'none']);
  });

  it('where the customer was to act: at Stripe, who lets go of it', async () => {
    const { id } = (await shop.pay({ stripe: 'pm_card_authenticationRequired' })).body.data;
    expect((await shop.act(`payments/${id}/cancel`)).body.data).toMatchObject({ state: 'cancelled', processing: { actionUrl: null } });
  });

  it.each([
    ['paypal', 'tok_paypal_3ds'],
    ['adyen', 'tok_adyen_3ds'],
  ])('where the customer was to act, and %s has nothing to let go of yet', async (name, token) => {
    const { id } = (await shop.pay({ [name]: token })).body.data;
    expect((await shop.act(`payments/${id}/cancel`)).status).toBe(200);
    expect(await cameTo(id as string, 'cancelled')).toMatchObject({ processing: { actionUrl: null, review: null } });
    expect(await tokensKept()).toEqual([]);
  });

  it('and a person looks at it where the customer pays nonetheless', async () => {
    const { id, processing } = (await shop.pay({ adyen: 'tok_adyen_3ds' })).body.data;
    await shop.act(`payments/${id}/cancel`);
    await cameTo(id as string, 'cancelled');
    expect((await decide(processing.actionUrl as string, 'approve')).status).toBe(200);
    await eventually(async () => (await shop.payment(id as string)).processing.review === 'unexpected_charge');
  });
});

describe('a payment is refunded', () => {
  it.each(['stripe', 'paypal'] as const)('in part, and then the rest: %s', async (name) => {
    const id = await shop.paid(name);
    const { status, body } = await shop.act(`payments/${id}/refunds`, { amountMinor: 500, reason: 'Damaged on arrival' });
    const refund = {
      id: expect.stringMatching(/^ref_/),
      paymentId: id,
      amountMinor: 500,
      currency: 'EUR',
      reason: 'Damaged on arrival',
      state: 'succeeded',
      by: shop.ownerId,
      at: moment,
    };
    expect([status, body.data]).toEqual([201, refund]);
    expect(await shop.payment(id)).toMatchObject({
      state: 'partially_refunded',
      status: 'success',
      processing: { refundedMinor: 500, refunds: [refund] },
    });
    const tooMuch = await shop.act(`payments/${id}/refunds`, { amountMinor: 800 });
    expect([tooMuch.status, tooMuch.body.error.code, tooMuch.body.error.context]).toEqual([
      409,
      'amount_exceeded',
      { availableMinor: 799, outcome: 'none' },
    ]);
    expect((await shop.act(`payments/${id}/refunds`)).body.data.amountMinor).toBe(799);
    expect(await shop.payment(id)).toMatchObject({ state: 'refunded', status: 'success', processing: { refundedMinor: 1299 } });
    expect(refusal(await shop.act(`payments/${id}/refunds`))).toEqual([409, 'amount_exceeded', 'none']);
    expect(await shop.books(id)).toMatchObject([{ refunds: 2, refunded: 1299 }]);
  });

  it.each([
    ['adyen', 'tok_adyen_ok'],
    ['stripe', 'pm_card_pendingRefund'],
    ['paypal', 'tok_paypal_refundpending'],
  ])('by one who tells later that it has: %s', async (name, token) => {
    await sandbox.turn(name as 'adyen', { settleMs: 60_000 });
    const { id } = (await shop.pay({ [name]: token })).body.data;
    const { body } = await shop.act(`payments/${id}/refunds`, { amountMinor: 500 });
    expect(body.data).toMatchObject({ amountMinor: 500, state: 'pending' });
    // What is on its way counts.
    expect(refusal(await shop.act(`payments/${id}/refunds`, { amountMinor: 800 }))).toEqual([409, 'amount_exceeded', 'none']);
    expect((await shop.payment(id as string)).state).toBe('partially_refunded');
    await sandbox.request('POST', `/sandbox/providers/${name}/settle`);
    await eventually(async () => (await shop.payment(id as string)).processing.refunds[0].state === 'succeeded');
  });

  it.each([
    ['stripe', 'pm_card_refundFail'],
    ['adyen', 'tok_adyen_refundfail'],
  ])('and is not where the refund fails after all: %s', async (name, token) => {
    const { id } = (await shop.pay({ [name]: token })).body.data;
    await shop.act(`payments/${id}/refunds`, { amountMinor: 1299 });
    const failed = await eventually(async () => {
      const found = await shop.payment(id as string);
      return found.processing.refunds[0].state === 'failed' && found;
    });
    expect(failed).toMatchObject({ state: 'captured', processing: { refundedMinor: 0, refunds: [{ code: 'refused' }] } });
    // It is there to be given back again.
    expect((await shop.act(`payments/${id}/refunds`, { amountMinor: 1299 })).status).toBe(201);
  });
});

describe('a customer has to act', () => {
  const methods = { stripe: 'pm_card_authenticationRequired', paypal: 'tok_paypal_3ds', adyen: 'tok_adyen_3ds' } as const;
  const challenged = async (name: keyof typeof methods) => {
    const confirmation = { ...by({ [name]: methods[name] }), returnUrl: 'https://shop.example.com/done' };
    return (await shop.act('payments', { ...sold, confirm: true, confirmation })).body.data;
  };

  it.each(providerNames)('and does: %s', async (name) => {
    const { id, state, status, processing } = await challenged(name);
    expect([state, status, processing.last.outcome, processing.operation.phase]).toEqual([
      'requires_action',
      'pending',
      'pending',
      'accepted',
    ]);
    expect((await decide(processing.actionUrl as string, 'approve')).status).toBe(200);
    expect(await cameTo(id as string, 'captured')).toMatchObject({ attempts: [{ result: 'success' }], processing: { actionUrl: null } });
    expect(await shop.books(id as string)).toMatchObject([{ authorizations: 1, captures: 1, captured: 1299 }]);
  });

  it.each(providerNames)('and the shop says so before any webhook does: %s', async (name) => {
    await sandbox.turn(name, { webhooks: { drop: 1 } });
    const { id, processing } = await challenged(name);
    const waiting = await shop.act(`payments/${id}/complete`);
    expect([waiting.status, waiting.body.data.state]).toEqual([200, 'requires_action']);
    const { location } = await pressed(processing.actionUrl as string, 'approve');
    const [key, parameters] = [randomUUID(), Object.fromEntries(new URL(location).searchParams)];
    const complete = () => shop.act(`payments/${id}/complete`, { parameters }, { key });
    const { status, body } = await complete();
    expect([status, body.data]).toMatchObject([200, { id, state: 'captured', processing: { capturedMinor: 1299, actionUrl: null } }]);
    const again = await complete();
    expect([again.body.data, again.headers.get('idempotency-replayed')]).toEqual([body.data, 'true']);
    // Whoever comes late finds it done.
    expect((await shop.act(`payments/${id}/complete`, { parameters })).body.data).toEqual(body.data);
    expect(await shop.books(id as string)).toMatchObject([{ authorizations: 1, captures: 1, captured: 1299 }]);
  });

  it.each(providerNames)('and has refused to, which the shop can say as well: %s', async (name) => {
    await sandbox.turn(name, { webhooks: { drop: 1 } });
    const { id, processing } = await challenged(name);
    const { location } = await pressed(processing.actionUrl as string, 'decline');
    const parameters = Object.fromEntries(new URL(location).searchParams);
    const { body } = await shop.act(`payments/${id}/complete`, { parameters });
    expect(body.data).toMatchObject({ state: 'declined', processing: { last: { outcome: 'none', code: 'authentication_failed' } } });
  });

  it('and goes on at PayPal as soon as the webhook says so', async () => {
    const { id, processing } = await challenged('paypal');
    const since = performance.now();
    await decide(processing.actionUrl as string, 'approve');
    await cameTo(id as string, 'captured');
    expect(performance.now() - since).toBeLessThan(5_000);
  });

  it.each<[string, unknown]>([
    ['are no texts', { parameters: { redirectResult: 1 } }],
    ['are too many', { parameters: Object.fromEntries(Array.from({ length: 21 }, (_, at) => [`p${at}`, ''])) }],
    ['are no object', { parameters: ['redirectResult'] }],
    ['are something else', { redirectResult: 'X' }],
  ])('and what they come back with %s', async (_, json) => {
    const { id } = await challenged('adyen');
    const { status, body } = await shop.act(`payments/${id}/complete`, json);
    expect([status, body.error.code]).toEqual([400, 'validation_failed']);
  });

  it('and names what no database would take: it is nothing that a provider has said', async () => {
    const { id } = await challenged('adyen');
    const { status, body } = await shop.act(`payments/${id}/complete`, { parameters: { $where: '1', 'a.b': '2' } });
    expect([status, body.data.state]).toEqual([200, 'requires_action']);
  });

  it('of what was only recorded nobody comes back', async () => {
    const { status, body } = await shop.act(`payments/${await shop.recorded()}/complete`);
    expect([status, body.error.code]).toEqual([404, 'not_found']);
  });

  it('and does after all, while the provider was too busy to give it up', async () => {
    const confirmation = { ...by({ stripe: methods.stripe }), capture: 'later', returnUrl: 'https://shop.example.com/done' };
    const { id, processing } = (await shop.act('payments', { ...sold, confirm: true, confirmation })).body.data;
    await sandbox.turn('stripe', { faults: [{ kind: 'rate_limit', operation: 'void', times: 1 }], webhooks: { drop: 1 } });
    const { status, body } = await shop.act(`payments/${id}/cancel`);
    expect([status, body.data.state, body.data.processing.last]).toMatchObject([200, 'unknown', { kind: 'void', outcome: 'unknown' }]);
    await decide(processing.actionUrl as string, 'approve');
    expect(await cameTo(id as string, 'cancelled')).toMatchObject({ processing: { operation: null, review: null, capturedMinor: 0 } });
    expect(await shop.books(id as string)).toMatchObject([{ authorizations: 1, captures: 0, status: 'canceled' }]);
  });

  it.each(['stripe', 'adyen'] as const)('and does not: %s', async (name) => {
    const { id, processing } = await challenged(name);
    await decide(processing.actionUrl as string, 'decline');
    expect(await cameTo(id as string, 'declined')).toMatchObject({ status: 'failed', attempts: [{ result: 'failure' }] });
  });
});

describe('a payment is declined', () => {
  it('with the category, the provider’s words and code, and nobody else is asked of an empty account', async () => {
    const { status, body } = await shop.pay({ adyen: 'tok_adyen_insufficient', stripe: approved.stripe });
    expect([status, body.data.state, body.data.processing.last]).toEqual([
      201,
      'declined',
      { kind: 'authorize', outcome: 'none', code: 'insufficient_funds', message: 'Not enough balance', at: moment },
    ]);
    expect(body.data.attempts).toEqual([{ ...attempt('adyen', 'failure'), code: 'insufficient_funds', providerCode: '12' }]);
    expect(await shop.books(body.data.id as string)).toHaveLength(1);
  });

  it('by one, and taken by the next, and the route says how', async () => {
    const { body } = await shop.pay({ adyen: 'tok_adyen_refused', stripe: approved.stripe });
    const attempts = [{ ...attempt('adyen', 'failure'), code: 'do_not_honour', providerCode: '2' }, attempt('stripe', 'success')];
    expect([body.data.state, body.data.attempts, body.data.processing.account]).toEqual(['captured', attempts, 'stripe']);
    const { data } = (await shop.ask('GET', `payments/${body.data.id}/routing`)).body;
    const candidate = {
      score: null,
      costMinor: null,
      success: expect.any(Number),
      evidence: expect.any(Number),
      breaker: 'closed',
      rule: null,
    };
    expect(data).toEqual({
      paymentId: body.data.id,
      failoverVersion: 1,
      decision: {
        strategyVersion: 0,
        order: ['adyen', 'stripe'],
        reason: expect.any(String),
        rules: [],
        candidates: [
          { provider: 'adyen', ...candidate, leftOut: null },
          { provider: 'stripe', ...candidate, leftOut: null },
          { provider: 'paypal', ...candidate, leftOut: 'no_token' },
        ],
      },
      attempts,
      ahead: [],
    });
    const books = await shop.books(body.data.id as string);
    expect(books.map(({ provider, reference, captured }) => [provider, reference, captured])).toEqual([
      ['stripe', `${body.data.id}-2`, 1299],
      ['adyen', `${body.data.id}-1`, 0],
    ]);
  });

  it('by all', async () => {
    const { body } = await shop.pay({
      adyen: 'tok_adyen_refused',
      paypal: 'tok_paypal_instrument_declined',
      stripe: 'pm_card_chargeDeclined',
    });
    expect([body.data.state, body.data.attempts.map(({ result }: { result: string }) => result)]).toEqual([
      'declined',
      ['failure', 'failure', 'failure'],
    ]);
  });

  it('by a card of which nobody has a token: nothing was sent, and nothing is kept', async () => {
    await openShop();
    const answer = await shop.pay({});
    expect([answer.status, answer.body.error.code]).toEqual([400, 'validation_failed']);
    const id = await shop.recorded();
    const nowhere = { method: { type: 'card', tokens: { elsewhere: 'pm_card_visa' } } };
    for (const refused of [
      await shop.act('payments', { ...sold, confirm: true, confirmation: nowhere }),
      await shop.act(`payments/${id}/confirm`, nowhere),
    ]) {
      expect(refusal(refused)).toEqual([409, 'no_provider', 'none']);
    }
    expect((await shop.ask('GET', 'payments')).body.data).toMatchObject([{ id, state: 'created' }]);
  });
});

describe('a request is refused', () => {
  it('without a key, before anything else', async () => {
    const id = await shop.paid('stripe');
    const steps = [`payments/${id}/confirm`, `payments/${id}/capture`, `payments/${id}/cancel`, `payments/${id}/refunds`];
    for (const step of steps) {
      const { status, body } = await shop.ask('POST', step, { json: {} });
      expect([step, status, body.error.code]).toEqual([step, 400, 'idempotency_key_required']);
    }
    const confirmed = await shop.ask('POST', 'payments', { json: { ...sold, confirm: true, confirmation: by(approved) } });
    expect([confirmed.status, confirmed.body.error.code]).toEqual([400, 'idempotency_key_required']);
  });

  it.each<[string, unknown]>([
    ['no method', { capture: 'now' }],
    ['a method that is no word', { method: { type: 'Card!', tokens: { stripe: 'a' } } }],
    ['tokens that are no texts', { method: { type: 'card', tokens: { stripe: 1 } } }],
    ['a token that is too long', { method: { type: 'card', tokens: { stripe: 'x'.repeat(501) } } }],
    ['another time of capture', { ...by(approved), capture: 'never' }],
    ['a return address that is none', { ...by(approved), returnUrl: 'javascript:alert(1)' }],
    ['more than there is', { ...by(approved), amountMinor: 1 }],
  ])('with %s', async (_, json) => {
    const id = await shop.recorded();
    for (const { status, body } of [
      await shop.act(`payments/${id}/confirm`, json),
      await shop.act('payments', { ...sold, confirm: true, confirmation: json }),
    ]) {
      expect([status, body.error.code]).toEqual([400, 'validation_failed']);
    }
    expect((await shop.payment(id)).state).toBe('created');
  });

  it.each([
    { amountMinor: 0 },
    { amountMinor: -1 },
    { amountMinor: 1.5 },
    { amountMinor: '1' },
    { amount: 1 },
    { reason: 'x'.repeat(501) },
  ])('as a refund of %j', async (json) => {
    const { status, body } = await shop.act(`payments/${await shop.recorded()}/refunds`, json);
    expect([status, body.error.code]).toEqual([400, 'validation_failed']);
  });

  it('where the payment is in another state', async () => {
    const [recorded, captured] = [await shop.recorded(), await shop.paid('stripe')];
    const wrong: [string, string, unknown?][] = [
      [recorded, 'capture'],
      [recorded, 'refunds'],
      [captured, 'capture'],
      [captured, 'cancel'],
      [captured, 'confirm', by({ stripe: approved.stripe })],
    ];
    for (const [id, step, json] of wrong)
      expect(refusal(await shop.act(`payments/${id}/${step}`, json))).toEqual([409, 'transition_refused', 'none']);
  });

  it('where it was charged through the gateway, which knows no providers', async () => {
    const { call } = await gatewayUser(app);
    await call('POST', '/api/v1/payments/charge', { customerName: 'Ava Reed', paymentAmount: 12.99, currency: 'EUR' });
    const { token } = await as(app, 'admin');
    const [{ id }] = (await shop.ask('GET', 'payments?limit=1', { token })).body.data;
    for (const [step, json] of [['confirm', by({ stripe: approved.stripe })], ['capture'], ['cancel'], ['refunds']] as const)
      expect(refusal(await shop.act(`payments/${id}/${step}`, json, { token }))).toEqual([409, 'transition_refused', 'none']);
  });

  it('while something is under way', async () => {
    await sandbox.turn('adyen', { settleMs: 60_000 });
    const id = await shop.paid('adyen', 'later');
    await shop.act(`payments/${id}/capture`);
    for (const step of ['capture', 'cancel']) {
      const { status, headers, body } = await shop.act(`payments/${id}/${step}`);
      expect([status, body.error.code, body.error.context.outcome, headers.get('retry-after')]).toEqual([
        409,
        'operation_under_way',
        'none',
        '1',
      ]);
    }
    const removal = await shop.ask('DELETE', `payments/${id}`);
    expect([removal.status, removal.body.error.code]).toEqual([409, 'transition_refused']);
    await sandbox.request('POST', '/sandbox/providers/adyen/settle');
    await cameTo(id, 'captured');
    expect((await shop.ask('DELETE', `payments/${id}`)).status).toBe(200);
  });

  it('where it would change what a provider was told', async () => {
    const id = await shop.paid('stripe');
    for (const json of [{ amountMinor: 1 }, { currency: 'USD' }, { status: 'failed' }, { status: 'failed', region: 'FR' }]) {
      const { status, body } = await shop.ask('PATCH', `payments/${id}`, { json });
      expect([status, body.error.code]).toEqual([409, 'transition_refused']);
    }
    expect((await shop.ask('PATCH', `payments/${id}`, { json: { region: 'FR' } })).body.data).toMatchObject({
      region: 'FR',
      state: 'captured',
    });
  });

  it('of anybody else: what is not theirs is not there', async () => {
    const [id, recorded] = [await shop.paid('stripe'), await shop.recorded()];
    const people: [Somebody, number][] = [
      [await as(app, 'merchant', shop.tenantId), 404],
      [await as(app, 'owner', await newTenant(app)), 404],
      [await as(app, 'support', shop.tenantId), 403],
      [await as(app, 'user', shop.tenantId), 403],
    ];
    for (const [{ token }, expected] of people) {
      const answers = [
        await shop.act(`payments/${recorded}/confirm`, by({ stripe: approved.stripe }), { token }),
        await shop.act(`payments/${id}/capture`, {}, { token }),
        await shop.act(`payments/${id}/cancel`, {}, { token }),
        await shop.act(`payments/${id}/refunds`, {}, { token }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([expected, expected, expected, expected]);
    }
    const finance = await as(app, 'finance', shop.tenantId);
    expect((await shop.act(`payments/${id}/refunds`, { amountMinor: 1 }, { token: finance.token })).status).toBe(201);
    expect((await shop.act(`payments/${recorded}/confirm`, by({ stripe: approved.stripe }), { token: finance.token })).status).toBe(403);
    expect(await shop.books(recorded)).toEqual([]);
  });
});

describe('the same request again', () => {
  beforeAll(openShop);

  it('is answered as the first, and another one under its key is refused', async () => {
    const key = randomUUID();
    const json = { ...sold, confirm: true, confirmation: by({ stripe: approved.stripe }) };
    const [first, again] = [await shop.act('payments', json, { key }), await shop.act('payments', json, { key })];
    expect([again.status, again.body.data, again.headers.get('idempotency-replayed')]).toEqual([201, first.body.data, 'true']);
    const other = await shop.act('payments', { ...json, amountMinor: 1 }, { key });
    expect([other.status, other.body.error.code]).toEqual([422, 'idempotency_key_reused']);
    expect((await shop.ask('GET', 'payments')).body.data).toHaveLength(1);

    const id = first.body.data.id as string;
    const refundKey = randomUUID();
    const refund = () => shop.act(`payments/${id}/refunds`, { amountMinor: 500 }, { key: refundKey });
    const [given, once] = [await refund(), await refund()];
    expect([once.status, once.body.data, once.headers.get('idempotency-replayed')]).toEqual([201, given.body.data, 'true']);
    expect(await shop.books(id)).toMatchObject([{ authorizations: 1, refunds: 1, refunded: 500 }]);
  });

  it('is answered a refusal again, and one that was not to be reached can be tried again', async () => {
    const id = await shop.recorded();
    const [wrongKey, key] = [randomUUID(), randomUUID()];
    const refused = [
      await shop.act(`payments/${id}/capture`, {}, { key: wrongKey }),
      await shop.act(`payments/${id}/capture`, {}, { key: wrongKey }),
    ];
    expect(refused.map((answer) => [...refusal(answer), answer.headers.get('idempotency-replayed')])).toEqual([
      [409, 'transition_refused', 'none', null],
      [409, 'transition_refused', 'none', 'true'],
    ]);
    await shop.ask('PATCH', `providers/${shop.accountIds.stripe}`, { json: { enabled: false } });
    const confirm = () => shop.act(`payments/${id}/confirm`, by({ stripe: approved.stripe }), { key });
    expect(refusal(await confirm())).toEqual([409, 'no_provider', 'none']);
    await shop.ask('PATCH', `providers/${shop.accountIds.stripe}`, { json: { enabled: true } });
    expect((await confirm()).status).toBe(200);
  });
});

describe('what nobody knows', () => {
  beforeEach(openShop);

  it.each(providerNames)('is said so, and found out within five seconds of the provider’s return: %s', async (name) => {
    // A webhook would be faster than any question.
    await sandbox.turn(name, { faults: [{ kind: 'reset_after', operation: 'authorize', times: 1 }], webhooks: { drop: 1 } });
    const { status, body } = await shop.pay({ [name]: approved[name] });
    const { id } = body.data as { id: string };
    expect([status, body.data]).toMatchObject([
      201,
      {
        state: 'unknown',
        status: 'pending',
        attempts: [],
        processing: { last: { kind: 'authorize', outcome: 'unknown' }, operation: { phase: 'in_doubt' } },
      },
    ]);
    const onSurface0 = async () => (await app.call('GET', '/api/payments', { token: shop.token })).body.data.payments[0];
    const since = performance.now();
    expect(await cameTo(id, 'captured')).toMatchObject({ status: 'success', attempts: [{ ...attempt(name, 'success') }] });
    expect(performance.now() - since).toBeLessThan(5_000);
    expect(await onSurface0()).toMatchObject({
      status: 'success',
      provider_attempts: [{ provider: titles[name], result: 'success', latency_ms: expect.any(Number) }],
    });
    expect(await shop.books(id)).toMatchObject([{ authorizations: 1, captured: 1299 }]);
  });

  it.each(providerNames)('because nothing was heard in time, is found out as well: %s', async (name) => {
    await sandbox.turn(name, { faults: [{ kind: 'timeout_after', operation: 'authorize', times: 1 }], webhooks: { drop: 1 } });
    const { id } = (await shop.pay({ [name]: approved[name] })).body.data;
    const since = performance.now();
    await cameTo(id as string, 'captured');
    expect(performance.now() - since).toBeLessThan(5_000);
    expect(await shop.books(id as string)).toMatchObject([{ authorizations: 1, captures: 1 }]);
  });

  it('is pending on surface 0', async () => {
    await sandbox.turn('stripe', { outage: 'hang' });
    const { id, state } = (await shop.pay({ stripe: approved.stripe })).body.data;
    const shown = (await app.call('GET', '/api/payments', { token: shop.token })).body.data.payments;
    expect([state, shown]).toMatchObject(['unknown', [{ status: 'pending', provider_attempts: [] }]]);
    await sandbox.turn('stripe', {});
    await cameTo(id as string, 'captured');
  });

  it('is not tried elsewhere', async () => {
    await sandbox.turn('adyen', { outage: 'hang' });
    const { body } = await shop.pay(approved);
    const { id } = body.data as { id: string };
    expect([body.data.state, body.data.processing.account]).toEqual(['unknown', 'adyen']);
    expect(refusal(await shop.act(`payments/${id}/cancel`))).toEqual([409, 'operation_under_way', 'none']);
    await sandbox.turn('adyen', {});
    await cameTo(id, 'captured');
    expect(await shop.books(id)).toMatchObject([{ provider: 'adyen', authorizations: 1 }]);
  });

  it('of a refund is said so and counts, and is found out', async () => {
    // That of the payment itself may come late, and whoever looks then sees the refund too.
    await sandbox.turn('stripe', { webhooks: { drop: 1 } });
    const id = await shop.paid('stripe');
    await sandbox.turn('stripe', { faults: [{ kind: 'reset_after', operation: 'refund', times: 1 }], webhooks: { drop: 1 } });
    const key = randomUUID();
    const { status, body } = await shop.act(`payments/${id}/refunds`, { amountMinor: 1000 }, { key });
    expect([status, body.data.state]).toEqual([201, 'in_doubt']);
    expect(refusal(await shop.act(`payments/${id}/refunds`, { amountMinor: 300 }))).toEqual([409, 'amount_exceeded', 'none']);
    await eventually(async () => (await shop.payment(id)).state === 'partially_refunded');
    // The request that asked for it is answered by what has become of it.
    expect((await shop.act(`payments/${id}/refunds`, { amountMinor: 1000 }, { key })).body.data).toMatchObject({ state: 'succeeded' });
    expect(await shop.books(id)).toMatchObject([{ refunds: 1, refunded: 1000 }]);
  });
});

describe('a person looks at it', () => {
  beforeAll(openShop);

  it('where the provider took another amount: nothing is booked, and the decision ends it', async () => {
    await sandbox.turn('stripe', { faults: [{ kind: 'wrong_amount', times: 1 }] });
    const { status, body } = await shop.pay({ stripe: approved.stripe });
    const { id } = body.data as { id: string };
    expect([status, body.data]).toMatchObject([
      201,
      {
        state: 'unknown',
        status: 'pending',
        attempts: [],
        processing: { capturedMinor: 0, authorizedMinor: 0, review: 'amount_mismatch' },
      },
    ]);
    await shop.paid('stripe');
    expect((await shop.ask('GET', 'payments?review=true')).body.data).toMatchObject([{ id }]);
    const merchant = await as(app, 'merchant', shop.tenantId);
    expect((await shop.ask('GET', 'payments?review=true', { token: merchant.token })).body.data).toEqual([]);
    for (const step of ['capture', 'cancel', 'refunds']) expect((await shop.act(`payments/${id}/${step}`)).status).toBe(409);

    const finance = await as(app, 'finance', shop.tenantId);
    const json = { status: 'success', reason: 'Agreed with the merchant' };
    const decided = await shop.ask('PATCH', `payments/${id}`, { json, token: finance.token });
    expect([decided.status, decided.body.data]).toMatchObject([
      200,
      {
        state: 'captured',
        status: 'success',
        decisions: [{ from: 'pending', to: 'success', by: finance.userId, reason: 'Agreed with the merchant' }],
        processing: { review: null, operation: null, capturedMinor: 1299 },
      },
    ]);
    expect((await shop.ask('GET', 'payments?review=true')).body.data).toEqual([]);
    expect(await tokensKept()).toEqual([]);
  });
});

describe('nobody knows for long', () => {
  let impatient: TestApp;
  let own: Shop;

  beforeAll(async () => {
    const address = { SANDBOX_URL: sandbox.sandbox.url };
    impatient = await startApp({ env: { ...env, ...address, REVIEW_AFTER_MS: '1000' }, mongodbUri: testDatabaseUri('impatient') });
  });
  beforeEach(async () => {
    own = await Shop.open(impatient, sandbox.sandbox.url);
  });
  afterAll(() => impatient.close());

  it('a person looks at it, and need not once the provider can be asked', async () => {
    const faults = [
      { kind: 'http500_after', operation: 'authorize' },
      { kind: 'reset_before', operation: 'read' },
    ];
    await sandbox.turn('stripe', { faults, webhooks: { drop: 1 } });
    const { body } = await own.pay({ stripe: approved.stripe });
    const { id, state } = body.data as { id: string; state: string };
    const inReview = await eventually(async () => {
      const { data } = (await own.ask('GET', 'payments?review=true')).body as { data: Answer['body'][] };
      return data[0];
    });
    expect([state, inReview]).toMatchObject(['unknown', { id, state: 'unknown', processing: { review: 'unresolved', capturedMinor: 0 } }]);
    await sandbox.turn('stripe', {});
    await eventually(async () => (await own.payment(id)).state === 'captured');
    expect((await own.payment(id)).processing).toMatchObject({ review: null, operation: null, capturedMinor: 1299 });
    expect(await own.books(id)).toMatchObject([{ authorizations: 1, captured: 1299 }]);
  });

  it.each([
    ['stripe', 'pm_card_authenticationRequired'],
    ['paypal', 'tok_paypal_3ds'],
    ['adyen', 'tok_adyen_3ds'],
  ])('whether the customer comes back at all: the payment is given up, at %s too where it can be', async (name, token) => {
    const { id } = (await own.pay({ [name]: token })).body.data;
    const given = await eventually(async () => {
      const found = await own.payment(id as string);
      return found.state === 'cancelled' && found;
    });
    expect(given).toMatchObject({
      status: 'failed',
      processing: { operation: null, actionUrl: null, review: null, last: { kind: 'void' } },
    });
  });
});

describe('nobody can find out what became of a refund', () => {
  const decideOn = (path: string, json: unknown) => shop.ask('PATCH', path.replace('/api/v1/', ''), { json });

  it.each([
    ['succeeded', 'partially_refunded', 60],
    ['failed', 'captured', 0],
  ])('and a person says that it has %s', async (state, of, refundedMinor) => {
    const owner = { userId: shop.ownerId, tenantId: shop.tenantId, email: shop.email, role: 'owner', token: '', password: '' } as const;
    const { path, paymentId } = await doubtfulRefund(app, owner, 'stripe');
    const id = `pay_${paymentId}`;
    const { status, body } = await decideOn(path, { state, reason: 'Seen in the dashboard' });
    const why = state === 'failed' ? { code: 'refused', message: 'Seen in the dashboard' } : {};
    expect([status, body.data]).toEqual([
      200,
      {
        id: path.split('/').at(-1),
        paymentId: id,
        amountMinor: 60,
        currency: 'GBP',
        reason: '',
        state,
        ...why,
        by: shop.ownerId,
        at: moment,
      },
    ]);
    expect(await shop.payment(id)).toMatchObject({ state: of, processing: { refundedMinor, review: null } });
    const again = await decideOn(path, { state: 'succeeded', reason: 'No' });
    expect(refusal(again)).toEqual([409, 'transition_refused', 'none']);
  });

  it('which is not for anybody to say of one that providers answer for', async () => {
    const id = await shop.paid('stripe');
    const refund = (await shop.act(`payments/${id}/refunds`, { amountMinor: 60 })).body.data.id as string;
    expect(refusal(await decideOn(`payments/${id}/refunds/${refund}`, { state: 'failed', reason: 'No' }))).toEqual([
      409,
      'transition_refused',
      'none',
    ]);
    const other = await decideOn(`payments/${id}/refunds/ref_0190a1b2-0000-7000-8000-000000000000`, { state: 'failed', reason: 'No' });
    expect([other.status, other.body.error.code]).toEqual([404, 'not_found']);
    for (const json of [{ state: 'pending', reason: 'No' }, { state: 'failed' }, { state: 'failed', reason: '' }]) {
      expect((await decideOn(`payments/${id}/refunds/${refund}`, json)).body.error.code).toBe('validation_failed');
    }
  });
});

describe('a capture is taken back', () => {
  beforeEach(openShop);

  it.each([
    ['success', 'captured'],
    ['failed', 'declined'],
  ])('and a person decides: %s', async (status, state) => {
    const { id } = (await shop.pay({ adyen: 'tok_adyen_capturefail' }, 'later')).body.data;
    await shop.act(`payments/${id}/capture`);
    await eventually(async () => (await shop.payment(id as string)).processing.review === 'capture_failed');
    const { body } = await shop.ask('PATCH', `payments/${id}`, { json: { status, reason: 'Looked at' } });
    expect(body.data).toMatchObject({ state, processing: { review: null } });
    expect((await shop.ask('GET', 'payments?review=true')).body.data).toEqual([]);
  });
});

/** Collections that still hold a token of the shop's customers. */
async function tokensKept(): Promise<string[]> {
  const found: string[] = [];
  for (const collection of await client.db().collections()) {
    const rows = JSON.stringify(await collection.find({ tenantId: shop.tenantId }).toArray());
    if (/pm_card|tok_(paypal|adyen)/.test(rows)) found.push(collection.collectionName);
  }
  return found;
}

describe('what is left behind', () => {
  beforeEach(openShop);

  const customer = { name: 'Zaphod Canary', email: 'canary@zaphod.test', country: 'UK' };

  it('events and audit of all of it, without a token and without a customer', async () => {
    const confirmation = by({ adyen: 'tok_adyen_refused', stripe: approved.stripe });
    const { data } = (await shop.act('payments', { ...sold, customer, confirm: true, confirmation })).body;
    const id = data.id as string;
    await shop.act(`payments/${id}/refunds`, { amountMinor: 500, reason: 'Damaged' });
    const about = { tenantId: shop.tenantId, 'subject.id': id };
    const events = await client.db().collection('events').find(about).sort({ _id: 1 }).toArray();
    const attempts = (event: unknown) => (event as { data: { attempts: number } }).data.attempts;
    const types = events.map((event) => event.type as string);
    expect([types[0], types.at(-1)]).toEqual(['PAYMENT_CREATED', 'PAYMENT_REFUND_CHANGED']);
    expect(types.filter((type) => type === 'PAYMENT_STATUS_CHANGED')).toHaveLength(2);
    expect(types.filter((type) => type === 'PAYMENT_ATTEMPTS_RECORDED')).toHaveLength(2);
    expect(types.filter((type) => type === 'PAYMENT_REFUND_CHANGED')).toHaveLength(2);
    expect(attempts(events.at(-1))).toBe(2);
    const audit = await client.db().collection('audit').find(about).sort({ _id: 1 }).toArray();
    expect(new Set(audit.map(({ actor }) => (actor as { id: string }).id))).toEqual(new Set([shop.ownerId, 'routing']));
    expect(JSON.stringify([events, audit])).not.toMatch(/pm_card|tok_adyen|Zaphod|zaphod/);
  });

  it('while the customer is waited for, the tokens with the payment alone', async () => {
    const { id } = (await shop.pay({ stripe: 'pm_card_authenticationRequired' })).body.data;
    expect(await tokensKept()).toEqual(['payments']);
    await shop.act(`payments/${id}/cancel`);
    expect(await tokensKept()).toEqual([]);
  });

  it.each(['captured', 'declined', 'cancelled'])('no token of one that is %s', async (end) => {
    if (end === 'declined') await shop.pay({ adyen: 'tok_adyen_fraud', stripe: approved.stripe });
    else {
      const id = await shop.paid('stripe', 'later');
      await shop.act(`payments/${id}/${end === 'captured' ? 'capture' : 'cancel'}`);
    }
    expect(await tokensKept()).toEqual([]);
  });
});
