import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { httpAdapter } from '../../../src/kernel/http/adapter.js';
import { DialectsModule } from '../../support/dialects.module.js';

const trace = '0af7651916cd43dd8448eb211c80319c';
const traced = (error: unknown) => ({ data: null, error, meta: { traceId: trace } });
let app: NestFastifyApplication;
let base: string;

beforeAll(async () => {
  app = await NestFactory.create<NestFastifyApplication>(DialectsModule, httpAdapter({ logLevel: 'silent', trustProxy: 0 }), {
    logger: false,
    bodyParser: false,
  });
  await app.listen(0, '127.0.0.1');
  base = await app.getUrl();
});
afterAll(() => app.close());

async function call(method: string, path: string, body?: BodyInit, type = 'application/json') {
  const headers = { traceparent: `00-${trace}-b7ad6b7169203331-01`, ...(body !== undefined && { 'content-type': type }) };
  const response = await fetch(base + path, { method, headers, ...(body !== undefined && { body }) });
  return { status: response.status, headers: response.headers, body: (await response.json()) as unknown };
}

const big = JSON.stringify({ id: 'x'.repeat(300_000) });
const unsupported = { code: 'unsupported_media_type', message: 'Unsupported Media Type' };
const table: [string, string, string, number, unknown, (string | [string, string])?][] = [
  ['envelope', 'GET', '/api/sample/value', 200, { status: 200, data: { id: 7 } }],
  ['bare', 'GET', '/api/financial/sample/value', 200, { id: 7 }],
  ['gateway', 'GET', '/api/v1/gateway/value', 200, { id: 7 }],
  ['traced', 'GET', '/api/v1/sample/value', 200, { data: { id: 7 }, error: null, meta: { traceId: trace } }],
  ['store', 'GET', '/sample/value', 200, { id: 7 }],
  ['envelope', 'POST', '/api/sample/void', 201, { status: 201, message: 'Done' }],
  ['bare', 'POST', '/api/financial/sample/void', 201, { message: 'Done' }],
  ['gateway', 'POST', '/api/v1/gateway/void', 201, { message: 'Done' }],
  ['traced', 'POST', '/api/v1/sample/void', 201, { data: null, error: null, meta: { traceId: trace } }],
  ['store', 'POST', '/sample/void', 201, { success: 'Done' }],
  ['envelope', 'GET', '/api/sample/fault', 409, { status: 409, message: 'Somebody moved first', outcome: 'none' }],
  ['bare', 'GET', '/api/financial/sample/fault', 400, { detail: 'Somebody moved first', outcome: 'none' }],
  ['gateway', 'GET', '/api/v1/gateway/fault', 409, { detail: 'Somebody moved first', outcome: 'none' }],
  [
    'traced',
    'GET',
    '/api/v1/sample/fault',
    409,
    traced({ code: 'conflict', message: 'Somebody moved first', context: { outcome: 'none' } }),
  ],
  ['store', 'GET', '/sample/fault', 409, { error: 'Somebody moved first', outcome: 'none' }],
  ['envelope', 'GET', '/api/sample/denied', 403, { status: 403, message: 'Access denied' }],
  ['bare', 'GET', '/api/financial/sample/denied', 403, { detail: 'Access denied' }],
  ['gateway', 'GET', '/api/v1/gateway/denied', 403, { detail: 'Access denied' }],
  ['traced', 'GET', '/api/v1/sample/denied', 403, traced({ code: 'forbidden', message: 'Access denied', context: {} })],
  ['store', 'GET', '/sample/denied', 403, { error: 'Access denied' }],
  ['envelope', 'POST', '/api/sample/checked', 400, { status: 400, message: 'id is required' }, '{}'],
  ['bare', 'POST', '/api/financial/sample/checked', 400, { detail: 'id is required' }, '{}'],
  [
    'gateway',
    'POST',
    '/api/v1/gateway/checked',
    422,
    { detail: [{ type: 'missing', loc: ['body', 'id'], msg: 'Field required', input: {} }] },
    '{}',
  ],
  ['store', 'POST', '/sample/checked', 400, { error: 'id is required' }, '{}'],
  ['envelope', 'POST', '/api/sample/checked', 400, { status: 400, message: 'The body is not valid JSON' }, '{"id":'],
  ['bare', 'POST', '/api/financial/sample/checked', 400, { detail: 'The body is not valid JSON' }, '{"id":'],
  ['traced', 'POST', '/api/v1/sample/checked', 400, expect.objectContaining({ data: null }), '{"id":'],
  ['store', 'POST', '/sample/checked', 400, { error: 'The body is not valid JSON' }, '{"id":'],
  ['envelope', 'POST', '/api/sample/checked', 413, { status: 413, message: 'Request body is too large' }, big],
  ['bare', 'POST', '/api/financial/sample/checked', 413, { detail: 'Request body is too large' }, big],
  ['gateway', 'POST', '/api/v1/gateway/checked', 413, { detail: 'Request body is too large' }, big],
  ['traced', 'POST', '/api/v1/sample/checked', 413, traced({ code: 'too_large', message: 'Request body is too large', context: {} }), big],
  ['store', 'POST', '/sample/checked', 413, { error: 'Request body is too large' }, big],
  ['envelope', 'POST', '/api/sample/checked', 415, { status: 415, message: 'Unsupported Media Type' }, ['<a/>', 'text/xml']],
  ['bare', 'POST', '/api/financial/sample/checked', 415, { detail: 'Unsupported Media Type' }, ['<a/>', 'text/xml']],
  ['traced', 'POST', '/api/v1/sample/checked', 415, traced({ ...unsupported, context: { input: '<a/>' } }), ['<a/>', 'text/xml']],
  ['store', 'POST', '/sample/checked', 415, { error: 'Unsupported Media Type' }, ['<a/>', 'text/xml']],
  ['envelope', 'GET', '/api/nowhere', 404, { status: 404, message: 'Not found' }],
  ['bare', 'GET', '/api/financial/nowhere', 404, { detail: 'Not found' }],
  ['/api/v1', 'GET', '/api/v1/nowhere', 404, { ...traced({ code: 'not_found', message: 'Not Found', context: {} }), detail: 'Not Found' }],
  ['store', 'GET', '/nowhere', 404, { error: 'Not found' }],
  ['envelope', 'PUT', '/api/sample/value', 405, { status: 405, message: 'Method not allowed' }],
  ['bare', 'PUT', '/api/financial/sample/value', 405, { detail: 'Method not allowed' }],
  ['gateway', 'PUT', '/api/v1/gateway/value', 405, { detail: 'Method Not Allowed' }],
  ['store', 'PUT', '/sample/value', 405, { error: 'Method not allowed' }],
  ['envelope', 'GET', '/api/sample/crash', 500, { status: 500, message: 'Internal server error' }],
  ['bare', 'GET', '/api/financial/sample/crash', 500, { detail: 'Internal server error' }],
  ['gateway', 'GET', '/api/v1/gateway/crash', 500, { detail: 'Internal server error' }],
  ['traced', 'GET', '/api/v1/sample/crash', 500, traced({ code: 'internal_error', message: 'Internal server error', context: {} })],
  ['store', 'GET', '/sample/crash', 500, { error: 'Internal server error' }],
];

it.each(table)('%s: %s %s answers %i', async (_dialect, method, path, status, expected, payload) => {
  const [body, type] = Array.isArray(payload) ? payload : [payload, undefined];
  const answer = await call(method, path, body, type);
  expect({ status: answer.status, body: answer.body }).toEqual({ status, body: expected });
  expect(answer.headers.get('x-trace-id')).toBe(trace);
});

it('names the methods that exist at a path asked with another one', async () => {
  expect((await call('DELETE', '/api/sample/value')).headers.get('allow')).toBe('GET');
});

it('says when to come back', async () => {
  expect((await call('GET', '/api/sample/fault')).headers.get('retry-after')).toBe('3');
});
