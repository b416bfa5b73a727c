import { randomUUID } from 'node:crypto';
import { Passwords } from '../../../src/auth/passwords.js';
import { Database } from '../../../src/kernel/mongo/database.js';
import { type Answer, startApp, type TestApp } from '../../support/app.js';
import { as, newTenant } from '../../support/as.js';
import { FakeClock } from '../../support/clock.js';
import { newTeam, password, storeSession } from '../../support/store.js';

const env = { TRUST_PROXY: '1' };
// The database drops what has expired by its own clock.
const clock = new FakeClock(new Date());
let app: TestApp;
let addresses = 0;
const freshAddress = () => `10.1.${Math.floor(++addresses / 250)}.${addresses % 250}`;

beforeAll(async () => {
  app = await startApp({ env, clock });
});
afterAll(() => app.close());

const told = ({ status, body }: Answer) => ({ status, body: body as unknown });
const refused = { status: 403, body: { error: 'Invalid username or password' } };
const noSession = { status: 403, body: { error: 'Invalid session' } };
const authorized = { status: 200, body: { success: 'Authorized' } };
const login = (json: object, address = freshAddress()) => app.call('POST', '/login', { json, headers: { 'x-forwarded-for': address } });
const validate = (token: string) => app.call('POST', '/validate-session', { json: { token } }).then(told);
const stored = () => app.app.get(Database).collection('store_sessions').find({}).toArray();
const minute = 60_000;
const hour = 60 * minute;

describe('login', () => {
  it('takes the username or the e-mail', async () => {
    const [team, person] = [await newTeam(app), await as(app, 'merchant')];
    const credentials = { token: randomUUID(), password };
    expect(told(await login({ ...credentials, username: team.username }))).toEqual({ status: 200, body: { success: String(team.number) } });
    const number = expect.stringMatching(/^1\d{3}$/) as unknown;
    const byEmail = { username: person.email, token: randomUUID(), password: person.password };
    expect(told(await login(byEmail))).toEqual({ status: 200, body: { success: number } });
  });

  it('says the same of a wrong password, an unknown user and what is no text', async () => {
    const { username } = await newTeam(app);
    const token = randomUUID();
    for (const wrong of [
      { username, password: 'wrong' },
      { username, password: '' },
      { username, password: 2018 },
      { username, password: { $ne: '' } },
      { username: username.toUpperCase(), password },
      { username: 'nobody', password },
      { username: '', password },
      { username: { $gt: '' }, password },
      { username: [username], password },
    ])
      expect(told(await login({ token, ...wrong }))).toEqual(refused);
    expect(await validate(token)).toEqual(noSession);
  });

  it('verifies a password also for a user whom there is not', async () => {
    const { username } = await newTeam(app);
    const verify = jest.spyOn(app.app.get(Passwords, { strict: false }), 'verify');
    await login({ username, token: 'x', password: 'wrong' });
    await login({ username: 'nobody at all', token: 'x', password: 'wrong' });
    expect(verify.mock.calls).toEqual([
      [expect.stringMatching(/^\$argon2id\$/), 'wrong'],
      [undefined, 'wrong'],
    ]);
    verify.mockRestore();
  });

  it.each<[string, unknown]>([
    ['empty', ''],
    ['of 257 characters', 'x'.repeat(257)],
    ['a number', 7],
    ['a list', ['heythere']],
    ['an object', { $ne: null }],
    ['true', true],
  ])('takes no token that is %s', async (_what, token) => {
    const { username } = await newTeam(app);
    expect(told(await login({ username, token, password }))).toEqual({
      status: 400,
      body: { error: 'Token must be text of 1 to 256 characters' },
    });
  });

  it.each(['x', 'heythere', 'x'.repeat(256), '🏦'.repeat(256), ' with spaces\nand lines ', '$ne', '0'])(
    'takes the token %j',
    async (token) => {
      const { username } = await newTeam(app);
      expect((await login({ username, token, password })).status).toBe(200);
      expect(await validate(token)).toEqual(authorized);
    },
  );

  it('does not take null for a token, nor for a session', async () => {
    const { username } = await newTeam(app);
    const missing = { status: 400, body: { error: 'Missing token' } };
    expect(told(await login({ username, token: null, password }))).toEqual(missing);
    for (const path of ['/validate-session', '/get-balance', '/transactions', '/expire-session'])
      expect(told(await app.call('POST', path, { json: { token: null } }))).toEqual(missing);
  });

  it('is limited as on the other surfaces, and together with them', async () => {
    const [person, address] = [await as(app, 'merchant'), freshAddress()];
    const headers = { 'x-forwarded-for': address };
    const elsewhere = { email: person.email, password: 'wrong' };
    for (let time = 1; time <= 5; time++) {
      expect((await login({ username: person.email, token: 'x', password: 'wrong' }, address)).status).toBe(403);
      expect((await app.call('POST', '/api/auth/login', { json: elsewhere, headers })).status).toBe(401);
    }
    const late = await login({ username: person.email, token: randomUUID(), password: person.password }, address);
    expect(told(late)).toEqual({ status: 429, body: { error: 'Too many failed attempts, try again later' } });
    expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await app.call('POST', '/api/auth/login', { json: elsewhere, headers })).status).toBe(429);
  });
});

