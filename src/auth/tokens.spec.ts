import { createHmac } from 'node:crypto';
import { FakeClock } from '../../test/support/clock.js';
import { Keys } from '../kernel/config/keys.js';
import { Tokens } from './tokens.js';

const clock = new FakeClock('2026-01-01T00:00:00.000Z');
const [first, second] = [Buffer.alloc(48, 1), Buffer.alloc(48, 2)];
const keys = new Keys(first);
const tokens = new Tokens(keys, clock);
const claims = { sub: 'ava@acme.test', uid: 'usr_1', tid: 'ten_1', role: 'merchant', sid: 'ses_1' };
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (part: string | undefined): unknown => JSON.parse(Buffer.from(part ?? '', 'base64url').toString());

function forged(header: unknown, payload: unknown, key = keys.of('jwt'), hash = 'sha256'): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${createHmac(hash, key).update(input).digest('base64url')}`;
}

afterEach(() => clock.set('2026-01-01T00:00:00.000Z'));

describe('access tokens', () => {
  it('say what is published, and when they end', () => {
    const [header, payload] = tokens.access(claims, 3_600).split('.');
    expect(decode(header)).toEqual({ alg: 'HS256', typ: 'JWT' });
    expect(decode(payload)).toEqual({ ...claims, iat: 1_767_225_600, exp: 1_767_229_200 });
  });

  it('are good until they end', () => {
    const token = tokens.access(claims, 60);
    clock.advance(59_999);
    expect(tokens.readAccess(token)).toEqual({ uid: 'usr_1', sid: 'ses_1' });
    clock.advance(1);
    expect(() => tokens.readAccess(token)).toThrow('Token expired');
  });

  it('stay good through one rotation of the secret', () => {
    const token = tokens.access(claims, 60);
    expect(new Tokens(new Keys(second, first), clock).readAccess(token)).toEqual({ uid: 'usr_1', sid: 'ses_1' });
    expect(() => new Tokens(new Keys(second), clock).readAccess(token)).toThrow('Invalid token');
  });

  const live = { ...claims, exp: 1_800_000_000 };
  it.each([
    ['no token', 'garbage'],
    ['empty parts', '..'],
    ['no signature', `${encode({ alg: 'none', typ: 'JWT' })}.${encode(live)}.`],
    ['the algorithm none, signed', forged({ alg: 'none', typ: 'JWT' }, live)],
    ['another algorithm', forged({ alg: 'HS512', typ: 'JWT' }, live, keys.of('jwt'), 'sha512')],
    ['a key of another purpose', forged({ alg: 'HS256', typ: 'JWT' }, live, keys.of('refresh'))],
    ['no expiry', forged({ alg: 'HS256', typ: 'JWT' }, claims)],
    ['an expiry in words', forged({ alg: 'HS256', typ: 'JWT' }, { ...claims, exp: 'never' })],
    ['no session', forged({ alg: 'HS256', typ: 'JWT' }, { ...live, sid: { $ne: '' } })],
    ['a payload that is no object', forged({ alg: 'HS256', typ: 'JWT' }, 'text')],
    ['a payload that is null', forged({ alg: 'HS256', typ: 'JWT' }, null)],
    ['a refresh token', tokens.refresh({ sessionId: 'ses_1', generation: 1 })],
  ])('are refused with %s', (_, token) => {
    expect(() => tokens.readAccess(token)).toThrow('Invalid token');
  });

  it('are refused with any one character changed', () => {
    const token = tokens.access(claims, 60);
    // The last character of a signature carries two bits that nothing reads.
    for (let at = 0; at < token.length - 1; at++) {
      const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
      expect(() => tokens.readAccess(changed)).toThrow('Invalid token');
    }
  });
});

describe('refresh tokens', () => {
  it('come back as they were made', () => {
    const token = tokens.refresh({ sessionId: 'ses_1', generation: 12 });
    expect(token).toMatch(/^rt_[\w-]+$/);
    expect(tokens.readRefresh(token)).toEqual({ sessionId: 'ses_1', generation: 12 });
    expect(new Tokens(new Keys(second, first), clock).readRefresh(token)).toEqual({ sessionId: 'ses_1', generation: 12 });
  });

  const raised = Buffer.from(`ses_1.13.${createHmac('sha256', keys.of('jwt')).update('ses_1.13').digest('base64url')}`).toString(
    'base64url',
  );
  it.each([
    '',
    'rt_',
    'rt_x',
    'rt_..',
    `rt_${raised}`,
    tokens.refresh({ sessionId: 'ses_1', generation: 1 }).slice(3),
    tokens.access(claims, 60),
  ])('are refused: %j', (token) => {
    expect(() => tokens.readRefresh(token)).toThrow('Invalid token');
  });
});
