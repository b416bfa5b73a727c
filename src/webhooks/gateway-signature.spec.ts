import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { signGateway, verifyGateway } from './gateway-signature.js';
import { pythonJson } from './python-json.js';

interface Vector {
  readonly text: string;
  readonly printed: string;
  readonly signature: string;
}
/** Made by Python. */
const { secret, vectors } = JSON.parse(readFileSync(join('test', 'support', 'gateway-vectors.json'), 'utf8')) as {
  secret: string;
  vectors: readonly Vector[];
};

it('prints JSON as Python does, in each of 240 cases', () => {
  expect(vectors).toHaveLength(240);
  expect(vectors.map(({ text }) => pythonJson(text))).toEqual(vectors.map(({ printed }) => printed));
});

it('verifies what Python has signed', () => {
  expect(vectors.filter(({ text, signature }) => !verifyGateway(secret, signature, Buffer.from(text)))).toEqual([]);
});

it('verifies what signed the very bytes', () => {
  const body = Buffer.from('{ "customer": "Acmé" }');
  expect(verifyGateway(secret, signGateway(secret, body), body)).toBe(true);
});

it('takes the signature of one body for no other', () => {
  const accepted = vectors.flatMap(({ signature }) =>
    vectors.filter((other) => other.signature !== signature && verifyGateway(secret, signature, Buffer.from(other.text))),
  );
  expect(accepted).toEqual([]);
});

const body = Buffer.from('{"amount":100.0}');
const genuine = signGateway(secret, body);
it.each([
  ['none', undefined],
  ['an empty one', ''],
  ['upper case', genuine.toUpperCase()],
  ['a prefix', `sha256=${genuine}`],
  ['one half', genuine.slice(0, 32)],
  ['too much', `${genuine}00`],
  ['blanks', ` ${genuine}`],
  ['base64', Buffer.from(genuine, 'hex').toString('base64')],
  ['letters beyond ASCII', 'é'.repeat(64)],
  ['two', `${genuine}, ${genuine}`],
  ['a list', [genuine]],
  ["another secret's", signGateway('SK_FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF', body)],
  ["a part of the secret's", signGateway(secret.slice(3), body)],
])('refuses %s', (_case, signature) => {
  expect(verifyGateway(secret, signature, body)).toBe(false);
});

it('skips the mark of byte order, as Python does', () => {
  expect(verifyGateway(secret, genuine, Buffer.from('\ufeff{"amount": 100.0}'))).toBe(true);
});

// prettier-ignore
it.each([
  '', ' ', '{', '}', '[', ']', ',', ':', '{,}', '[,]', '[1,]', '{"a":1,}', '{"a"}', '{"a":}', '{a:1}', '{1:1}', '[1 2]', '{"a":1 "b":2}', '01', '1.', '.5', '+1', '-',
  '1e', '0x1', 'NaN', 'Infinity', 'nul', "'a'", '"a', '"\\x"', '"\\u12"', '"\n"', '1 2', '{} {}', '[1]]', 'undefined', '//',
])('finds no JSON in %j', (text) => {
  expect(() => pythonJson(text)).toThrow(SyntaxError);
});