describe('a session', () => {
  it('is stored without its token', async () => {
    const team = await newTeam(app);
    const token = `secret ${randomUUID()}`;
    await storeSession(app, team.username, password, token);
    const [session] = (await stored()).filter(({ userId }) => userId === team.userId);
    expect(session).toEqual({
      _id: expect.stringMatching(/^ses_/),
      userId: team.userId,
      tenantId: 'ten_default',
      tokenHash: expect.stringMatching(/^[\w-]{43}$/),
      passwordVersion: 1,
      createdAt: clock.now(),
      lastUsedAt: clock.now(),
      expiresAt: new Date(clock.now().getTime() + 12 * hour),
    });
    const everything = await Promise.all((await app.app.get(Database).db.collections()).map((each) => each.find().toArray()));
    expect(JSON.stringify(everything)).not.toContain(token);
  });

  it('is one for each user: the next login ends it', async () => {
    const team = await newTeam(app);
    const next = await storeSession(app, team.username, password);
    expect(await validate(team.token)).toEqual(noSession);
    expect(await validate(next)).toEqual(authorized);
    await storeSession(app, team.username, password, next);
    expect(await validate(next)).toEqual(authorized);
    expect((await stored()).filter(({ userId }) => userId === team.userId)).toHaveLength(1);
  });

  it('is one also after ten logins at once', async () => {
    const team = await newTeam(app);
    const tokens = Array.from({ length: 10 }, () => randomUUID());
    await Promise.all(tokens.map((token) => storeSession(app, team.username, password, token)));
    const answers = await Promise.all(tokens.map(validate));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('keeps its token from others, who are told that their password is wrong, and counts that', async () => {
    const [owner, other, address] = [await newTeam(app), await newTeam(app), freshAddress()];
    const theft = { username: other.username, token: owner.token, password };
    for (let time = 1; time <= 10; time++) expect(told(await login(theft, address))).toEqual(refused);
    expect((await login(theft, address)).status).toBe(429);
    expect(await validate(other.token)).toEqual(authorized);
    expect((await owner.post('/get-balance')).body).toEqual({ balance: 1000, team_id: owner.number });
  });

  it('goes to one of two who want a token at once', async () => {
    for (let round = 0; round < 5; round++) {
      const teams = await Promise.all([newTeam(app), newTeam(app), newTeam(app)]);
      const token = randomUUID();
      const answers = await Promise.all(teams.map(({ username }) => login({ username, token, password })));
      const winners = answers.flatMap(({ status }, index) => (status === 200 ? [teams[index]?.number] : []));
      expect(winners).toHaveLength(1);
      expect((await app.call('POST', '/get-balance', { json: { token } })).body.team_id).toBe(winners[0]);
    }
  });

  it('gives its token back when it ends', async () => {
    const [first, second] = [await newTeam(app), await newTeam(app)];
    expect(told(await first.post('/expire-session'))).toEqual({ status: 200, body: { success: 'Token expired' } });
    expect(told(await first.post('/expire-session'))).toEqual(noSession);
    await storeSession(app, second.username, password, first.token);
    expect((await first.post('/get-balance')).body.team_id).toBe(second.number);
  });

  it('ends after twelve hours without use, and its token is free', async () => {
    const [team, other] = [await newTeam(app), await newTeam(app)];
    for (let hours = 0; hours < 30; hours += 10) {
      clock.advance(10 * hour);
      expect(await validate(team.token)).toEqual(authorized);
    }
    clock.advance(12 * hour - 1);
    expect(await validate(team.token)).toEqual(authorized);
    clock.advance(12 * hour);
    expect(await validate(team.token)).toEqual(noSession);
    await storeSession(app, other.username, password, team.token);
    expect((await team.post('/get-balance')).body.team_id).toBe(other.number);
  });

  it('writes down that it is used once a minute', async () => {
    const team = await newTeam(app);
    const usedAt = async () => (await stored()).find(({ userId }) => userId === team.userId)?.lastUsedAt as Date;
    const begun = clock.now();
    clock.advance(minute - 1);
    await validate(team.token);
    expect(await usedAt()).toEqual(begun);
    clock.advance(1);
    await validate(team.token);
    expect(await usedAt()).toEqual(clock.now());
  });

  it('outlives a change of the secret, and keeps its token', async () => {
    const [team, other] = [await newTeam(app), await newTeam(app)];
    const secrets = { APP_SECRET: 'another secret of the test suites only', APP_SECRET_PREVIOUS: 'a secret of the test suites only' };
    const rotated = await startApp({ env: { ...env, ...secrets }, clock, mongodbUri: app.mongodbUri });
    expect((await rotated.call('POST', '/validate-session', { json: { token: team.token } })).status).toBe(200);
    const theft = { username: other.username, token: team.token, password };
    expect(told(await rotated.call('POST', '/login', { json: theft }))).toEqual(refused);
    await storeSession(rotated, team.username, password, team.token);
    expect((await rotated.call('POST', '/get-balance', { json: { token: team.token } })).body.team_id).toBe(team.number);
    await rotated.close();
  });

  it('lasts as long as configured', async () => {
    const short = await startApp({ env: { ...env, STORE_SESSION_TTL: '10' }, clock });
    const team = await newTeam(short);
    for (let time = 0; time < 4; time++) {
      clock.advance(9_000);
      expect((await team.post('/validate-session')).status).toBe(200);
    }
    clock.advance(10_000);
    expect(told(await team.post('/validate-session'))).toEqual(noSession);
    await short.close();
  });
});

describe('/update-session', () => {
  const renew = (old_token: string, new_token: unknown) => app.call('POST', '/update-session', { json: { old_token, new_token } });

  it('gives the session another token', async () => {
    const [team, token] = [await newTeam(app), randomUUID()];
    expect(told(await renew(team.token, token))).toEqual({ status: 200, body: { success: 'Token updated' } });
    expect([await validate(team.token), await validate(token)]).toEqual([noSession, authorized]);
    expect((await renew(token, token)).status).toBe(200);
    expect(await validate(token)).toEqual(authorized);
  });

  it('takes no token of somebody else’s', async () => {
    const [team, other] = [await newTeam(app), await newTeam(app)];
    expect(told(await renew(team.token, other.token))).toEqual(noSession);
    expect((await team.post('/get-balance')).body.team_id).toBe(team.number);
    expect((await other.post('/get-balance')).body.team_id).toBe(other.number);
  });

  it.each([[''], ['x'.repeat(257)], [7], [['x']]])('takes no token such as %j', async (token) => {
    const team = await newTeam(app);
    expect(told(await renew(team.token, token))).toEqual({ status: 400, body: { error: 'Token must be text of 1 to 256 characters' } });
    expect(await validate(team.token)).toEqual(authorized);
  });
});

describe('/update-password', () => {
  const changed = { status: 200, body: { success: 'Successfully updated password' } };

  it('changes the password everywhere, and keeps the session that did it', async () => {
    const person = await as(app, 'merchant');
    const token = await storeSession(app, person.email, person.password);
    const change = { token, old_password: person.password, new_password: 'Changed-2019' };
    expect(told(await app.call('POST', '/update-password', { json: change }))).toEqual(changed);
    expect(await validate(token)).toEqual(authorized);
    expect((await app.call('GET', '/api/v1/auth/me', { token: person.token })).status).toBe(401);
    expect(told(await login({ username: person.email, token: 'x', password: person.password }))).toEqual(refused);
    expect((await app.call('POST', '/api/auth/login', { json: { email: person.email, password: 'Changed-2019' } })).status).toBe(200);
  });

  it('refuses a wrong old password, under the limits of the login', async () => {
    const [team, headers] = [await newTeam(app), { 'x-forwarded-for': freshAddress() }];
    const wrong = (old_password: unknown) => team.post('/update-password', { old_password, new_password: 'Changed-2019' }, { headers });
    for (const guess of ['wrong', '', 7, ['x'], { $ne: '' }])
      expect(told(await wrong(guess))).toEqual({ status: 403, body: { error: 'Old password does not match' } });
    for (let time = 6; time <= 10; time++) expect((await wrong('wrong')).status).toBe(403);
    expect(told(await wrong(password))).toEqual({ status: 429, body: { error: 'Too many failed attempts, try again later' } });
  });

  it.each([
    ['short', 'Password must be at least 6 characters'],
    ['', 'Password must be at least 6 characters'],
    [['Changed-2019'], 'Password must be at least 6 characters'],
    ['x'.repeat(65), 'Password must be at most 64 characters'],
  ])('takes no new password such as %j', async (new_password, error) => {
    const team = await newTeam(app);
    expect(told(await team.post('/update-password', { old_password: password, new_password }))).toEqual({ status: 400, body: { error } });
  });

  it('elsewhere ends the session at the store', async () => {
    const person = await as(app, 'finance');
    const token = await storeSession(app, person.email, person.password);
    const json = { currentPassword: person.password, newPassword: 'Changed-2019' };
    expect((await app.call('POST', '/api/v1/auth/password', { token: person.token, json })).status).toBe(200);
    expect(await validate(token)).toEqual(noSession);
    expect((await stored()).filter(({ userId }) => userId === person.userId)).toEqual([]);
  });
});

describe('who is signed in', () => {
  it('is erased with the user', async () => {
    const person = await as(app, 'merchant');
    const token = await storeSession(app, person.email, person.password);
    expect((await app.call('DELETE', '/api/me', { token: person.token })).status).toBe(200);
    expect(await validate(token)).toEqual(noSession);
    expect((await stored()).filter(({ userId }) => userId === person.userId)).toEqual([]);
  });

  it('is looked up, not believed: who is no member any more is nobody', async () => {
    const team = await newTeam(app);
    const users = app.app.get(Database).collection<{ _id: string }>('users');
    await users.updateOne({ _id: team.userId }, { $set: { memberships: [] } });
    expect(await validate(team.token)).toEqual(noSession);
  });

  it('acts in the default tenant where a member there, else in the oldest', async () => {
    const [first, second] = [await newTenant(app), await newTenant(app)];
    const person = await as(app, 'user', first);
    const users = app.app.get(Database).collection<{ _id: string }>('users');
    const joined = (tenantId: string, number: number, since: string) =>
      users.updateOne({ _id: person.userId }, { $push: { memberships: { tenantId, role: 'user', number, since: new Date(since) } } });
    const number = async () => {
      const token = await storeSession(app, person.email, person.password);
      return (await app.call('POST', '/get-balance', { json: { token } })).body.team_id as number;
    };
    expect(await number()).toBe(1001);
    await joined(second, 777, '2020-01-01');
    expect(await number()).toBe(777);
    await joined('ten_default', 778, '2030-01-01');
    expect(await number()).toBe(778);
  });

  it('may be so by a token that another surface has issued', async () => {
    const person = await as(app, 'merchant');
    const json = { token: person.token };
    expect(await validate(person.token)).toEqual(authorized);
    expect((await app.call('POST', '/get-balance', { json })).body).toEqual({ balance: 0, team_id: expect.any(Number) });
    expect(await validate(`${person.token.slice(0, -2)}${person.token.endsWith('xx') ? 'yy' : 'xx'}`)).toEqual(noSession);
    const renewal = { old_token: person.token, new_token: 'heythere' };
    expect(told(await app.call('POST', '/update-session', { json: renewal }))).toEqual(noSession);
    expect((await app.call('POST', '/expire-session', { json })).status).toBe(200);
    expect(await validate(person.token)).toEqual(noSession);
    expect((await app.call('GET', '/api/v1/auth/me', { token: person.token })).status).toBe(401);
  });

  it('at the store is nobody elsewhere', async () => {
    const team = await newTeam(app);
    expect((await app.call('GET', '/api/v1/auth/me', { token: team.token })).status).toBe(401);
  });
});
