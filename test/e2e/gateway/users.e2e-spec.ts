import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { startApp, type TestApp } from '../../support/app.js';
import { as, newTenant } from '../../support/as.js';
import { FakeClock } from '../../support/clock.js';
import { gatewayUser, send, systemAdmin } from '../../support/gateway.js';

const clock = new FakeClock('2026-11-21T01:50:18.454Z');
let app: TestApp;
let mongo: MongoClient;

beforeAll(async () => {
  app = await startApp({ clock });
  mongo = await MongoClient.connect(app.mongodbUri);
});
afterAll(async () => {
  await mongo.close();
  await app.close();
});

const register = (json: unknown) => app.call('POST', '/api/v1/users/register', { json });
const login = (json: unknown) => app.call('POST', '/api/v1/users/login', { json });
const person = (more: object = {}) => ({ name: 'Ava Reed', email: `${randomUUID()}@acme.test`, password: 'longenough', ...more });
const answered = ({ status, body }: { status: number; body: unknown }) => [status, body];

describe('POST /api/v1/users/register', () => {
  const path = '/api/v1/users/register';

  it('answers with the published fields', async () => {
    expect(await register(person())).toMatchObject({
      status: 201,
      body: {
        message: 'User registered successfully.',
        userId: expect.stringMatching(/^user_[0-9a-f]{12}$/),
        apiKey: expect.stringMatching(/^PK_LIVE_[0-9A-F]{16}$/),
        webhookSecret: expect.stringMatching(/^SK_[0-9A-F]{32}$/),
        role: 'user',
        createdAt: '2026-11-21T01:50:18.454000Z',
      },
    });
  });

  it('makes a user who signs in on every surface, in the default tenant', async () => {
    const json = person({ role: 'admin' });
    await register(json);
    const routing = await app.call('POST', '/api/auth/login', { json });
    expect(routing.body.data.role).toBe('user');
    const platform = await app.call('POST', '/api/v1/auth/login', { json: { email: json.email, password: json.password } });
    expect(platform.body.data.tenant).toMatchObject({ id: 'ten_default', role: 'user' });
  });

  it('takes an e-mail once, whoever has it', async () => {
    const json = person();
    await register(json);
    const taken = [400, { detail: 'User with this email already exists.' }];
    expect(answered(await register(json))).toEqual(taken);
    const { email } = await as(app, 'merchant');
    expect(answered(await register(person({ email })))).toEqual(taken);
  });

  it('gives one of many at once the e-mail', async () => {
    const json = person();
    const answers = await Promise.all(Array.from({ length: 5 }, () => register(json)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(4);
    const { email } = json;
    const user = await mongo.db().collection('users').findOne({ email });
    expect(
      await mongo
        .db()
        .collection('api_keys')
        .countDocuments({ ownerId: String(user?._id) }),
    ).toBe(1);
  });

  it('keeps neither key nor secret in clear', async () => {
    const { apiKey, webhookSecret } = await gatewayUser(app);
    for (const { name } of await mongo.db().listCollections().toArray()) {
      const text = JSON.stringify(await mongo.db().collection(name).find().toArray());
      expect([name, text.includes(apiKey), text.includes(webhookSecret)]).toEqual([name, false, false]);
    }
  });

  const pattern = '^[\\w\\.-]+@[\\w\\.-]+\\.\\w+$';
  const bad = (loc: string, input: unknown, type: string, msg: string, ctx?: object) => ({
    type,
    loc: ['body', loc],
    msg,
    input,
    ...(ctx && { ctx }),
  });
  const mismatch = (input: string) =>
    bad('email', input, 'string_pattern_mismatch', `String should match pattern '${pattern}'`, { pattern });
  const missing = (loc: string, input: unknown) => bad(loc, input, 'missing', 'Field required');

  it.each([
    [{}, [missing('name', {}), missing('email', {}), missing('password', {})]],
    [
      { name: 'A', email: 'a@b', password: 'short' },
      [
        bad('name', 'A', 'string_too_short', 'String should have at least 2 characters', { min_length: 2 }),
        mismatch('a@b'),
        bad('password', 'short', 'string_too_short', 'String should have at least 8 characters', { min_length: 8 }),
      ],
    ],
    [{ name: 'Ava', email: 'a+b@acme.test', password: 'longenough' }, [mismatch('a+b@acme.test')]],
    [{ name: 'Ava', email: ' a@acme.test', password: 'longenough' }, [mismatch(' a@acme.test')]],
    [{ name: 'Ava', email: 'a@acme.test\n', password: 'longenough' }, [mismatch('a@acme.test\n')]],
    [
      { name: 7, email: null, password: ['x'] },
      [
        bad('name', 7, 'string_type', 'Input should be a valid string'),
        bad('email', null, 'string_type', 'Input should be a valid string'),
        bad('password', ['x'], 'string_type', 'Input should be a valid string'),
      ],
    ],
    [
      { name: 'Ava', email: 'a@acme.test', password: 'x'.repeat(65) },
      [bad('password', 'x'.repeat(65), 'string_too_long', 'String should have at most 64 characters', { max_length: 64 })],
    ],
  ])('refuses %j', async (json, detail) => {
    expect(answered(await register(json))).toEqual([422, { detail }]);
  });

  it('counts characters, of whatever script', async () => {
    expect((await register(person({ name: '🙂' }))).status).toBe(422);
    expect((await register(person({ name: '🙂🙂', email: `ä.${randomUUID()}@köln.test` }))).status).toBe(201);
  });

  const notAnObject = 'Input should be a valid dictionary or object to extract fields from';
  it.each([
    ['nothing', undefined, {}, [{ type: 'missing', loc: ['body'], msg: 'Field required', input: null }]],
    ['null', 'null', { 'content-type': 'application/json' }, [{ type: 'missing', loc: ['body'], msg: 'Field required', input: null }]],
    [
      'a list',
      '[1]',
      { 'content-type': 'application/json' },
      [{ type: 'model_attributes_type', loc: ['body'], msg: notAnObject, input: [1] }],
    ],
    [
      'text',
      '"x"',
      { 'content-type': 'application/json' },
      [{ type: 'model_attributes_type', loc: ['body'], msg: notAnObject, input: 'x' }],
    ],
    [
      'no JSON',
      '{"a":1}',
      { 'content-type': 'text/plain' },
      [{ type: 'model_attributes_type', loc: ['body'], msg: notAnObject, input: '{"a":1}' }],
    ],
    [
      'broken JSON',
      '{"name": }',
      { 'content-type': 'application/json' },
      [{ type: 'json_invalid', loc: ['body', 9], msg: 'JSON decode error', input: {}, ctx: { error: expect.any(String) } }],
    ],
  ])('refuses a body that is %s', async (_case, body, headers, detail) => {
    expect(answered(await send(app, 'POST', path, body, headers as Record<string, string>))).toEqual([422, { detail }]);
  });
});

describe('POST /api/v1/users/login', () => {
  it('answers with a token for two hours that names the user', async () => {
    const json = person();
    const { userId } = (await register(json)).body;
    const { status, body } = await login(json);
    expect([status, body]).toEqual([200, { access_token: expect.any(String), token_type: 'bearer', userId, role: 'user' }]);
    const claims = JSON.parse(Buffer.from(body.access_token.split('.')[1], 'base64url').toString()) as Record<string, number>;
    expect(claims).toMatchObject({ sub: userId, role: 'user', email: json.email });
    expect((claims.exp as number) * 1000).toBe(Math.floor(clock.now().getTime() / 1000) * 1000 + 7_200_000);
  });

  it('takes everybody who has an account', async () => {
    for (const [role, shown] of [
      ['merchant', 'merchant'],
      ['owner', 'admin'],
      ['finance', 'finance'],
    ] as const) {
      const { email, password } = await as(app, role, await newTenant(app));
      expect((await login({ email, password })).body).toMatchObject({ userId: expect.stringMatching(/^user_[0-9a-f]{12}$/), role: shown });
    }
  });

  it.each([
    ['a wrong password', { password: 'wrongpassword' }],
    ['nobody', { email: 'nobody@acme.test' }],
  ])('refuses %s in the same words', async (_case, wrong) => {
    const json = person();
    await register(json);
    expect(answered(await login({ ...json, ...wrong }))).toEqual([401, { detail: 'Invalid email or password.' }]);
  });

  it('names every field that is wrong', async () => {
    const { status, body } = await login({ email: 'nobody', password: 'short' });
    expect([status, body.detail.map(({ type, loc }: { type: string; loc: string[] }) => [type, ...loc])]).toEqual([
      422,
      [
        ['string_pattern_mismatch', 'body', 'email'],
        ['string_too_short', 'body', 'password'],
      ],
    ]);
    expect(body.detail[1].ctx).toEqual({ min_length: 6 });
  });

  it('ends after too many tries', async () => {
    const json = person();
    await register(json);
    for (let tries = 0; tries < 10; tries++) await login({ ...json, password: 'wrongpassword' });
    const { status, headers } = await login(json);
    expect([status, headers.get('retry-after')]).toEqual([429, expect.any(String)]);
  });
});

describe.each([
  ['GET', '/api/v1/protected'],
  ['GET', '/api/v1/admin/dashboard'],
  ['PATCH', '/api/v1/users/user_000000000000/role'],
  ['DELETE', '/api/v1/transactions/txn_000000000000'],
])('a token for %s %s', (method, path) => {
  it.each([
    ['no header', undefined, 'Authorization header missing.'],
    ['another scheme', 'Basic YTpi', 'Invalid authorization header format.'],
    ['a scheme in small letters', 'bearer x', 'Invalid authorization header format.'],
    ['a scheme alone', 'Bearer ', 'Invalid authorization header format.'],
    ['a token that is none', 'Bearer nothing', 'Invalid or expired token.'],
  ])('is refused: %s', async (_case, authorization, detail) => {
    // The body would be refused too, but nobody unknown gets it read.
    const headers = { ...(authorization !== undefined && { authorization }) };
    expect(answered(await app.call(method, path, { headers, ...(method === 'PATCH' && { json: [] }) }))).toEqual([401, { detail }]);
  });

  it('is refused when it has ended', async () => {
    const { token } = await gatewayUser(app);
    clock.advance(7_201_000);
    try {
      expect(answered(await app.call(method, path, { token }))).toEqual([401, { detail: 'Invalid or expired token.' }]);
    } finally {
      clock.advance(-7_201_000);
    }
  });
});

describe('GET /api/v1/protected', () => {
  it('says who the caller is now, whichever surface has issued the token', async () => {
    const { userId, token } = await gatewayUser(app);
    const message = 'Access granted — authenticated user.';
    expect(answered(await app.call('GET', '/api/v1/protected', { token }))).toEqual([200, { message, userId, role: 'user' }]);
    const merchant = await as(app, 'merchant');
    expect((await app.call('GET', '/api/v1/protected', { token: merchant.token })).body).toMatchObject({ message, role: 'merchant' });
  });
});

describe('GET /api/v1/admin/dashboard', () => {
  it.each([
    ['admin', 'admin'],
    ['system_admin', 'system_admin'],
    ['owner', 'admin'],
  ] as const)('welcomes a %s', async (role, shown) => {
    const { token } = await as(app, role);
    expect(answered(await app.call('GET', '/api/v1/admin/dashboard', { token }))).toEqual([
      200,
      { message: 'Welcome to the admin dashboard.', userId: expect.stringMatching(/^user_/), role: shown },
    ]);
  });

  it.each(['user', 'merchant', 'finance', 'support'] as const)('refuses a %s', async (role) => {
    const { token } = await as(app, role);
    expect(answered(await app.call('GET', '/api/v1/admin/dashboard', { token }))).toEqual([
      403,
      { detail: "Access denied. Allowed roles: ('admin', 'system_admin')" },
    ]);
  });
});

describe('PATCH /api/v1/users/{user_id}/role', () => {
  const change = (token: string, userId: string, json: unknown) => app.call('PATCH', `/api/v1/users/${userId}/role`, { token, json });

  it('changes the role, at once and on every surface', async () => {
    const root = await systemAdmin(app);
    const { userId, token } = await gatewayUser(app);
    expect(answered(await change(root, userId, { new_role: 'merchant' }))).toEqual([
      200,
      { message: "User role updated to 'ValidRoles.merchant'", userId },
    ]);
    expect((await app.call('GET', '/api/v1/protected', { token })).body.role).toBe('merchant');
    expect((await app.call('GET', '/api/payments', { token })).status).toBe(200);
    expect((await change(root, userId, { new_role: 'admin' })).body.message).toBe("User role updated to 'ValidRoles.admin'");
    expect((await app.call('GET', '/api/v1/admin/dashboard', { token })).status).toBe(200);
    await change(root, userId, { new_role: 'user' });
    expect((await app.call('GET', '/api/v1/admin/dashboard', { token })).status).toBe(403);
  });

  it('leaves its mark in the log and in the feed', async () => {
    const root = await systemAdmin(app);
    const { userId } = await gatewayUser(app);
    await change(root, userId, { new_role: 'merchant' });
    await change(root, userId, { new_role: 'merchant' });
    const user = await mongo.db().collection('users').findOne({ gatewayId: userId });
    const subject = { 'subject.id': String(user?._id) };
    const entries = await mongo
      .db()
      .collection('audit')
      .find({ ...subject, action: 'user.role_changed' })
      .toArray();
    expect(entries).toMatchObject([{ before: { role: 'user' }, after: { role: 'merchant' }, actor: { role: 'system_admin' } }]);
    expect(
      await mongo
        .db()
        .collection('events')
        .countDocuments({ ...subject, type: 'USER_ROLE_CHANGED' }),
    ).toBe(1);
  });

  it('reads the body before it looks at the role of the caller, and that before it looks for the user', async () => {
    const { token } = await gatewayUser(app);
    const expected = "'user', 'merchant' or 'admin'";
    const wrong = (input: unknown) => ({
      type: 'enum',
      loc: ['body', 'new_role'],
      msg: `Input should be ${expected}`,
      input,
      ctx: { expected },
    });
    for (const input of ['system_admin', 'Admin', '', 5, null]) {
      expect(answered(await change(token, 'user_none', { new_role: input }))).toEqual([422, { detail: [wrong(input)] }]);
    }
    expect(answered(await change(token, 'user_none', {}))).toEqual([
      422,
      { detail: [{ type: 'missing', loc: ['body', 'new_role'], msg: 'Field required', input: {} }] },
    ]);
    expect(answered(await change(token, 'user_none', { new_role: 'admin' }))).toEqual([
      403,
      { detail: 'Only system_admin can change user roles.' },
    ]);
  });

  it.each(['owner', 'admin', 'merchant'] as const)('is not for a %s', async (role) => {
    const { token } = await as(app, role);
    const { userId } = await gatewayUser(app);
    expect(answered(await change(token, userId, { new_role: 'admin' }))).toEqual([
      403,
      { detail: 'Only system_admin can change user roles.' },
    ]);
  });

  it('finds no user of another tenant, nor one that is none', async () => {
    const root = await systemAdmin(app);
    const stranger = await as(app, 'merchant', await newTenant(app));
    for (const userId of ['user_000000000000', 'nobody', `user_${stranger.userId.slice(-12)}`]) {
      expect(answered(await change(root, userId, { new_role: 'admin' }))).toEqual([404, { detail: 'User not found.' }]);
    }
  });

  it('leaves the caller its own role, which it could not get back', async () => {
    const root = await systemAdmin(app);
    const { userId } = (await app.call('GET', '/api/v1/protected', { token: root })).body;
    expect(answered(await change(root, userId, { new_role: 'user' }))).toEqual([
      400,
      { detail: 'A system_admin cannot change its own role.' },
    ]);
  });
});
