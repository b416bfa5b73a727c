import { startApp, type TestApp } from '../../support/app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const directives = [
  "default-src 'self'",
  "base-uri 'self'",
  "font-src 'self' https: data:",
  "form-action 'self'",
  "frame-ancestors 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "script-src 'self'",
  "script-src-attr 'none'",
  "style-src 'self' https: 'unsafe-inline'",
];
const secure = {
  'content-security-policy': directives.join(';'),
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-dns-prefetch-control': 'off',
  'x-frame-options': 'SAMEORIGIN',
};
const broken = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' };

it.each<[status: number, path: string, asked: RequestInit]>([
  [200, '/health/live', {}],
  [200, '/docs', {}],
  [302, '/', { redirect: 'manual' }],
  [400, '/api/v1/auth/login', broken],
  [401, '/api/v1/payments', {}],
  [404, '/nothing/here', {}],
  [422, '/api/v1/users/register', broken],
])('go with a %i of %s', async (status, path, asked) => {
  const answer = await fetch(app.url + path, asked);
  // What is not read keeps the server from closing.
  await answer.arrayBuffer();
  const headers = Object.fromEntries(answer.headers);
  expect([answer.status, headers]).toEqual([status, expect.objectContaining(secure)]);
  expect(headers).not.toHaveProperty('x-powered-by');
});
