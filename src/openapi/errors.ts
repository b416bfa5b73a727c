import { PayloadTooLargeException } from '@nestjs/common';
import { FAILS, type FaultExample } from '../kernel/dialect/dialect.decorator.js';
import { AccessDenied, AuthorizationRequired, InvalidToken, MissingToken, TokenExpired } from '../kernel/fault/common-faults.js';
import { RateLimited, UnsupportedMedia } from '../kernel/fault/fault.js';
import { LaneFull } from '../kernel/group-commit.js';
import { readJson } from '../kernel/http/read-body.js';
import type { Route } from '../kernel/http/routes.js';
import { InvalidKey, KeyReused, RequestInFlight } from '../kernel/idempotency/idempotency-record.js';
import { UNREPEATABLE } from '../kernel/idempotency/unrepeatable.decorator.js';
import { DatabaseBusy, OutcomeUnknown } from '../kernel/mongo/unit-of-work.js';
import { refusalsOf } from './inputs.js';

export const isWrite = ({ method }: Route): boolean => method !== 'GET';
/** An `Idempotency-Key` is honoured. */
export const isRepeatable = (route: Route): boolean => isWrite(route) && !Reflect.hasMetadata(UNREPEATABLE, route.handler);

/** Everything that may be thrown at a request of this route: by its guards, by what reads it, by its handler, and by a bug. */
export async function errorsOf(route: Route, takesBody: boolean): Promise<unknown[]> {
  const declared = (Reflect.getMetadata(FAILS, route.handler) ?? []) as readonly FaultExample[];
  return [
    ...(takesBody ? bodyErrors : []),
    ...(await refusalsOf(route)),
    ...declared.map((example) => example()),
    ...(route.policy?.public === undefined ? denials : []),
    ...(isRepeatable(route) ? keyErrors : []),
    ...(isWrite(route) ? writeErrors : []),
    new RateLimited('Too many requests', { retryAfterSeconds: 1 }),
    new Error('a bug'),
  ];
}

const bodyErrors = [unreadable(), new PayloadTooLargeException(), new UnsupportedMedia('Unsupported Media Type', { context: { input: '<amount/>' } })];
const denials = [new AuthorizationRequired(), new MissingToken(), new InvalidToken(), new TokenExpired(), new AccessDenied()];
const keyErrors = [new InvalidKey(), new KeyReused(), new RequestInFlight()];
const writeErrors = [new DatabaseBusy(undefined), new LaneFull(), new OutcomeUnknown(undefined)];

function unreadable(): unknown {
  try {
    return readJson('{');
  } catch (fault) {
    return fault;
  }
}
