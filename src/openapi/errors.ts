import { PayloadTooLargeException } from '@nestjs/common';
import { FAILS, type FaultExample } from '../kernel/dialect/dialect.decorator.js';
import { missingKey } from '../kernel/actor/gateway-callers.js';
import { AuthorizationMalformed, AuthorizationMissing, GatewayKeyRefused, GatewayTokenRefused } from '../kernel/actor/gateway.faults.js';
import {
  AccessDenied,
  AuthorizationRequired,
  InvalidApiKey,
  InvalidToken,
  MissingToken,
  TokenExpired,
  ValidationFailed,
} from '../kernel/fault/common-faults.js';
import { type Fault, Invalid, RateLimited, UnsupportedMedia } from '../kernel/fault/fault.js';
import { LaneFull } from '../kernel/group-commit.js';
import { readJson } from '../kernel/http/read-body.js';
import type { Route } from '../kernel/http/routes.js';
import { InvalidKey, KeyRequired, KeyReused, RequestInFlight } from '../kernel/idempotency/idempotency-record.js';
import { KEEPS_KEY, type KeepsKeyOptions, NEEDS_KEY } from '../kernel/idempotency/keeps-key.decorator.js';
import { UNREPEATABLE } from '../kernel/idempotency/unrepeatable.decorator.js';
import { DatabaseUnavailable } from '../kernel/mongo/driver-faults.js';
import { DatabaseBusy, OutcomeUnknown } from '../kernel/mongo/unit-of-work.js';
import { keyHeaderOf, takesKeys } from './credentials.js';
import { refusalsOf } from './refusals.js';

export const isWrite = ({ method }: Route): boolean => method !== 'GET';
/** An `Idempotency-Key` is honoured. */
export const isRepeatable = (route: Route): boolean => isWrite(route) && !Reflect.hasMetadata(UNREPEATABLE, route.handler);

/** How a key is kept by the work itself, where it is. */
export const keepsKey = ({ handler }: Route) => Reflect.getMetadata(KEEPS_KEY, handler) as KeepsKeyOptions | undefined;

export const needsKey = (route: Route): boolean => keepsKey(route)?.required ?? Reflect.hasMetadata(NEEDS_KEY, route.handler);

/** What a request may hold, besides its headers. */
export interface Inputs {
  /** An example of the body, where the handler takes one. */
  readonly body: unknown;
  readonly query: boolean;
  readonly path: boolean;
}

/** Everything that may be thrown at a request of this route: by its guards, by what reads it, by its handler, and by a bug. */
export async function errorsOf(route: Route, { body, query, path }: Inputs): Promise<unknown[]> {
  const declared = (Reflect.getMetadata(FAILS, route.handler) ?? []) as readonly FaultExample[];
  return [
    ...(body === undefined ? [] : bodyErrors),
    ...(await refusalsOf(route, body)),
    ...(query ? [new Invalid('The query is not valid')] : []),
    ...(path ? [new Invalid('The address is not valid')] : []),
    ...declared.map((example) => example()),
    ...(route.policy?.public === undefined ? denialsOf(route) : []),
    ...(needsKey(route) ? [new KeyRequired()] : []),
    ...(isRepeatable(route) ? keyErrors : []),
    // Where the work keeps the key, a second request waits for the first one's answer.
    ...(isRepeatable(route) && !keepsKey(route) ? [new RequestInFlight()] : []),
    ...(isWrite(route) ? writeErrors : []),
    ...(route.undressed ? [] : [new DatabaseUnavailable(undefined, isWrite(route) ? 'unknown' : 'none')]),
    new RateLimited('Too many requests', { retryAfterSeconds: 1 }),
    new Error('a bug'),
  ];
}

const bodyErrors = [
  unreadable(),
  new PayloadTooLargeException(),
  new UnsupportedMedia('Unsupported Media Type', { context: { input: '<amount/>' } }),
];
const denials = [new AuthorizationRequired(), new MissingToken(), new InvalidToken(), new TokenExpired(), new AccessDenied()];
const tokenDenials = [new AuthorizationMissing(), new AuthorizationMalformed(), new GatewayTokenRefused(), new AccessDenied()];
const keyDenials = [new ValidationFailed([missingKey]), new GatewayKeyRefused(), new AccessDenied()];

/** What the guard says to whoever may not call the route. */
function denialsOf(route: Route): readonly Fault[] {
  const header = keyHeaderOf(route);
  if (header) return header.andToken ? [...keyDenials, ...tokenDenials] : keyDenials;
  if (route.dialect === 'gateway') return tokenDenials;
  return takesKeys(route) ? [...denials, new InvalidApiKey()] : denials;
}
const keyErrors = [new InvalidKey(), new KeyReused()];
const writeErrors = [new DatabaseBusy(undefined), new LaneFull(), new OutcomeUnknown(undefined)];

function unreadable(): unknown {
  try {
    return readJson('{');
  } catch (fault) {
    return fault;
  }
}
