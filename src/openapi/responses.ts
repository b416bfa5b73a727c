import { STATUS_CODES } from 'node:http';
import { getSchemaPath, type MediaTypeObject, type ResponseObject, type ResponsesObject } from '@nestjs/swagger';
import type { Answer } from '../kernel/dialect/dialect.decorator.js';
import { problemOf } from '../kernel/dialect/problem.js';
import type { Route } from '../kernel/http/routes.js';
import { Fault } from '../kernel/fault/fault.js';
import { exampleTraceId, replayedHeader, retryHeader, traceHeader } from './components.js';
import { errorsOf, type Inputs, isRepeatable } from './errors.js';
import { exampleOf, type Schema, type Schemas } from './example.js';
import { shapes } from './shapes.js';
import { plainDialect, voiceOf } from './surface.js';

interface Failure {
  readonly message: string;
  readonly value: unknown;
  readonly retries: boolean;
}

/** Every failure of a route, in the words of its surface: made by what makes them when they happen. */
export async function failuresOf(route: Route, inputs: Inputs): Promise<ResponsesObject> {
  const voice = voiceOf(route);
  const answers = new Map<number, Failure[]>();
  for (const error of await errorsOf(route, inputs)) {
    const problem = problemOf(error, voice);
    const value = voice.failure({ ...problem, traceId: exampleTraceId });
    const retries = error instanceof Fault && error.retryAfterSeconds !== undefined;
    answers.set(problem.status, [...(answers.get(problem.status) ?? []), { message: problem.message, value, retries }]);
  }
  return Object.fromEntries([...answers].map(([status, failures]) => [status, failureOf(route, status, failures)]));
}

function failureOf({ dialect }: Route, status: number, failures: readonly Failure[]): ResponseObject {
  const examples = Object.fromEntries(failures.map(({ message, value }) => [slug(message), { summary: message, value }]));
  return {
    description: phrase(status),
    headers: { ...traceHeader, ...(failures.some(({ retries }) => retries) && retryHeader) },
    content: { 'application/json': { schema: dialect ? { $ref: getSchemaPath('Failure') } : shapes[plainDialect].failure, examples } },
  };
}

/** The answer to a request that went well: the view, dressed as the surface dresses it. */
export function successOf(route: Route, answer: Answer, schemas: Schemas): ResponsesObject {
  const value = schemaOf(answer);
  const example = value && exampleOf(value, schemas);
  const { status, says: message } = answer;
  const dressed = dress(route, answer, value);
  const outcome = { status, data: example, traceId: exampleTraceId, ...(message !== undefined && { message }) };
  const page = answer.shape === 'page' && { page: { limit: 25, nextCursor: null } };
  const json = { schema: dressed, example: route.undressed ? example : voiceOf(route).success({ ...outcome, ...page }) };
  const response: ResponseObject = {
    description: message ?? phrase(status),
    headers: { ...traceHeader, ...(isRepeatable(route) && replayedHeader) },
    content: answer.shape === 'stream' ? { 'text/event-stream': streamOf(example) } : { 'application/json': json },
  };
  return { [status]: response };
}

/** One event of it. */
function streamOf(example: unknown): MediaTypeObject {
  return { schema: { type: 'string' }, example: `data: ${JSON.stringify(example)}\n\n` };
}

function dress({ undressed, dialect }: Route, answer: Answer, value: Schema | undefined): Schema {
  return undressed || dialect === undefined ? (value ?? {}) : shapes[dialect].success(answer, value);
}

function schemaOf({ view, shape }: Answer): Schema | undefined {
  if (!view) return undefined;
  const one = { $ref: getSchemaPath(view) };
  return shape === 'list' || shape === 'page' ? { type: 'array', items: one } : one;
}

const phrase = (status: number): string => STATUS_CODES[status] ?? String(status);
const slug = (message: string): string =>
  message
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
