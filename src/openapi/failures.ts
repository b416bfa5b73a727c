import { STATUS_CODES } from 'node:http';
import { getSchemaPath, type HeaderObject, type ReferenceObject, type ResponsesObject } from '@nestjs/swagger';
import { FAILS, type FaultExample } from '../kernel/dialect/dialect.decorator.js';
import { problemOf } from '../kernel/dialect/problem.js';
import type { Voice } from '../kernel/dialect/voices.js';
import { AccessDenied, AuthorizationRequired, InvalidToken, MissingToken, TokenExpired } from '../kernel/fault/common-faults.js';
import { Fault, RateLimited, UnsupportedMedia } from '../kernel/fault/fault.js';
import { LaneFull } from '../kernel/group-commit.js';
import { readJson } from '../kernel/http/read-body.js';
import type { Route } from '../kernel/http/routes.js';
import { InvalidKey, KeyReused, RequestInFlight } from '../kernel/idempotency/idempotency-record.js';
import { UNREPEATABLE } from '../kernel/idempotency/unrepeatable.decorator.js';
import { DatabaseBusy, OutcomeUnknown } from '../kernel/mongo/unit-of-work.js';
import { refusalsOf } from './inputs.js';

export const exampleTraceId = '0af7651916cd43dd8448eb211c80319c';

export const isWrite = ({ method }: Route): boolean => method !== 'GET';
/** An `Idempotency-Key` is honoured. */
export const isRepeatable = (route: Route): boolean => isWrite(route) && !Reflect.hasMetadata(UNREPEATABLE, route.handler);

/** Every failure a route can answer with, in the words of its surface: made by what makes them when they happen. */
export async function failuresOf(route: Route, voice: Voice, takesBody: boolean): Promise<ResponsesObject> {
  const answers = new Map<number, Failure[]>();
  for (const error of await errorsOf(route, takesBody)) {
    const problem = problemOf(error, voice);
    const value = voice.failure({ ...problem, traceId: exampleTraceId });
    const retry = error instanceof Fault && error.retryAfterSeconds !== undefined;
    answers.set(problem.status, [...(answers.get(problem.status) ?? []), { message: problem.message, value, retry }]);
  }
  return Object.fromEntries([...answers].map(([status, failures]) => [status, responseOf(status, failures)]));
}

interface Failure {
  readonly message: string;
  readonly value: unknown;
  readonly retry: boolean;
}

async function errorsOf(route: Route, takesBody: boolean): Promise<unknown[]> {
  const declared = (Reflect.getMetadata(FAILS, route.handler) ?? []) as readonly FaultExample[];
  return [
    ...(takesBody ? [unreadable(), { statusCode: 413 }, unknownType] : []),
    ...(await refusalsOf(route)),
    ...declared.map((example) => example()),
    ...(route.policy?.public === undefined ? denials : []),
    ...(isRepeatable(route) ? [new InvalidKey(), new KeyReused(), new RequestInFlight()] : []),
    ...(isWrite(route) ? [new DatabaseBusy(undefined), new LaneFull(), new OutcomeUnknown(undefined)] : []),
    new RateLimited('Too many requests', { retryAfterSeconds: 1 }),
    new Error('a bug'),
  ];
}

const denials = [new AuthorizationRequired(), new MissingToken(), new InvalidToken(), new TokenExpired(), new AccessDenied()];
const unknownType = new UnsupportedMedia('Unsupported Media Type', { context: { input: '<amount/>' } });

function unreadable(): unknown {
  try {
    return readJson('{');
  } catch (fault) {
    return fault;
  }
}

function responseOf(status: number, failures: readonly Failure[]): ResponsesObject[string] {
  const examples = Object.fromEntries(failures.map(({ message, value }) => [slug(message), { summary: message, value }]));
  const retries = failures.some(({ retry }) => retry);
  return {
    description: STATUS_CODES[status] ?? String(status),
    headers: { ...traced, ...(retries && { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } as HeaderReference }) },
    content: { 'application/json': { schema: { $ref: getSchemaPath('Failure') }, examples } },
  };
}

/** The library's type knows no references here; OpenAPI does. */
type HeaderReference = HeaderObject & ReferenceObject;
export const traced = { 'X-Trace-Id': { $ref: '#/components/headers/TraceId' } as HeaderReference };

const slug = (message: string): string =>
  message
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
