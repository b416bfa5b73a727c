import type { HeadersObject, OpenAPIObject, ParameterObject, ReferenceObject } from '@nestjs/swagger';
import { shapes } from './shapes.js';
import type { Surface } from './surface.js';

export const exampleTraceId = '0af7651916cd43dd8448eb211c80319c';

const traceId = {
  description: 'Names the request in the logs; taken from a `traceparent` header where one is sent.',
  schema: { type: 'string' },
  example: exampleTraceId,
};
const retryAfter = { description: 'Seconds to wait before the same request is sent again.', schema: { type: 'integer' }, example: 1 };
const replayed = {
  description: '`true` where this is the stored answer to an earlier request with the same key.',
  schema: { type: 'string', enum: ['true'] },
};
const sameKey = 'A UUID or other text of the caller’s. The same request with the same key acts once and is answered alike';
const idempotencyKey: ParameterObject = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: `${sameKey}, for 24 hours.`,
  // Without an example, which the page would send with every request that is tried out.
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[ -~]+$' },
};

/** Of the ledger's own routes, which keep a key with what they posted. */
const lastingKey: ParameterObject = { ...idempotencyKey, description: `${sameKey}, for ever.` };
const requiredKey: ParameterObject = { ...idempotencyKey, required: true };
const requiredLastingKey: ParameterObject = { ...lastingKey, required: true };

export const traceHeader: HeadersObject = { 'X-Trace-Id': { $ref: '#/components/headers/TraceId' } };
export const retryHeader: HeadersObject = { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } };
export const replayedHeader: HeadersObject = { 'Idempotency-Replayed': { $ref: '#/components/headers/IdempotencyReplayed' } };
export function keyParameterOf({ isLasting, isRequired }: { readonly isLasting: boolean; readonly isRequired: boolean }): ReferenceObject {
  return { $ref: `#/components/parameters/${isRequired ? 'Required' : ''}${isLasting ? 'Lasting' : ''}IdempotencyKey` };
}

/** What the operations of a surface share. */
export const componentsOf = (surface: Surface) => ({
  schemas: { Failure: shapes[surface.dialect].failure },
  headers: { TraceId: traceId, RetryAfter: retryAfter, IdempotencyReplayed: replayed },
  parameters: {
    IdempotencyKey: idempotencyKey,
    LastingIdempotencyKey: lastingKey,
    RequiredIdempotencyKey: requiredKey,
    RequiredLastingIdempotencyKey: requiredLastingKey,
  },
  securitySchemes: {
    bearer: { type: 'http' as const, scheme: 'bearer', bearerFormat: 'JWT', description: 'The token that a login answers with.' },
    key: {
      type: 'apiKey' as const,
      in: 'header',
      name: 'X-API-Key',
      description: 'For programs; good for its scopes, as far as its owner’s role reaches.',
    },
  },
});
type Components = NonNullable<OpenAPIObject['components']>;

/** Without what nothing refers to. */
export function usedOf({ securitySchemes: schemes, ...components }: Components, paths: unknown): Components {
  const used = new Map<string, Record<string, unknown>>();
  const follow = (part: unknown): void => {
    for (const [, kind = '', name = ''] of JSON.stringify(part).matchAll(/"#\/components\/(\w+)\/(\w+)"/g)) {
      const found = (components as Record<string, Record<string, unknown>>)[kind]?.[name];
      if (used.get(kind)?.[name]) continue;
      used.set(kind, { ...used.get(kind), [name]: found });
      follow(found);
    }
  };
  follow(paths);
  const wanted = Object.entries(schemes ?? {}).filter(([name]) => JSON.stringify(paths).includes(`"${name}":[]`));
  return { ...(Object.fromEntries(used) as Components), ...(wanted.length > 0 && { securitySchemes: Object.fromEntries(wanted) }) };
}
