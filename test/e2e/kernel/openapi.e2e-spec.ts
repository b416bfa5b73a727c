import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Routes } from '../../../src/kernel/http/routes.js';
import { startApp, type TestApp } from '../../support/app.js';
import { runProgram } from '../../support/run-program.js';

type Document = any; // oxlint-disable-line typescript/no-explicit-any -- a test says what it expects

const surfaces = ['financial', 'gateway', 'platform', 'routing', 'store'];
const trace = '0af7651916cd43dd8448eb211c80319c';
const documents: Record<string, Document> = {};
let directory: string;
let output: string;
let app: TestApp;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'payops-openapi-'));
  // The compiler plugin that reads comments and types runs in the build only.
  output = await runProgram(['dist/openapi.js', directory]);
  for (const surface of surfaces) documents[surface] = JSON.parse(await readFile(join(directory, `${surface}.json`), 'utf8'));
  app = await startApp();
});
afterAll(async () => {
  await app.close();
  await rm(directory, { recursive: true });
});

const operations = (): { surface: string; name: string; described: Document }[] =>
  surfaces.flatMap((surface) =>
    Object.entries<Document>(documents[surface].paths).flatMap(([path, methods]) =>
      Object.entries<Document>(methods).map(([method, described]) => ({ surface, name: `${method.toUpperCase()} ${path}`, described })),
    ),
  );
const operation = (surface: string, name: string): Document =>
  operations().find((one) => one.surface === surface && one.name === name)?.described;
const statuses = (surface: string, name: string) => Object.keys(operation(surface, name).responses).map(Number);
const json = (response: Document): Document => response.content['application/json'];
const hasExample = (content: Document) =>
  content.example !== undefined || Object.values<Document>(content.examples ?? {}).some(({ value }) => value);

it('writes one document a surface, without a database and without a complaint', async () => {
  expect((await readdir(directory)).sort()).toEqual(surfaces.map((surface) => `${surface}.json`));
  expect(output).toBe('');
  for (const surface of surfaces) {
    expect(documents[surface]).toMatchObject({ openapi: '3.1.0', info: { title: expect.any(String), description: expect.any(String) } });
  }
});

it('writes the same from the bundle, in which all modules share one scope', async () => {
  const bundled = await mkdtemp(join(directory, 'bundled-'));
  await runProgram(['dist/bundle/openapi.js', bundled]);
  for (const surface of surfaces) {
    expect(JSON.parse(await readFile(join(bundled, `${surface}.json`), 'utf8'))).toEqual(documents[surface]);
  }
});

it('documents every route but its own', () => {
  const routes = app.app.get(Routes, { strict: false }).all();
  const wanted = routes
    .map(({ method, path }) => `${method} ${path.replace(/\(.*\)/, '').replaceAll(/:(\w+)/g, '{$1}')}`)
    .filter((name) => !/^GET \/($|docs|openapi\/)/.test(name));
  expect(
    operations()
      .map(({ name }) => name)
      .sort(),
  ).toEqual([...wanted].sort());
});

it('says of every operation what it is for, who may call it, and shows a request and each answer', () => {
  const gaps = operations().flatMap(({ surface, name, described }) => {
    const { summary, tags, operationId, security, requestBody, responses } = described;
    const said = summary && tags.length === 1 && operationId && security && described['x-policy'];
    const contents = [requestBody?.content ?? {}, ...Object.values<Document>(responses).map(({ content }) => content)];
    const bodies = contents.flatMap((content) => Object.values<Document>(content));
    return said && bodies.every(hasExample) ? [] : [`${surface}: ${name}`];
  });
  expect(gaps).toEqual([]);
  for (const surface of surfaces) {
    const ids = operations().flatMap((one) => (one.surface === surface ? [one.described.operationId] : []));
    expect(new Set(ids).size).toBe(ids.length);
  }
});

