import { Database } from '../../../src/kernel/mongo/database.js';
import { type Answer, startApp, type TestApp } from '../../support/app.js';
import { as } from '../../support/as.js';
import { FakeClock } from '../../support/clock.js';

const clock = new FakeClock();
let app: TestApp;

beforeAll(async () => {
  app = await startApp({ clock });
});
afterAll(() => app.close());

let count = 0;
const freshEmail = () => `ava-${++count}@acme.test`;
const register = (json: unknown, headers?: Record<string, string>) => app.call('POST', '/api/auth/register', { json, headers });
const login = (json: unknown) => app.call('POST', '/api/auth/login', { json });
const told = ({ status, body }: Answer) => ({ status, body: body as unknown });
const message = (status: number, text: string) => ({ status, body: { status, message: text } });
const decode = (part: string | undefined): unknown => JSON.parse(Buffer.from(part ?? '', 'base64url').toString());

describe('register', () => {
  it('takes the documented form, and the account signs in', async () => {
    const email = freshEmail();
    const answer = await app.call('POST', '/api/auth/register', { form: { email, password: 'pass123', role: 'merchant' } });
    expect(told(answer)).toEqual(message(201, 'User registered'));
    const signedIn = await app.call('POST', '/api/auth/login', { form: { email, password: 'pass123' } });
    expect(told(signedIn)).toEqual({
      status: 200,
      body: { status: 200, message: 'Login successful', data: { email, role: 'merchant', token: expect.any(String) } },
    });
  });

  it('takes multipart, as the console sends it', async () => {
    const body = new FormData();
    for (const [name, value] of Object.entries({ email: ` ${freshEmail()} `, password: 'pass123', role: 'merchant' }))
      body.set(name, value);
    const answer = await fetch(`${app.url}/api/auth/register`, { method: 'POST', body });
    expect([answer.status, await answer.json()]).toEqual([201, { status: 201, message: 'User registered' }]);
  });

  it('takes JSON, ignores fields it does not have, and needs no role', async () => {
    expect(told(await register({ email: freshEmail(), password: 'pass123', plan: 'gold' }))).toEqual(message(201, 'User registered'));
  });

  const complete = { email: 'nobody@acme.test', password: 'pass123' };
  it.each<[unknown, number, string]>([
    [{}, 400, 'Missing required fields'],
    [null, 400, 'Missing required fields'],
    [[complete], 400, 'Missing required fields'],
    [{ ...complete, email: '  ' }, 400, 'Missing required fields'],
    [{ ...complete, password: '' }, 400, 'Missing required fields'],
    [{ ...complete, email: ['a', 'b'] }, 400, 'Missing required fields'],
    [{ ...complete, email: { $gt: '' }, role: 'root' }, 400, 'Missing required fields'],
    [{ ...complete, password: 12345678 }, 400, 'Missing required fields'],
    [{ ...complete, role: 'root', password: 'x' }, 400, 'Invalid role'],
    [{ ...complete, role: { $ne: null } }, 400, 'Invalid role'],
    [{ ...complete, role: 'admin', password: 'x' }, 403, 'Access denied'],
    [{ ...complete, role: 'finance' }, 403, 'Access denied'],
    [{ ...complete, password: 'short' }, 400, 'Password must be at least 6 characters'],
    [{ ...complete, password: 'x'.repeat(65) }, 400, 'Password must be at most 64 characters'],
    [{ ...complete, email: 'e'.repeat(255) }, 400, 'Invalid email'],
  ])('refuses %j: %i %s', async (json, status, text) => {
    expect(told(await register(json))).toEqual(message(status, text));
  });

  it('refuses an e-mail that is taken, after it has looked at the password', async () => {
    const { email } = await as(app, 'admin');
    expect(told(await register({ email, password: 'other123' }))).toEqual(message(400, 'User already exists'));
    expect(told(await register({ email, password: 'x' }))).toEqual(message(400, 'Password must be at least 6 characters'));
  });

  it('lets one of ten win who register an e-mail at once', async () => {
    const email = freshEmail();
    const answers = await Promise.all(Array.from({ length: 10 }, () => register({ email, password: 'pass123' })));
    expect(answers.map(({ status }) => status).sort((one, other) => one - other)).toEqual([201, ...Array.from({ length: 9 }, () => 400)]);
    expect(new Set(answers.filter(({ status }) => status === 400).map(({ body }) => body.message))).toEqual(
      new Set(['User already exists']),
    );
  });

  it('numbers the members of a tenant from 1001, each once', async () => {
    await Promise.all(Array.from({ length: 5 }, () => register({ email: freshEmail(), password: 'pass123' })));
    const users = await app.app.get(Database).collection('users').find({}).toArray();
    const numbers = users.flatMap(({ memberships }) => (memberships as { number: number }[]).map(({ number }) => number));
    expect(Math.min(...numbers)).toBe(1001);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it('answers a repeated key as the first time', async () => {
    const [email, headers] = [freshEmail(), { 'idempotency-key': 'register-once' }];
    const first = await register({ email, password: 'pass123' }, headers);
    const again = await register({ email, password: 'pass123' }, headers);
    expect([told(first), told(again)]).toEqual([message(201, 'User registered'), message(201, 'User registered')]);
    expect([first, again].map((answer) => answer.headers.get('idempotency-replayed'))).toEqual([null, 'true']);
    expect((await register({ email: freshEmail(), password: 'pass123' }, headers)).status).toBe(400);
    const kept = await app.app.get(Database).collection('idempotency_records').find({}).toArray();
    expect(JSON.stringify(kept)).not.toMatch(/argon2|pass123|acme\.test/);
  });
});

describe('the strong password policy', () => {
  let strong: TestApp;
  beforeAll(async () => {
    strong = await startApp({ env: { PASSWORD_POLICY: 'strong' } });
  });
  afterAll(() => strong.close());

  it.each([
    ['Aa1!aaa', 'Password must be at least 8 characters'],
    ['pass1234', 'Password must include at least one uppercase letter'],
    ['PASS1234', 'Password must include at least one lowercase letter'],
    ['Password', 'Password must include at least one number'],
    ['Passw0rd', 'Password must include at least one special character'],
  ])('refuses %s: %s', async (password, text) => {
    const answer = await strong.call('POST', '/api/auth/register', { form: { email: 'strong@acme.test', password } });
    expect(told(answer)).toEqual(message(400, text));
  });

  it('takes a password that keeps it', async () => {
    const answer = await strong.call('POST', '/api/auth/register', { form: { email: 'strong@acme.test', password: 'Passw0rd!' } });
    expect(told(answer)).toEqual(message(201, 'User registered'));
  });
});

describe('login', () => {
  it.each([{}, null, [], { email: 'a@b.test' }, { email: 'a@b.test', password: ' ' }, { email: { $ne: '' }, password: { $ne: '' } }])(
    'misses credentials in %j',
    async (json) => {
      expect(told(await login(json))).toEqual(message(400, 'Missing credentials'));
    },
  );

  it('says the same of an unknown user and a wrong password', async () => {
    const { email } = await as(app, 'merchant');
    expect(told(await login({ email, password: 'pass1234' }))).toEqual(message(401, 'Invalid credentials'));
    expect(told(await login({ email: freshEmail(), password: 'pass123' }))).toEqual(message(401, 'Invalid credentials'));
    expect(told(await login({ email: email.toUpperCase(), password: 'pass123' }))).toEqual(message(401, 'Invalid credentials'));
  });

  it('issues a token with the published claims for sixty minutes', async () => {
    const { email, userId } = await as(app, 'finance');
    const [header, payload] = ((await login({ email, password: 'pass123' })).body.data.token as string).split('.');
    expect(decode(header)).toEqual({ alg: 'HS256', typ: 'JWT' });
    const iat = clock.now().getTime() / 1000;
    const sid = expect.stringMatching(/^ses_/) as unknown;
    expect(decode(payload)).toEqual({ sub: email, uid: userId, tid: 'ten_default', role: 'finance', sid, iat, exp: iat + 3600 });
  });

  it.each([
    ['owner', 'admin'],
    ['admin', 'admin'],
    ['system_admin', 'admin'],
    ['finance', 'finance'],
    ['support', 'finance'],
    ['merchant', 'merchant'],
    ['user', 'user'],
  ] as const)('shows the role %s as %s', async (role, shown) => {
    const { email, password } = await as(app, role);
    expect((await login({ email, password })).body.data.role).toBe(shown);
  });

  it('signs in the administrator of the installation', async () => {
    const answer = await login({ email: 'admin@system.local', password: 'Admin@123!' });
    expect([answer.status, answer.body.data.role]).toEqual([200, 'admin']);
  });

  it('does not keep its answer for a key', async () => {
    const { email, password } = await as(app, 'merchant');
    const send = () => app.call('POST', '/api/auth/login', { json: { email, password }, headers: { 'idempotency-key': 'login' } });
    const [first, second] = [await send(), await send()];
    expect(second.headers.get('idempotency-replayed')).toBeNull();
    expect(second.body.data.token).not.toBe(first.body.data.token);
  });
});

describe('a protected route', () => {
  const ask = (authorization?: string, headers: Record<string, string> = {}) =>
    app.call('GET', '/api/payments', { headers: { ...headers, ...(authorization !== undefined && { authorization }) } });

  it.each<[string | undefined, string]>([
    [undefined, 'Authorization required'],
    ['Basic dXNlcjpwYXNz', 'Authorization required'],
    ['bearer token', 'Authorization required'],
    ['Bearer', 'Missing token'],
    ['Bearer ', 'Missing token'],
    ['Bearertoken', 'Authorization required'],
    ['Bearer garbage', 'Invalid token'],
    ['Bearer a.b.c', 'Invalid token'],
  ])('answers %s with 401 %s', async (authorization, text) => {
    expect(told(await ask(authorization))).toEqual(message(401, text));
  });

  it('believes no Role header, and minds none', async () => {
    const { token } = await as(app, 'merchant');
    expect(told(await ask(undefined, { role: 'admin' }))).toEqual(message(401, 'Authorization required'));
    expect((await ask(`Bearer ${token}`, { role: 'admin' })).status).toBe(200);
  });

  it('refuses a token that was tampered with', async () => {
    const { token } = await as(app, 'merchant');
    const [header, payload, signature] = token.split('.');
    const raised = Buffer.from(JSON.stringify({ ...(decode(payload) as object), role: 'admin' })).toString('base64url');
    expect(told(await ask(`Bearer ${header}.${raised}.${signature}`))).toEqual(message(401, 'Invalid token'));
  });

  it('refuses a token after sixty minutes', async () => {
    const { token } = await as(app, 'merchant');
    clock.advance(3_599_000);
    expect((await ask(`Bearer ${token}`)).status).toBe(200);
    clock.advance(1_000);
    expect(told(await ask(`Bearer ${token}`))).toEqual(message(401, 'Token expired'));
  });

  it('goes by the role of now', async () => {
    const { token, userId } = await as(app, 'merchant');
    const users = app.app.get(Database).collection<{ _id: string }>('users');
    await users.updateOne({ _id: userId }, { $set: { 'memberships.0.role': 'user' } });
    expect(told(await ask(`Bearer ${token}`))).toEqual(message(403, 'Access denied'));
    await users.updateOne({ _id: userId }, { $set: { memberships: [] } });
    expect(told(await ask(`Bearer ${token}`))).toEqual(message(401, 'Invalid token'));
  });
});

describe('an erased account', () => {
  it('is gone for its token and its password at once, though actors are remembered; its e-mail may register again', async () => {
    const remembering = await startApp({ env: { ACTOR_CACHE_MS: '5000' } });
    const { email, password, token, userId } = await as(remembering, 'merchant');
    const remove = () => remembering.call('DELETE', '/api/me', { token });
    expect((await remembering.call('GET', '/api/payments', { token })).status).toBe(200);
    expect(told(await remove())).toEqual(message(200, 'Account deleted'));
    expect(told(await remove())).toEqual(message(401, 'Invalid token'));
    const again = { email, password };
    expect(told(await remembering.call('POST', '/api/auth/login', { json: again }))).toEqual(message(401, 'Invalid credentials'));
    expect(told(await remembering.call('POST', '/api/auth/register', { json: again }))).toEqual(message(201, 'User registered'));
    expect(told(await remembering.call('GET', '/api/payments', { token }))).toEqual(message(401, 'Invalid token'));

    const { db } = remembering.app.get(Database);
    const left = await db.collection<{ _id: string }>('users').findOne({ _id: userId });
    expect(left).toMatchObject({ name: 'Erased user', memberships: [], erasedAt: expect.any(Date) });
    expect(JSON.stringify(left)).not.toMatch(new RegExp(`argon2|${email}`));
    const events = await db
      .collection('events')
      .find({ 'subject.id': userId }, { sort: { _id: 1 } })
      .toArray();
    expect(events.map(({ type }) => type as unknown)).toEqual(['USER_REGISTERED', 'USER_ERASED']);
    await remembering.close();
  });
});

it('makes the administrator and the default tenant once, however many start', async () => {
  const first = await startApp();
  const others = await Promise.all([startApp({ mongodbUri: first.mongodbUri }), startApp({ mongodbUri: first.mongodbUri })]);
  const { db } = first.app.get(Database);
  const users = await db.collection('users').find({}).toArray();
  expect(users.map(({ email }) => email as unknown)).toEqual(['admin@system.local']);
  expect(await db.collection('tenants').find({}).toArray()).toEqual([
    expect.objectContaining({
      _id: 'ten_default',
      slug: 'default',
      name: 'Default',
      currency: 'GBP',
      timeZone: 'UTC',
      nextUserNumber: 1002,
    }),
  ]);
  await Promise.all([first, ...others].map((each) => each.close()));
});
