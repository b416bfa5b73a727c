import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';
import type { Receiver } from '../receiver.js';
import type { Forgery, SentWebhook } from './bench.js';

const days = 86_400;
const after = (at: Date, seconds: number) => new Date(at.getTime() + seconds * 1000);
const withoutHeader = (headers: IncomingHttpHeaders, name: string) =>
  Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));

/** What anybody can do to the bytes of somebody else's webhook, of which those bytes are signed. */
function changedBodies({ headers, body, at }: SentWebhook): Forgery[] {
  const text = body.toString('utf8');
  return [
    { name: 'another number in it', headers, body: Buffer.from(text.replace('1250', '1251').replace('12.50', '12.51')), at },
    { name: 'a byte more', headers, body: Buffer.concat([body, Buffer.from('\n')]), at },
    { name: 'a byte less', headers, body: body.subarray(0, -1), at },
    { name: 'nothing in it', headers, body: Buffer.alloc(0), at },
    { name: 'the same in other words', headers, body: Buffer.from(JSON.stringify(JSON.parse(text), null, 1)), at },
  ];
}

/** Independent of the SDK: `t`, a point and the body under HMAC-SHA256. */
export function stripeForgeries(genuine: SentWebhook, secret: string): readonly Forgery[] {
  const { headers, body, at } = genuine;
  const given = String(headers['stripe-signature']);
  const mac = (seconds: number, key: string) => createHmac('sha256', key).update(`${seconds}.`).update(body).digest('hex');
  const now = Math.floor(at.getTime() / 1000);
  const signed = (name: string, text: string): Forgery => ({ name, headers: { ...headers, 'stripe-signature': text }, body, at });
  return [
    ...changedBodies(genuine),
    { name: 'no header', headers: withoutHeader(headers, 'stripe-signature'), body, at },
    { name: 'one that is old', headers, body, at: after(at, 302) },
    { name: 'one of the future', headers, body, at: after(at, -302) },
    signed('the secret of somebody else', `t=${now},v1=${mac(now, 'whsec_somebody_else')}`),
    signed('an empty secret', `t=${now},v1=${mac(now, '')}`),
    signed('a signature cut short', given.slice(0, -1)),
    signed('another scheme', given.replace('v1=', 'v0=')),
    signed('no time', given.replace(/t=\d+,/, '')),
    signed('a time that is no number', `t=soon,v1=${mac(now, secret)}`),
    signed('two times, the second of them signed', `t=${now},t=${now + 1000},v1=${mac(now + 1000, secret)}`),
    signed('two times, the second of them old', `t=${now},t=${now - 1000},v1=${mac(now - 1000, secret)}`),
    signed('an old time that is signed', `t=${now - 1000},v1=${mac(now - 1000, secret)}`),
    signed('a future time that is signed', `t=${now + 1000},v1=${mac(now + 1000, secret)}`),
  ];
}

type Item = Record<string, unknown> & {
  readonly additionalData: Record<string, string>;
  readonly amount: { value: number; currency: string };
};

/** Changes of what is signed in an item; of the rest Adyen says nothing. */
export function adyenForgeries({ headers, body, at }: SentWebhook): readonly Forgery[] {
  const notification = JSON.parse(body.toString('utf8')) as { notificationItems: [{ NotificationRequestItem: Item }] };
  const [{ NotificationRequestItem: item }] = notification.notificationItems;
  const sent = (name: string, ...items: object[]): Forgery => {
    const wrapped = items.map((one) => ({ NotificationRequestItem: one }));
    return { name, headers, body: Buffer.from(JSON.stringify({ ...notification, notificationItems: wrapped })), at };
  };
  const signedAs = (hmacSignature: string) => ({ ...item, additionalData: { ...item.additionalData, hmacSignature } });
  const signature = item.additionalData['hmacSignature'] ?? '';
  const { additionalData: _, ...unsigned } = item;
  return [
    sent('another amount', { ...item, amount: { ...item.amount, value: item.amount.value + 1 } }),
    sent('another currency', { ...item, amount: { ...item.amount, currency: 'USD' } }),
    sent('another end', { ...item, success: item['success'] === 'true' ? 'false' : 'true' }),
    sent('another event', { ...item, eventCode: 'REFUND_FAILED' }),
    sent('another payment', { ...item, pspReference: 'BCDFGHJKLMNPQRST' }),
    sent('a payment it is said to belong to', { ...item, originalReference: 'BCDFGHJKLMNPQRST' }),
    sent('another reference', { ...item, merchantReference: 'pay_other' }),
    sent('another merchant', { ...item, merchantAccountCode: 'SomebodyElse' }),
    sent('fields that were moved', { ...item, pspReference: `${String(item['pspReference'])}:` }),
    sent('no signature', unsigned),
    sent('an empty signature', signedAs('')),
    sent('a signature cut short', signedAs(signature.slice(0, -2))),
    sent('the signature in hexadecimal', signedAs(Buffer.from(signature, 'base64').toString('hex'))),
    sent('a second item that is not signed', item, { ...unsigned, pspReference: 'BCDFGHJKLMNPQRST' }),
    sent('no items'),
    { name: 'a byte less', headers, body: body.subarray(0, -1), at },
  ];
}

/** With a certificate of one's own, too, which `forger` shows under a name that is not PayPal's. */
export function paypalForgeries(genuine: SentWebhook, webhookId: string, forger: Receiver): readonly Forgery[] {
  const { headers, body, at } = genuine;
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  forger.answer((reply) => void reply.end(pem));
  const [id, time] = [String(headers['paypal-transmission-id']), String(headers['paypal-transmission-time'])];
  const own = sign('sha256', Buffer.from(`${id}|${time}|${webhookId}|${crc32(body)}`), privateKey).toString('base64');
  const but = (name: string, change: IncomingHttpHeaders): Forgery => ({ name, headers: { ...headers, ...change }, body, at });
  const certified = (name: string, url: string) => but(name, { 'paypal-cert-url': url, 'paypal-transmission-sig': own });
  const missing = ['id', 'time', 'sig'].map((part) => `paypal-transmission-${part}`).concat('paypal-cert-url', 'paypal-auth-algo');
  return [
    ...changedBodies(genuine),
    ...missing.map((name) => ({ name: `no ${name}`, headers: withoutHeader(headers, name), body, at })),
    certified('a certificate of one’s own', `http://localhost:${forger.port}/cert`),
    certified('one’s own behind PayPal’s name', `http://api.paypal.com@localhost:${forger.port}/cert`),
    certified('one’s own under PayPal’s path', `http://localhost:${forger.port}/v1/notifications/certs/CERT-1`),
    certified('PayPal’s without TLS', 'http://api.paypal.com/v1/notifications/certs/CERT-1'),
    certified('one’s own as data', `data:text/plain,${encodeURIComponent(pem)}`),
    but('one’s own signature under the right certificate', { 'paypal-transmission-sig': own }),
    but('another transmission', { 'paypal-transmission-id': 'another' }),
    but('another time', { 'paypal-transmission-time': after(at, -60).toISOString() }),
    but('another algorithm', { 'paypal-auth-algo': 'SHA1withRSA' }),
    but('a signature cut short', { 'paypal-transmission-sig': String(headers['paypal-transmission-sig']).slice(0, -4) }),
    { name: 'one that is old', headers, body, at: after(at, 5 * days) },
    { name: 'one of the future', headers, body, at: after(at, -302) },
  ];
}
