import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newSigningSecret, signStandard, verifyStandard } from './standard-signature.js';

interface Vector {
  readonly secret: string;
  readonly id: string;
  readonly timestamp: number;
  readonly body: string;
  readonly signature: string;
}
/** Made by the scheme's own library. */
const vectors = JSON.parse(readFileSync(join('test', 'support', 'standard-webhooks-vectors.json'), 'utf8')) as readonly Vector[];
const at = new Date('2026-01-01T00:00:00.000Z');
const later = (seconds: number): Date => new Date(at.getTime() + seconds * 1000);
const body = Buffer.from('{"type":"payment.completed"}');
const [secret, other] = [newSigningSecret(), newSigningSecret()];
const signed = signStandard([secret], 'evt_1', at, body.toString());

it('signs as the library of the scheme does', () => {
  expect(vectors).toHaveLength(20);
  const own = vectors.map((vector) => {
    const headers = signStandard([vector.secret], vector.id, new Date(vector.timestamp * 1000), vector.body);
    return { ...vector, signature: headers['webhook-signature'] };
  });
  expect(own).toEqual(vectors);
});

it('verifies what the library has signed', () => {
  const ids = vectors.map(({ secret: its, id, timestamp, body: text, signature }) => {
    const headers = { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature };
    return verifyStandard([its], headers, Buffer.from(text), new Date(timestamp * 1000));
  });
  expect(ids).toEqual(vectors.map(({ id }) => id));
});

it('makes secrets of 32 random bytes', () => {
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(secret).not.toBe(other);
});

it('takes either secret on either side while one is changed for the other', () => {
  const both = signStandard([secret, other], 'evt_1', at, body.toString());
  expect(both['webhook-signature']).toMatch(/^v1,[\w+/]{43}= v1,[\w+/]{43}=$/);
  for (const one of [secret, other]) expect(verifyStandard([one], both, body, at)).toBe('evt_1');
  expect(verifyStandard([other, secret], signed, body, at)).toBe('evt_1');
  expect(verifyStandard([other], signed, body, at)).toBeNull();
});

it.each([-300, -299, -1, 0, 1, 299, 300])('accepts what arrives %i s after it was sent', (seconds) => {
  expect(verifyStandard([secret], signed, body, later(seconds))).toBe('evt_1');
});
it.each([-301, 301, 86_400, -86_400, 315_360_000, -315_360_000])('refuses what arrives %i s after it was sent', (seconds) => {
  expect(verifyStandard([secret], signed, body, later(seconds))).toBeNull();
});

const seconds = String(at.getTime() / 1000);
it.each([
  ['milliseconds', String(at.getTime())],
  ['no number', 'NaN'],
  ['nothing', ''],
  ['zero', '0'],
  ['a negative time', `-${seconds}`],
  ['a fraction', `${seconds}.0`],
  ['an exponent', '1.767e9'],
  ['blanks', ` ${seconds}`],
  ['a date', at.toISOString()],
  ['two times', `${seconds}, ${seconds}`],
  ['another time', String(at.getTime() / 1000 + 1)],
])('refuses %s for the time', (_case, time) => {
  expect(verifyStandard([secret], { ...signed, 'webhook-timestamp': time }, body, at)).toBeNull();
});

const [, mac = ''] = signed['webhook-signature']?.split(',') ?? [];
/** None of them is the right one, whatever that ends in. */
const others = Array.from(
  { length: 1_000 },
  (_, index) => `v1,${mac.startsWith('A') ? 'B' : 'A'}${mac.slice(1, -4)}${String(index).padStart(3, 'A')}=`,
);
it.each([
  ['no signature', ''],
  ['a version without one', 'v1,'],
  ['another version', `v0,${mac}`],
  ['no version', mac],
  ['two headers', `v1,${mac}, v1,${mac}`],
  ['half of it', `v1,${mac.slice(0, 22)}`],
  ['hex', `v1,${Buffer.from(mac, 'base64').toString('hex')}`],
  ['a thousand others', others.join(' ')],
  ['letters beyond ASCII', `v1,${'é'.repeat(22)}`],
])('refuses %s', (_case, signature) => {
  expect(verifyStandard([secret], { ...signed, 'webhook-signature': signature }, body, at)).toBeNull();
});

it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])('refuses a message without %s', (name) => {
  expect(verifyStandard([secret], { ...signed, [name]: undefined }, body, at)).toBeNull();
});

it('refuses another body, another id and a body written otherwise', () => {
  expect(verifyStandard([secret], signed, Buffer.from('{"type": "payment.completed"}'), at)).toBeNull();
  expect(verifyStandard([secret], { ...signed, 'webhook-id': 'evt_2' }, body, at)).toBeNull();
  expect(verifyStandard([secret], signed, Buffer.alloc(0), at)).toBeNull();
});

it('knows the genuine one among others', () => {
  const signature = `v0,x v1,${'A'.repeat(43)}= v1,${mac}`;
  expect(verifyStandard([secret], { ...signed, 'webhook-signature': signature }, body, at)).toBe('evt_1');
});
