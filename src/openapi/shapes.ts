import type { SchemaObject } from '@nestjs/swagger';
import type { Answer } from '../kernel/dialect/dialect.decorator.js';
import type { DialectName } from '../kernel/dialect/voices.js';
import type { Schema } from './example.js';

/** The schemas of what a dialect's voice says; the linter holds the voice's own words against them. */
interface Shape {
  success(answer: Answer, data: Schema | undefined): Schema;
  readonly failure: SchemaObject;
}

const text: SchemaObject = { type: 'string' };
const traceId: SchemaObject = { type: 'string', description: 'Names the request in the logs.', pattern: '^[0-9a-f]{32}$' };
const outcome: SchemaObject = {
  type: 'string',
  enum: ['none', 'unknown', 'applied'],
  description: 'What is known of the effect of a failed write. `none` speaks of this request, not of an earlier one with the same key.',
};
const object = (properties: Record<string, Schema>, optional: Record<string, Schema> = {}): SchemaObject => {
  return { type: 'object', required: Object.keys(properties), properties: { ...properties, ...optional } };
};
const sentence = ({ says }: Answer): SchemaObject => ({ ...text, ...(says !== undefined && { enum: [says] }) });

const page = object(
  { limit: { type: 'integer' }, nextCursor: { type: ['string', 'null'], description: 'Asks for the next page; null on the last one.' } },
  { total: { type: 'integer' } },
);
const item = object(
  { type: text, loc: { type: 'array', items: { type: ['string', 'integer'] } }, msg: text, input: {} },
  { ctx: object({}) },
);

export const shapes: Readonly<Record<DialectName, Shape>> = {
  envelope: {
    success: (answer, data) =>
      object({
        status: { type: 'integer', enum: [answer.status] },
        ...(answer.says !== undefined && { message: sentence(answer) }),
        ...(data && { data }),
      }),
    failure: object({ status: { type: 'integer' }, message: text }, { outcome }),
  },
  bare: { success: (answer, data) => data ?? object({ message: sentence(answer) }), failure: object({ detail: text }, { outcome }) },
  gateway: {
    success: (answer, data) => data ?? object({ message: sentence(answer) }),
    failure: object({ detail: { anyOf: [text, { type: 'array', items: item }] } }, { outcome }),
  },
  traced: {
    success: ({ shape }, data = { type: 'null' }) =>
      object({ data, error: { type: 'null' }, meta: object({ traceId, ...(shape === 'page' && { page }) }) }),
    failure: object({
      data: { type: 'null' },
      error: object({
        code: { ...text, description: 'Stable; what a program should look at.' },
        message: text,
        context: { type: 'object', description: 'Which fields, which limit, what outcome.' },
      }),
      meta: object({ traceId }),
    }),
  },
  store: { success: (answer, data) => data ?? object({ success: sentence(answer) }), failure: object({ error: text }, { outcome }) },
};
