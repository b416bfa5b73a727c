import { Database } from '../../../src/kernel/mongo/database.js';
import { type Answer, startApp, type TestApp } from '../../support/app.js';
import { as, newTenant } from '../../support/as.js';
import { FakeClock } from '../../support/clock.js';

const clock = new FakeClock();
let app: TestApp;

beforeAll(async () => {
  app = await startApp({ clock });
});
afterAll(() => app.close());

let count = 0;
const freshEmail = () => `owner-${++count}@acme.test`;
const post = (path: string, json: unknown, token?: string, headers?: Record<string, string>) =>
  app.call('POST', `/api/v1/auth/${path}`, { json, token, headers });
const me = (token: string) => app.call('GET', '/api/v1/auth/me', { token });
const refresh = (refreshToken: string) => post('refresh', { refreshToken });
const told = ({ status, body }: Answer) => ({ status, error: body.error as unknown });
const refused = (status: number, code: string, message: string, context: unknown = {}) => ({ status, error: { code, message, context } });
const invalid = (field: string, message: string) => refused(400, 'validation_failed', message, { fields: [{ field, message }] });
const statusesOf = (answers: readonly Answer[]) => answers.map(({ status }) => status).sort((one, other) => one - other);
const invalidToken = refused(401, 'unauthenticated', 'Invalid token');
const decode = (token: string): unknown => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}
async function signIn({ email, password }: { email: string; password: string }): Promise<Tokens> {
  const { status, body } = await post('login', { email, password });
  expect(status).toBe(200);
  return body.data as Tokens;
}

describe('register', () => {
  const complete = { email: 'nobody@acme.test', password: 'pass123', name: 'Ada Owner', tenantName: 'Acme Ltd' };

  it('makes a tenant and its owner, and signs the owner in', async () => {
    const email = freshEmail();
    const { status, body, headers } = await post('register', { ...complete, email: ` ${email} ` });
    const tenant = {
      id: expect.stringMatching(/^ten_/),
      slug: expect.stringMatching(/^acme-ltd-[0-9a-f]{6}$/),
      name: 'Acme Ltd',
      role: 'owner',
      userNumber: 1001,
    };
    expect({ status, body: body as unknown }).toEqual({
      status: 201,
      body: {
        data: {
          accessToken: expect.any(String),
          refreshToken: expect.stringMatching(/^rt_/),
          expiresIn: 900,
          user: { id: expect.stringMatching(/^usr_/), email, name: 'Ada Owner' },
          tenant,
          tenants: [tenant],
        },
        error: null,
        meta: { traceId: headers.get('x-trace-id') },
      },
    });
    const iat = clock.now().getTime() / 1000;
    const { user, tenant: made, accessToken } = body.data;
    const sid = expect.stringMatching(/^ses_/) as unknown;
    expect(decode(accessToken as string)).toEqual({ sub: email, uid: user.id, tid: made.id, role: 'owner', sid, iat, exp: iat + 900 });
    expect((await me(accessToken as string)).body.data).toMatchObject({
      user: { email },
      tenant,
      permissions: expect.arrayContaining(['tenants:write']),
    });
  });

  it('refuses an e-mail that is taken, and makes no tenant then', async () => {
    const { email } = await as(app, 'merchant');
    const tenants = app.app.get(Database).collection('tenants');
    const before = await tenants.countDocuments();
    expect(told(await post('register', { ...complete, email }))).toEqual(
      refused(409, 'email_taken', 'A user with this e-mail exists already'),
    );
    expect(await tenants.countDocuments()).toBe(before);
  });

  it('lets one of ten win who register an e-mail at once', async () => {
    const tenants = app.app.get(Database).collection('tenants');
    const [email, before] = [freshEmail(), await tenants.countDocuments()];
    const answers = await Promise.all(Array.from({ length: 10 }, () => post('register', { ...complete, email })));
    expect(statusesOf(answers)).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
    expect(await tenants.countDocuments()).toBe(before + 1);
  });

  it.each<[unknown, string, string]>([
    [{ email: 'nobody' }, 'email', 'email must be an email'],
    [{ email: { $gt: '' } }, 'email', 'email must be shorter than or equal to 254 characters'],
    [{ password: 12345678 }, 'password', 'password must be a string'],
    [{ password: 'short' }, 'password', 'Password must be at least 6 characters'],
    [{ password: 'x'.repeat(65) }, 'password', 'Password must be at most 64 characters'],
    [{ name: '  ' }, 'name', 'name should not be empty'],
    [{ tenantName: 'x'.repeat(201) }, 'tenantName', 'tenantName must be shorter than or equal to 200 characters'],
    [{ role: 'system_admin' }, 'role', 'property role should not exist'],
  ])('refuses %j', async (part, field, message) => {
    const { status, body } = await post('register', { ...complete, ...(part as object) });
    expect([status, body.error.code, body.error.context.fields]).toEqual([400, 'validation_failed', [{ field, message }]]);
  });
});

