import { createHmac, createPublicKey, verify, X509Certificate } from 'node:crypto';
import { crc32 } from 'node:zlib';
import Stripe from 'stripe';
import { eventually } from '../../test/support/eventually.js';
import { type Received, type Receiver, startReceiver } from '../../test/support/receiver.js';
import {
  adyenHeaders,
  newReference,
  paypalHeaders,
  startTestSandbox,
  type TestClient,
  testClients,
  type TestSandbox,
} from '../../test/support/sandbox.js';
import type { ProviderName } from './engine/settings.js';
import { signatureOf } from './adyen/adyen-events.js';
import { signedText } from './paypal/paypal-events.js';

const secrets = {
  stripe: 'whsec_c2FuZGJveA',
  paypal: '9XL90610J3647323C',
  adyen: '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056',
};
const names = ['stripe', 'paypal', 'adyen'] as const;

let bench: TestSandbox;
let receiver: Receiver;
let clients: readonly TestClient[];
beforeAll(async () => {
  bench = await startTestSandbox();
  clients = await testClients(bench);
});
afterAll(() => bench.close());
beforeEach(async () => {
  await bench.reset();
  receiver = await startReceiver();
  for (const name of names) await target(name, receiver.url);
});
afterEach(() => receiver.close());

const target = (name: ProviderName, url: string) =>
  bench.request('POST', `/sandbox/providers/${name}/webhook`, { body: { url: `${url}/${name}`, secret: secrets[name] } });
const pay = async (name: ProviderName, reference = newReference()) => {
  const client = clients.find((one) => one.name === name) as TestClient;
  return (await client.pay(reference, `key ${reference}`)).body;
};
const about = (text: string) => receiver.received.filter(({ body }) => body.includes(text));
/** How many webhooks a paid payment has. */
const told = { stripe: 2, paypal: 1, adyen: 1 };

it('of Stripe verify with the official client', async () => {
  const { id } = await pay('stripe');
  const [message] = await eventually(() => about('payment_intent.succeeded').length === 1 && about('payment_intent.succeeded'));
  const { headers, body } = message as Received;
  const signature = headers['stripe-signature'] as string;
  const event = Stripe.webhooks.constructEvent(body, signature, secrets.stripe);
  expect(event).toMatchObject({
    id: expect.stringMatching(/^evt_/),
    object: 'event',
    type: 'payment_intent.succeeded',
    api_version: '2026-10-28.endive',
    livemode: false,
    data: { object: { id, status: 'succeeded', amount_received: 1200 } },
  });
  expect(() => Stripe.webhooks.constructEvent(`${body} `, signature, secrets.stripe)).toThrow('signature');
  expect(() => Stripe.webhooks.constructEvent(body, signature, 'whsec_other')).toThrow('signature');
});

it('of PayPal verify with the certificate that they name, and by asking', async () => {
  await pay('paypal');
  const { headers, body } = await eventually(() => about('PAYMENT.CAPTURE.COMPLETED')[0]);
  const named = (name: string) => headers[`paypal-${name}`] as string;
  const pem = await (await fetch(named('cert-url'))).text();
  const signed = `${named('transmission-id')}|${named('transmission-time')}|${secrets.paypal}|${crc32(body)}`;
  const isGenuine = (text: string) =>
    verify('RSA-SHA256', Buffer.from(text), createPublicKey(pem), Buffer.from(named('transmission-sig'), 'base64'));
  expect([isGenuine(signed), isGenuine(`${signed} `), named('auth-algo')]).toEqual([true, false, 'SHA256withRSA']);
  const certificate = new X509Certificate(pem);
  expect([certificate.verify(certificate.publicKey), certificate.subject]).toEqual([true, 'CN=messageverificationcerts.sandbox.invalid']);
  expect(JSON.parse(body)).toMatchObject({ event_version: '1.0', resource_type: 'capture', resource: { status: 'COMPLETED' } });

  const asked = {
    auth_algo: named('auth-algo'),
    cert_url: named('cert-url'),
    transmission_id: named('transmission-id'),
    transmission_sig: named('transmission-sig'),
    transmission_time: named('transmission-time'),
    webhook_id: secrets.paypal,
    webhook_event: JSON.parse(body) as unknown,
  };
  const statusOf = async (question: object) => {
    const verifying = { headers: await paypalHeaders(bench), body: question };
    return (await bench.request('POST', '/paypal/v1/notifications/verify-webhook-signature', verifying)).body.verification_status;
  };
  expect(await statusOf(asked)).toBe('SUCCESS');
  expect(await statusOf({ ...asked, webhook_id: 'OTHER' })).toBe('FAILURE');
  expect(await statusOf({ ...asked, webhook_event: {} })).toBe('FAILURE');
});

