import { type Received, type Receiver, startReceiver } from '../../test/support/receiver.js';
import { Money } from '../kernel/money/money.js';
import { adyen } from './adyen/adyen.connector.js';
import type { Authorization, Connector, Outcome } from './payment-provider.js';
import { paypal } from './paypal/paypal.connector.js';
import { stripe } from './stripe/stripe.connector.js';

let server: Receiver;
beforeEach(async () => {
  server = await startReceiver();
});
afterEach(() => server.close());

const asked: Authorization = {
  reference: 'pay_1',
  idempotencyKey: 'key_1',
  amount: Money.of(1250, 'GBP'),
  capture: 'now',
  method: { type: 'card', token: 'tok' },
  customer: { name: 'Ada Byron', email: 'ada@example.com', country: 'GB' },
  returnUrl: 'https://shop.example.com/return',
};
type Json = Record<string, unknown>;
const credentials = {
  secretKey: 'sk_test_1',
  webhookSecret: 'whsec_1',
  clientId: 'a',
  clientSecret: 'b',
  apiKey: 'c',
  merchantAccount: 'Shop',
  webhookId: 'd',
  hmacKey: 'e',
};

const intent = {
  id: 'pi_1',
  object: 'payment_intent',
  status: 'succeeded',
  amount: 1250,
  amount_received: 1250,
  currency: 'gbp',
  metadata: { payops_reference: 'pay_1' },
};
const gbp = (value: string) => ({ currency_code: 'GBP', value });
const order = (custom_id: string, amount: Json) => ({
  id: 'ORDER1',
  status: 'COMPLETED',
  purchase_units: [{ custom_id, amount, payments: { captures: [{ id: 'CAPTURE1', status: 'COMPLETED', amount }] } }],
});
const payment = { pspReference: 'PSP1', merchantReference: 'pay_1', resultCode: 'Authorised', amount: { currency: 'GBP', value: 1250 } };

interface Case {
  readonly connector: Connector;
  readonly good: Json;
  readonly strange: readonly Json[];
  /** What has to go well before. */
  readonly before?: (request: Received) => Json | undefined;
}
const cases: readonly Case[] = [
  {
    connector: stripe,
    good: intent,
    strange: [
      { ...intent, metadata: { payops_reference: 'pay_2' } },
      { ...intent, metadata: {} },
      { ...intent, currency: 'zzz' },
      { ...intent, currency: 'isk', amount: 50, amount_received: 50 },
      { ...intent, amount: -1250 },
      { ...intent, amount_received: '1250' },
      { ...intent, amount_received: 12.5 },
      { ...intent, status: 'charmed' },
    ],
  },
  {
    connector: paypal,
    good: order('pay_1', gbp('12.50')),
    strange: [
      order('pay_2', gbp('12.50')),
      order('pay_1', { currency_code: 'ZZZ', value: '12.50' }),
      order('pay_1', gbp('12.501')),
      order('pay_1', gbp('-12.50')),
      order('pay_1', gbp('many')),
      { ...order('pay_1', gbp('12.50')), id: 'ORDER2' },
      { ...order('pay_1', gbp('12.50')), status: 'CHARMED' },
      { ...order('pay_1', gbp('12.50')), purchase_units: [] },
    ],
    before: ({ path }) => {
      if (path === '/v1/oauth2/token') return { access_token: 'token', expires_in: 3600 };
      return path === '/v2/checkout/orders' ? { id: 'ORDER1', status: 'CREATED', purchase_units: [{ custom_id: 'pay_1' }] } : undefined;
    },
  },
  {
    connector: adyen,
    good: payment,
    strange: [
      { ...payment, merchantReference: 'pay_2' },
      { ...payment, amount: undefined },
      { ...payment, amount: { currency: 'ZZZ', value: 1250 } },
      { ...payment, amount: { currency: 'CLP', value: 50 } },
      { ...payment, amount: { currency: 'GBP', value: -1250 } },
      { ...payment, amount: { currency: 'GBP', value: 12.5 } },
      { ...payment, pspReference: '' },
      { ...payment, resultCode: 'Charmed' },
    ],
  },
];
const texts = ['', 'null', '[]', '0', '"text"', '{}', '{"id":', '<html>Busy</html>', `{"id":"${'x'.repeat(5_000_000)}"}`];

describe.each(cases)('$connector.name', ({ connector, good, strange, before }) => {
  const authorize = (status: number, text: string): Promise<Outcome> => {
    server.answer((reply, request) => {
      const first = before?.(request);
      if (request.path === '/elsewhere') reply.end(JSON.stringify(good));
      else reply.writeHead(first ? 200 : status, { location: '/elsewhere' }).end(first ? JSON.stringify(first) : text);
    });
    return connector.connect({ baseUrl: server.url, credentials, timeoutMs: 20_000 }).authorize(asked);
  };

  it('is believed when it makes sense', async () => {
    const books = { reference: 'pay_1', state: 'captured', currency: 'GBP', authorizedMinor: 1250, capturedMinor: 1250 };
    expect(await authorize(200, JSON.stringify(good))).toMatchObject({ outcome: 'applied', payment: books });
  });

  it('leaves unknown what makes no sense', async () => {
    for (const answer of strange)
      expect([answer, await authorize(200, JSON.stringify(answer))]).toMatchObject([{}, { outcome: 'unknown' }]);
  });

  it('leaves unknown what cannot be read', async () => {
    for (const text of texts) expect([text.slice(0, 20), await authorize(200, text)]).toMatchObject([{}, { outcome: 'unknown' }]);
  });

  it.each([302, 307, 404, 408, 409, 418, 500, 502, 503, 504])('leaves unknown a %i without a word', async (status) => {
    expect(await authorize(status, '<html>')).toMatchObject({ outcome: 'unknown' });
    expect(server.received.map(({ path }) => path)).not.toContain('/elsewhere');
  });
});