describe('login', () => {
  it('enters the default tenant where the user is a member there, else the oldest, else the one that is named', async () => {
    const [first, second] = [await newTenant(app, 'First'), await newTenant(app, 'Second')];
    const user = await as(app, 'finance', second);
    const users = app.app.get(Database).collection<{ _id: string }>('users');
    const member = (tenantId: string, since: string) => ({ tenantId, role: 'admin', number: 5000, since: new Date(since) });
    await users.updateOne({ _id: user.userId }, { $push: { memberships: member(first, '2020-01-01') } as never });
    const enter = async (tenant?: string) =>
      (await post('login', { email: user.email, password: user.password, tenant })).body.data?.tenant as unknown;
    expect(await enter()).toMatchObject({ id: first, name: 'First', role: 'admin' });
    expect(await enter(second)).toMatchObject({ id: second, name: 'Second', role: 'finance' });
    const { slug } = (await enter(second)) as { slug: string };
    expect(await enter(slug)).toMatchObject({ id: second });
    await users.updateOne({ _id: user.userId }, { $push: { memberships: member('ten_default', '2025-01-01') } as never });
    expect(await enter()).toMatchObject({ id: 'ten_default', slug: 'default' });
    const elsewhere = await newTenant(app, 'Elsewhere');
    const credentials = { email: user.email, password: user.password };
    for (const tenant of [elsewhere, 'no-such-tenant'])
      expect(told(await post('login', { ...credentials, tenant }))).toEqual(refused(404, 'not_found', 'Tenant not found'));
  });

  it('says the same of an unknown user and a wrong password', async () => {
    const { email } = await as(app, 'merchant');
    const wrong = refused(401, 'unauthenticated', 'Invalid credentials');
    expect(told(await post('login', { email, password: 'wrong' }))).toEqual(wrong);
    expect(told(await post('login', { email: freshEmail(), password: 'pass123' }))).toEqual(wrong);
  });

  it('names what is missing', async () => {
    const { status, body } = await post('login', { email: { $ne: '' }, extra: 1 });
    expect([status, body.error.code]).toEqual([400, 'validation_failed']);
    expect((body.error.context.fields as { field: string }[]).map(({ field }) => field).sort()).toEqual(['email', 'extra', 'password']);
  });
});

describe('the access token', () => {
  it('ends after fifteen minutes', async () => {
    const { accessToken } = await signIn(await as(app, 'merchant'));
    clock.advance(899_000);
    expect((await me(accessToken)).status).toBe(200);
    clock.advance(1_000);
    expect(told(await me(accessToken))).toEqual(refused(401, 'token_expired', 'Token expired'));
  });

  it('is the only credential', async () => {
    const { refreshToken } = await signIn(await as(app, 'merchant'));
    expect(told(await me(refreshToken))).toEqual(invalidToken);
    expect(told(await app.call('GET', '/api/v1/auth/me'))).toEqual(refused(401, 'unauthenticated', 'Authorization required'));
  });
});