it('of Adyen carry the HMAC of their fields', async () => {
  const reference = newReference();
  const { pspReference } = await pay('adyen', reference);
  const { body } = await eventually(() => about(reference)[0]);
  const { live, notificationItems } = JSON.parse(body) as {
    live: string;
    notificationItems: { NotificationRequestItem: Record<string, object> }[];
  };
  const text = `${pspReference}::TestMerchant:${reference}:1200:USD:AUTHORISATION:true`;
  const hmacSignature = createHmac('sha256', Buffer.from(secrets.adyen, 'hex')).update(text).digest('base64');
  expect([live, notificationItems.length]).toEqual(['false', 1]);
  expect(notificationItems[0]?.NotificationRequestItem).toMatchObject({
    eventCode: 'AUTHORISATION',
    success: 'true',
    pspReference,
    merchantReference: reference,
    merchantAccountCode: 'TestMerchant',
    amount: { value: 1200, currency: 'USD' },
    additionalData: { hmacSignature },
  });
});

it('of Adyen tell how modifications ended', async () => {
  const { pspReference } = await pay('adyen');
  const modify = (what: string, value: number) =>
    bench.request('POST', `/adyen/v71/payments/${pspReference}/${what}`, {
      headers: adyenHeaders,
      body: { merchantAccount: 'TestMerchant', reference: `${what} ${value}`, amount: { value, currency: 'USD' } },
    });
  for (const value of [1000, 300]) await modify('refunds', value);
  const items = await eventually(() => {
    const found = about('"REFUND"').map(({ body }) => JSON.parse(body).notificationItems[0].NotificationRequestItem);
    return found.length === 2 && found;
  });
  const ends = items.map(({ success, reason, originalReference, amount }) => [amount.value, success, reason, originalReference]);
  expect(ends.sort(([a], [b]) => b - a)).toEqual([
    [1000, 'true', '', pspReference],
    [300, 'false', 'Insufficient balance on payment', pspReference],
  ]);
});

// The vectors of Adyen's own libraries for Ruby and Node.
it.each([
  [
    '44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056',
    {
      pspReference: '7914073381342284',
      merchantAccountCode: 'TestMerchant',
      merchantReference: 'TestPayment-1407325143704',
      eventCode: 'AUTHORISATION' as const,
    },
    1130,
    'coqCmt/IZ4E3CzPvMY8zTjQVL5hYJUiBRg8UU+iCWo0=',
  ],
  [
    'DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00',
    {
      pspReference: 'pspReference',
      originalReference: 'originalReference',
      merchantAccountCode: 'merchantAccount',
      merchantReference: 'reference',
      eventCode: 'CAPTURE' as const,
    },
    1000,
    'xhpHvYq2u2Np0rstbZ6QjLGu7JWhvf7Iwaa6EviJSX0=',
  ],
])('of Adyen are signed as Adyen does', (key, item, value, signature) => {
  const rest = { success: 'true' as const, amount: { value, currency: 'EUR' }, eventDate: '', reason: '', paymentMethod: 'visa' };
  expect(signatureOf({ ...item, ...rest }, key)).toBe(signature);
});

it('of PayPal are signed over a checksum', () => {
  expect(signedText('id', '2016-09-21T22:00:46Z', 'WH', '123456789')).toBe('id|2016-09-21T22:00:46Z|WH|3421780262');
});

describe.each(names)('at %s', (name) => {
  it('come again until they are taken, also after a restart', async () => {
    receiver.answer((reply) => reply.writeHead(500).end());
    await pay(name);
    await eventually(() => receiver.received.length >= told[name]);
    await bench.restart();
    receiver.answer((reply) => reply.writeHead(200).end('[accepted]'));
    await eventually(async () => (await bench.request('GET', '/sandbox/state')).body.providers[name].webhook.pending === 0);
    const bodies = receiver.received.map(({ body }) => (JSON.parse(body) as { id?: string }).id ?? body);
    expect(new Set(bodies).size).toBe(told[name]);
    expect(bodies.length).toBeGreaterThanOrEqual(2 * told[name]);
  });

  it('come twice where they are duplicated', async () => {
    await bench.turn(name, { webhooks: { duplicate: true } });
    await pay(name);
    await eventually(() => receiver.received.length === 2 * told[name]);
    expect(await bench.count(name, 'webhook_duplicated')).toBe(told[name]);
  });

  it('do not come where they are dropped', async () => {
    await bench.turn(name, { webhooks: { drop: 1 } });
    await pay(name);
    expect(await bench.count(name, 'webhook_dropped')).toBe(told[name]);
    expect((await bench.request('GET', '/sandbox/state')).body.providers[name].webhook.pending).toBe(0);
  });

  it('are overtaken where they are reordered', async () => {
    await bench.turn(name, { webhooks: { reorder: 1 } });
    const [first, second] = [newReference(), newReference()];
    await pay(name, first);
    expect(receiver.received).toEqual([]);
    await bench.turn(name, {});
    await pay(name, second);
    await eventually(() => receiver.received.length === 2 * told[name]);
    const order = receiver.received.map(({ body }) => (body.includes(first) ? 'first' : 'second'));
    expect([order[0], order.at(-1)]).toEqual(['second', 'first']);
    expect(await bench.count(name, 'webhook_reordered')).toBe(told[name]);
  });
});