it.each([
  ['routing', 'GET /api/health', [200, 429, 500, 503]],
  ['routing', 'POST /api/auth/login', [200, 400, 401, 413, 415, 429, 500, 503]],
  ['routing', 'GET /api/payments', [200, 400, 401, 403, 429, 500, 503]],
  ['routing', 'POST /api/payments', [201, 400, 401, 403, 409, 413, 415, 429, 500, 503]],
  ['routing', 'PUT /api/payments/{id}', [200, 400, 401, 403, 404, 409, 413, 415, 429, 500, 503]],
  ['platform', 'GET /api/v1/payments/{id}', [200, 400, 401, 403, 404, 429, 500, 503]],
  ['platform', 'PATCH /api/v1/payments/{id}', [200, 400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503]],
  ['platform', 'POST /api/v1/payments', [201, 400, 401, 403, 409, 413, 415, 422, 429, 500, 503]],
  ['platform', 'POST /api/v1/payments/{id}/confirm', [200, 400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503]],
  ['platform', 'POST /api/v1/payments/{id}/refunds', [201, 400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503]],
  ['platform', 'GET /api/v1/payments/{id}/routing', [200, 400, 401, 403, 404, 429, 500, 503]],
  ['platform', 'POST /api/v1/credits/transfers', [201, 400, 401, 403, 404, 409, 413, 415, 422, 429, 500, 503]],
  ['platform', 'GET /api/v1/credits/accounts/{id}/transactions', [200, 400, 401, 403, 404, 429, 500, 503]],
  ['financial', 'GET /api/financial/transactions', [200, 400, 401, 403, 404, 429, 500, 503]],
  ['financial', 'POST /api/financial/credits/{user_id}/spend', [200, 400, 401, 403, 404, 413, 415, 429, 500, 503]],
  ['platform', 'GET /health/live', [200, 429, 500]],
  ['platform', 'GET /health/ready', [200, 429, 500, 503]],
])('%s: %s answers %j', (surface, name, expected) => {
  expect(statuses(surface, name)).toEqual(expected);
});

it('shows failures in the words of the surface', () => {
  const { responses } = operation('routing', 'PUT /api/payments/{id}');
  const messages = Object.values<Document>(json(responses[400]).examples).map(({ value }) => value);
  expect(messages).toEqual(
    expect.arrayContaining([
      { status: 400, message: 'Invalid ID' },
      { status: 400, message: 'Invalid status' },
      { status: 400, message: 'Idempotency-Key was used with another request' },
    ]),
  );
  expect(Object.values<Document>(json(responses[401]).examples).map(({ value }) => value)).toEqual([
    { status: 401, message: 'Authorization required' },
    { status: 401, message: 'Missing token' },
    { status: 401, message: 'Invalid token' },
    { status: 401, message: 'Token expired' },
  ]);
  const { 400: refused, 409: conflict } = operation('platform', 'PATCH /api/v1/payments/{id}').responses;
  expect(json(conflict).examples['the-status-of-the-payment-cannot-change-so'].value).toEqual({
    data: null,
    error: { code: 'transition_refused', message: 'The status of the payment cannot change so', context: {} },
    meta: { traceId: trace },
  });
  const message = 'property unknown should not exist';
  const error = { code: 'validation_failed', message, context: { fields: [{ field: 'unknown', message }] } };
  expect(json(refused).examples['property-unknown-should-not-exist'].value.error).toEqual(error);
});

it('dresses answers as the surface does', () => {
  const created = json(operation('routing', 'POST /api/payments').responses[201]);
  expect(created.example).toEqual({ status: 201, message: 'Payment created' });
  expect(created.schema).toMatchObject({ required: ['status', 'message'] });

  const { schema, example } = json(operation('platform', 'GET /api/v1/payments').responses[200]);
  expect(schema.properties).toMatchObject({
    data: { type: 'array', items: { $ref: '#/components/schemas/PaymentView' } },
    error: { type: 'null' },
    meta: { required: ['traceId', 'page'] },
  });
  expect(example).toMatchObject({
    data: [{ id: 'pay_65f1a7c4b2e8f4a91c0d2211', amountMinor: 1299, customer: { country: 'UK' } }],
    error: null,
    meta: { traceId: trace, page: { limit: 25, nextCursor: null } },
  });
});

it('takes a body in every form of the surface', () => {
  const { content } = operation('routing', 'POST /api/payments').requestBody;
  expect(Object.keys(content)).toEqual(['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data']);
  expect(content['application/x-www-form-urlencoded'].encoding).toEqual({
    customer_details: { contentType: 'application/json' },
    provider_attempts: { contentType: 'application/json' },
  });
  expect(documents.routing.components.schemas.RoutingPaymentForm).toMatchObject({
    required: expect.arrayContaining(['merchant', 'payment_type', 'amount_minor', 'currency', 'region']),
    properties: { amount_minor: { type: 'integer', minimum: 1, maximum: 999_999_999_999 } },
  });
  expect(Object.keys(operation('platform', 'POST /api/v1/payments').requestBody.content)).toEqual(['application/json']);
});