describe('refresh', () => {
  it('exchanges the token for new ones, each good once', async () => {
    const first = await signIn(await as(app, 'merchant'));
    clock.advance(3_600_000);
    const second = await refresh(first.refreshToken);
    expect([second.status, second.body.data.expiresIn]).toEqual([200, 900]);
    expect(second.body.data.refreshToken).not.toBe(first.refreshToken);
    expect((await me(second.body.data.accessToken as string)).status).toBe(200);
    expect((await refresh(second.body.data.refreshToken as string)).status).toBe(200);
  });

  it('ends the session where a used token comes again', async () => {
    const first = await signIn(await as(app, 'merchant'));
    const second = (await refresh(first.refreshToken)).body.data as Tokens;
    expect(told(await refresh(first.refreshToken))).toEqual(invalidToken);
    expect(told(await refresh(second.refreshToken))).toEqual(invalidToken);
    expect(told(await me(second.accessToken))).toEqual(invalidToken);
    const { sid } = decode(second.accessToken) as { sid: string };
    const session = await app.app.get(Database).collection<{ _id: string }>('sessions').findOne({ _id: sid });
    expect(session).toMatchObject({ reason: 'refresh_token_reused', revokedAt: clock.now() });
  });

  it('takes a token once of several times at once, and ends the session for the others', async () => {
    const { refreshToken } = await signIn(await as(app, 'merchant'));
    const answers = await Promise.all(Array.from({ length: 5 }, () => refresh(refreshToken)));
    expect(statusesOf(answers)).toEqual([200, 401, 401, 401, 401]);
    const won = answers.find(({ status }) => status === 200)?.body.data as Tokens;
    expect(told(await refresh(won.refreshToken))).toEqual(invalidToken);
  });

  it('leaves other sessions alone', async () => {
    const user = await as(app, 'merchant');
    const [lost, kept] = [await signIn(user), await signIn(user)];
    await refresh(lost.refreshToken);
    await refresh(lost.refreshToken);
    expect((await me(kept.accessToken)).status).toBe(200);
    expect((await refresh(kept.refreshToken)).status).toBe(200);
  });

  it('ends after thirty days without use', async () => {
    const { refreshToken } = await signIn(await as(app, 'merchant'));
    clock.advance(30 * 86_400_000);
    expect(told(await refresh(refreshToken))).toEqual(invalidToken);
  });

  it('knows its own tokens only', async () => {
    const { refreshToken, accessToken } = await signIn(await as(app, 'merchant'));
    const [sessionId = '', , mac = ''] = Buffer.from(refreshToken.slice(3), 'base64url').toString().split('.');
    const raised = `rt_${Buffer.from(`${sessionId}.2.${mac}`).toString('base64url')}`;
    for (const token of [raised, 'rt_', 'garbage', accessToken]) expect(told(await refresh(token))).toEqual(invalidToken);
    expect((await refresh(refreshToken)).status).toBe(200);
    expect((await refresh('')).status).toBe(400);
    expect((await post('refresh', { refreshToken: { $ne: '' } })).status).toBe(400);
  });

  it('goes by the role of now, and ends with the membership', async () => {
    const user = await as(app, 'merchant');
    const users = app.app.get(Database).collection<{ _id: string }>('users');
    const first = await signIn(user);
    await users.updateOne({ _id: user.userId }, { $set: { 'memberships.0.role': 'finance' } });
    const second = await refresh(first.refreshToken);
    expect(second.body.data.tenant.role).toBe('finance');
    await users.updateOne({ _id: user.userId }, { $set: { memberships: [] } });
    expect(told(await refresh(second.body.data.refreshToken as string))).toEqual(invalidToken);
  });
});

describe('logout', () => {
  it('ends the session at once, though actors are remembered, and no other', async () => {
    const remembering = await startApp({ env: { ACTOR_CACHE_MS: '5000' } });
    const { email, password, token } = await as(remembering, 'merchant');
    const { accessToken, refreshToken } = (await remembering.call('POST', '/api/v1/auth/login', { json: { email, password } })).body.data;
    const ask = (accessToken: string) => remembering.call('GET', '/api/v1/auth/me', { token: accessToken });
    expect((await ask(accessToken as string)).status).toBe(200);
    const { status, body } = await remembering.call('POST', '/api/v1/auth/logout', { token: accessToken as string, json: {} });
    expect([status, body.data]).toEqual([200, null]);
    expect(told(await ask(accessToken as string))).toEqual(invalidToken);
    expect(told(await remembering.call('POST', '/api/v1/auth/refresh', { json: { refreshToken } }))).toEqual(invalidToken);
    expect((await ask(token)).status).toBe(200);
    await remembering.close();
  });
});

