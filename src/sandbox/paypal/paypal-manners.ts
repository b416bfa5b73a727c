import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Answer, type Call, type Manners, Refused } from '../engine/wire.js';
import { impossibleAnswer, paypalError } from './errors.js';

export const tokenPath = '/v1/oauth2/token';
const tokenSeconds = 32_400;

/** Tokens that need no memory: the time at which they end, and a seal that only this simulator makes. */
export class AccessTokens {
  constructor(
    private readonly seed: string,
    private readonly now: () => Date,
  ) {}

  issue(): { readonly token: string; readonly expiresIn: number } {
    const until = Math.floor(this.now().getTime() / 1000) + tokenSeconds;
    return { token: `A21AA${until}.${this.seal(until)}`, expiresIn: tokenSeconds };
  }

  isValid(token: string): boolean {
    const [, until = '', seal = ''] = /^A21AA(\d{1,12})\.([\w-]+)$/.exec(token) ?? [];
    const expected = Buffer.from(this.seal(Number(until)));
    const given = Buffer.from(seal);
    return given.length === expected.length && timingSafeEqual(given, expected) && Number(until) * 1000 > this.now().getTime();
  }

  private seal(until: number): string {
    return createHmac('sha256', `paypal ${this.seed}`).update(String(until)).digest('base64url');
  }
}

/** Client ids and secrets of the sandbox begin with this word. */
const isOurs = (text: string | undefined): boolean => text?.startsWith('sandbox') === true;

export const isClient = ({ headers: { authorization } }: Call): boolean => {
  const [, encoded = ''] = /^Basic (\S+)$/.exec(authorization ?? '') ?? [];
  const [id, secret] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  return isOurs(id) && isOurs(secret);
};

const unauthenticated = paypalError(
  401,
  'AUTHENTICATION_FAILURE',
  'Authentication failed due to missing Authorization header, or invalid authentication credentials.',
);
const inProgress = {
  issue: 'PREVIOUS_REQUEST_IN_PROGRESS',
  description: 'A previous request on this resource is currently in progress. Please wait for some time and try again.',
};

export const paypalManners = (tokens: AccessTokens): Manners => ({
  authenticate: (call) => {
    if (call.path === tokenPath) return;
    const [, token = ''] = /^Bearer (\S+)$/.exec(call.headers.authorization ?? '') ?? [];
    if (!tokens.isValid(token)) throw new Refused(unauthenticated, false);
  },
  keyHeader: 'paypal-request-id',
  isKeyOfPath: true,
  replay: (answer: Answer) => ({ ...answer, status: answer.status === 201 ? 200 : answer.status }),
  unreadable: paypalError(400, 'INVALID_REQUEST', 'Request is not well-formed, syntactically incorrect, or violates schema.', [
    { issue: 'MALFORMED_REQUEST_JSON', description: 'The request JSON is not well formed.' },
  ]),
  notFound: () => paypalError(404, 'RESOURCE_NOT_FOUND', 'The specified resource does not exist.'),
  keyInUse: paypalError(409, 'RESOURCE_CONFLICT', 'The server has detected a conflict while processing this request.', [inProgress]),
  keyReused: impossibleAnswer('DUPLICATE_REQUEST_ID'),
  rateLimited: paypalError(429, 'RATE_LIMIT_REACHED', 'Too many requests. Blocked due to rate limiting.'),
  internal: paypalError(500, 'INTERNAL_SERVER_ERROR', 'An internal server error has occurred.'),
});
