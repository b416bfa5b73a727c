import { type Answer, type Manners, Refused } from '../engine/wire.js';
import { stripeError } from './errors.js';

const noKey =
  'You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. ' +
  "'Authorization: Bearer YOUR_SECRET_KEY').";
const inUse =
  'There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other ' +
  'request is still going through).';
const reused = 'Keys for idempotent requests can only be used with the same parameters they were first used with.';

const replayHeaders = ({ headers }: Answer) => ({ ...headers, 'idempotent-replayed': 'true' });

export const stripeManners: Manners = {
  authenticate: ({ headers: { authorization } }) => {
    const [, key] = /^Bearer (\S+)$/.exec(authorization ?? '') ?? [];
    if (key === undefined) throw new Refused(stripeError(401, { type: 'invalid_request_error', message: noKey }), false);
    // A key of a live account has no business here, and is not repeated either.
    if (!/^sk_test_\w+$/.test(key)) {
      throw new Refused(stripeError(401, { type: 'invalid_request_error', message: 'Invalid API Key provided: ********' }), false);
    }
  },
  keyHeader: 'idempotency-key',
  isKeyOfPath: false,
  replay: (answer) => ({ ...answer, headers: replayHeaders(answer) }),
  unreadable: stripeError(400, { type: 'invalid_request_error', message: 'Invalid request body' }),
  notFound: ({ method, path }) =>
    stripeError(404, { type: 'invalid_request_error', message: `Unrecognized request URL (${method}: ${path}).` }),
  keyInUse: stripeError(409, { type: 'idempotency_error', code: 'idempotency_key_in_use', message: inUse }),
  keyReused: stripeError(400, { type: 'idempotency_error', message: reused }),
  rateLimited: stripeError(429, {
    type: 'invalid_request_error',
    code: 'rate_limit',
    message: 'Too many requests made to the API too quickly',
  }),
  internal: stripeError(500, { type: 'api_error', message: 'Sorry, there was an error on our end.' }),
};