describe('switch', () => {
  it('opens a session in another tenant of the caller, and in no other', async () => {
    const user = await as(app, 'merchant');
    const made = await app.call('POST', '/api/v1/tenants', { token: user.token, json: { name: 'Second Ltd' } });
    const { id } = made.body.data as { id: string };
    const { status, body } = await post('switch', { tenantId: id }, user.token);
    expect([status, body.data.tenant]).toEqual([200, expect.objectContaining({ id, name: 'Second Ltd', role: 'owner', userNumber: 1001 })]);
    expect((body.data.tenants as { id: string }[]).map((tenant) => tenant.id)).toEqual(['ten_default', id]);
    expect((await me(body.data.accessToken as string)).body.data.tenant.id).toBe(id);
    expect((await me(user.token)).body.data.tenant.id).toBe('ten_default');
    expect((await refresh(body.data.refreshToken as string)).body.data.tenant.id).toBe(id);
    const foreign = await newTenant(app);
    for (const tenantId of [foreign, 'ten_none'])
      expect(told(await post('switch', { tenantId }, user.token))).toEqual(refused(404, 'not_found', 'Tenant not found'));
    expect((await post('switch', {}, user.token)).status).toBe(400);
  });

  it('lets a system administrator into every tenant there is, and sees nothing but that tenant', async () => {
    const tenantId = await newTenant(app, 'Far Away Ltd');
    const owner = await as(app, 'owner', tenantId);
    const payment = { merchant: 'Spotify', paymentType: 'card', amountMinor: 1, currency: 'GBP', region: 'UK' };
    expect((await app.call('POST', '/api/v1/payments', { token: owner.token, json: payment })).status).toBe(201);
    const system = await as(app, 'system_admin');
    const { status, body } = await post('switch', { tenantId }, system.token);
    expect([status, body.data.tenant]).toEqual([
      200,
      expect.objectContaining({ id: tenantId, name: 'Far Away Ltd', role: 'system_admin' }),
    ]);
    const total = async (token: string) => (await app.call('GET', '/api/v1/payments', { token })).body.meta.page.total as number;
    expect([await total(body.data.accessToken as string), await total(system.token)]).toEqual([1, 0]);
    expect((await refresh(body.data.refreshToken as string)).body.data.tenant.id).toBe(tenantId);
    expect(told(await post('switch', { tenantId: 'ten_none' }, system.token))).toEqual(refused(404, 'not_found', 'Tenant not found'));
  });
});

describe('password', () => {
  const change = (token: string, currentPassword: string, newPassword: string) => post('password', { currentPassword, newPassword }, token);

  it('is changed, which ends all other sessions of the user at once', async () => {
    const remembering = await startApp({ env: { ACTOR_CACHE_MS: '5000' } });
    const { email, password, token } = await as(remembering, 'merchant');
    const other = (await remembering.call('POST', '/api/v1/auth/login', { json: { email, password } })).body.data as Tokens;
    const call = (path: string, json: unknown, bearer?: string) =>
      remembering.call('POST', `/api/v1/auth/${path}`, { json, token: bearer });
    const ask = (bearer: string) => remembering.call('GET', '/api/v1/auth/me', { token: bearer });
    expect((await ask(other.accessToken)).status).toBe(200);
    const { status, body } = await call('password', { currentPassword: password, newPassword: 'another pass' }, token);
    expect([status, body.data]).toEqual([200, null]);
    expect((await ask(token)).status).toBe(200);
    expect(told(await ask(other.accessToken))).toEqual(invalidToken);
    expect(told(await call('refresh', { refreshToken: other.refreshToken }))).toEqual(invalidToken);
    expect((await call('login', { email, password })).status).toBe(401);
    expect((await call('login', { email, password: 'another pass' })).status).toBe(200);
    await remembering.close();
  });

  it('is not changed without the current one, or to one that is too weak', async () => {
    const user = await as(app, 'merchant');
    expect(told(await change(user.token, 'wrong', 'another pass'))).toEqual(
      invalid('currentPassword', 'currentPassword is not the current password'),
    );
    expect(told(await change(user.token, user.password, 'short'))).toEqual(
      invalid('newPassword', 'Password must be at least 6 characters'),
    );
    await signIn(user);
  });

  it('is changed once by two at once', async () => {
    const user = await as(app, 'merchant');
    const answers = await Promise.all(['another one', 'another two'].map((password) => change(user.token, user.password, password)));
    const statuses = statusesOf(answers);
    expect(statuses[0]).toBe(200);
    expect([400, 409]).toContain(statuses[1]);
  });
});

it('takes no key for what issues tokens', async () => {
  const user = await as(app, 'merchant');
  const send = () => post('login', { email: user.email, password: user.password }, undefined, { 'idempotency-key': 'login' });
  const [first, second] = [await send(), await send()];
  expect([first.status, second.status, second.headers.get('idempotency-replayed')]).toEqual([200, 200, null]);
  expect(second.body.data.refreshToken).not.toBe(first.body.data.refreshToken);
});

it('lists the roles with their permissions', async () => {
  const { status, body } = await app.call('GET', '/api/v1/roles', { token: (await as(app, 'user')).token });
  expect(status).toBe(200);
  const listed = body.data as { role: string; permissions: string[] }[];
  expect(listed.map(({ role }) => role)).toEqual(['system_admin', 'owner', 'admin', 'finance', 'support', 'merchant', 'user']);
  expect(listed.find(({ role }) => role === 'user')).toEqual({ role: 'user', permissions: ['self', 'credits:read'] });
});