it('knows what may be left out, and what is whole', () => {
  const [limit, ...others] = operation('platform', 'GET /api/v1/payments').parameters;
  expect(limit).toMatchObject({ name: 'limit', in: 'query', required: false, schema: { type: 'integer', default: 25 } });
  expect(others.map(({ name }: Document) => name)).toEqual(['cursor', 'review', 'status', 'from', 'to']);
  const names = operation('routing', 'GET /api/payments').parameters.map(({ name }: Document) => name);
  expect(names).toEqual(['page', 'limit', 'status', 'from', 'to']);
  const filters = operation('financial', 'GET /api/financial/transactions').parameters;
  expect(Object.fromEntries(filters.map(({ name, schema }: Document) => [name, schema.enum ?? schema.format ?? schema.type]))).toEqual({
    limit: 'integer',
    offset: 'integer',
    user_id: 'string',
    transaction_type: ['credit', 'debit'],
    start_date: 'date',
    end_date: 'date',
    sort_by: ['created_at', 'amount', 'user_email'],
    sort_order: ['asc', 'desc'],
  });
  const { properties, required } = documents.platform.components.schemas.CreatePaymentDto;
  expect(properties.amountMinor).toMatchObject({ type: 'integer', minimum: 1, maximum: 999_999_999_999, example: 1299 });
  expect(required).toEqual(['merchant', 'paymentType', 'amountMinor', 'currency', 'region']);
});

it('says who may call, and where a key is honoured', () => {
  const create = operation('routing', 'POST /api/payments');
  expect(create.security).toEqual([{ bearer: [] }]);
  expect(create['x-policy']).toEqual({ permission: 'payments:write', roles: ['system_admin', 'owner', 'admin', 'merchant'] });
  expect(create.parameters).toEqual([{ $ref: '#/components/parameters/IdempotencyKey' }]);
  expect(Object.keys(create.responses[503].headers)).toEqual(['X-Trace-Id', 'Retry-After']);

  // What the ledger posts keeps its key for ever; on the platform it does not act without one.
  const keyOf = (surface: string, name: string) => {
    const parameters = operation(surface, name).parameters.map(({ $ref = '' }) => /parameters\/(\w+)/.exec($ref)?.[1]);
    return documents[surface].components.parameters[parameters.find(Boolean)];
  };
  expect(keyOf('routing', 'POST /api/payments')).toMatchObject({ required: false, description: expect.stringContaining('24 hours') });
  expect(keyOf('financial', 'POST /api/financial/credits/{user_id}/add')).toMatchObject({
    required: false,
    description: expect.stringContaining('for ever'),
  });
  expect(keyOf('platform', 'POST /api/v1/credits/grants')).toMatchObject({
    required: true,
    description: expect.stringContaining('for ever'),
  });
  const { 400: refused } = operation('platform', 'POST /api/v1/credits/grants').responses;
  expect(json(refused).examples['idempotency-key-is-required'].value.error).toEqual({
    code: 'idempotency_key_required',
    message: 'Idempotency-Key is required',
    context: {},
  });

  const login = operation('routing', 'POST /api/auth/login');
  expect(login.security).toEqual([]);
  expect(login['x-policy']).toEqual({ public: expect.any(String) });
  expect(login.parameters).toEqual([]);
});

it('serves the documents that it writes', async () => {
  for (const surface of surfaces) {
    const { status, body } = await app.call('GET', `/openapi/${surface}.json`);
    expect(status).toBe(200);
    expect(Object.keys(body.paths)).toEqual(Object.keys(documents[surface].paths));
  }
  expect((await app.call('GET', '/openapi/nothing.json')).status).toBe(404);
});

it('shows requests that are answered as it shows', async () => {
  const body = (name: string): Document => operation('routing', name).requestBody.content['application/json'].example;
  const registration = body('POST /api/auth/register');
  expect((await app.call('POST', '/api/auth/register', { json: registration })).body).toEqual({ status: 201, message: 'User registered' });
  const login = await app.call('POST', '/api/auth/login', { json: { ...body('POST /api/auth/login'), ...registration } });
  expect(login.body).toMatchObject({ status: 200, message: 'Login successful' });

  const token = login.body.data.token as string;
  const json = body('POST /api/payments');
  const texts = Object.entries<Document>(json).map(([name, value]) => [
    name,
    typeof value === 'object' ? JSON.stringify(value) : String(value),
  ]);
  const created = { status: 201, message: 'Payment created' };
  expect((await app.call('POST', '/api/payments', { token, json })).body).toEqual(created);
  expect((await app.call('POST', '/api/payments', { token, form: Object.fromEntries(texts) })).body).toEqual(created);
});
