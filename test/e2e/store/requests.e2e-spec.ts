import { Reflector } from '@nestjs/core';
import { Routes } from '../../../src/kernel/http/routes.js';
import { type Answer, startApp, type TestApp } from '../../support/app.js';
import { FakeClock } from '../../support/clock.js';
import { newTeam, type TestTeam } from '../../support/store.js';

const clock = new FakeClock(new Date());
let app: TestApp;
/** Team 1 and team 2 of the default tenant, whose items are 1 to 3. */
let one: TestTeam;
let two: TestTeam;
let admin: string;

beforeAll(async () => {
  app = await startApp({ clock });
  [one, two] = [await newTeam(app), await newTeam(app)];
  const login = { email: 'admin@system.local', password: 'Admin@123!' };
  admin = (await app.call('POST', '/api/auth/login', { json: login })).body.data.token as string;
  for (const [name, price] of Object.entries({ 'MICAH HUG': 10, 'JOES LOVE': 69, 'DON RANT': 200 }))
    expect((await app.call('POST', '/api/v1/store/items', { token: admin, json: { name, price } })).status).toBe(201);
});
afterAll(() => app.close());

const told = ({ status, body }: Answer) => ({ status, body: body as unknown });
const says = (status: number, body: object) => ({ status, body });
const fails = (status: number, error: string) => ({ status, body: expect.objectContaining({ error }) as unknown });

/** The ways in which clients send fields. */
const ways = {
  JSON: (path: string, fields: object) => app.call('POST', path, { json: fields }),
  form: (path: string, fields: object) => app.call('POST', path, { form: texts(fields) }),
  multipart: async (path: string, fields: object): Promise<Answer> => {
    const form = new FormData();
    for (const [name, value] of Object.entries(texts(fields))) form.set(name, value);
    const response = await fetch(app.url + path, { method: 'POST', body: form });
    return { status: response.status, headers: response.headers, body: await response.json() };
  },
};
const texts = (fields: object) => Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));

describe.each(Object.keys(ways) as (keyof typeof ways)[])('the published requests as %s', (way) => {
  const send = (path: string, fields: object) => ways[way](path, fields).then(told);

  it('are answered as published', async () => {
    const token = `heythere ${way}`;
    const login = { username: one.username, password: 'Changeme-2018', token };
    expect(await send('/login', login)).toEqual(says(200, { success: '1' }));
    expect(await send('/validate-session', { token })).toEqual(says(200, { success: 'Authorized' }));
    const before = (await app.call('POST', '/get-balance', { json: { token } })).body.balance as number;
    expect(await send('/get-balance', { token })).toEqual(says(200, { balance: before, team_id: 1 }));
    expect(await send('/items', { token })).toEqual(
      says(200, {
        items: [
          { name: 'MICAH HUG', price: 10, uuid: 1 },
          { name: 'JOES LOVE', price: 69, uuid: 2 },
          { name: 'DON RANT', price: 200, uuid: 3 },
        ],
      }),
    );
    const bought = await send('/buy', { token, item_id: 2, enemy_id: 3 });
    expect(bought).toEqual(says(200, { transaction_id: expect.any(Number) }));
    const moved = await send('/transfer', { token, recipient: 2, amount: 100 });
    expect(moved).toEqual(says(200, { transaction_id: (bought.body as { transaction_id: number }).transaction_id + 1 }));
    expect(await send('/get-balance', { token })).toEqual(says(200, { balance: before - 169, team_id: 1 }));
    const listed = (await send('/transactions', { token })).body as { transactions: { uuid: number }[] };
    const { transaction_id: uuid } = moved.body as { transaction_id: number };
    const time = clock.now().toUTCString();
    expect(listed.transactions.slice(-2)).toEqual([
      { uuid: uuid - 1, time, src: 1, dst: 0, desc: 'bought item from shop', amount: 69 },
      { uuid, time, src: 1, dst: 2, desc: 'transfer to team 2', amount: 100 },
    ]);
    expect(await send('/update-session', { old_token: token, new_token: `${token}!` })).toEqual(says(200, { success: 'Token updated' }));
    const change = { token: `${token}!`, old_password: 'Changeme-2018', new_password: 'Changed-2019' };
    expect(await send('/update-password', change)).toEqual(says(200, { success: 'Successfully updated password' }));
    expect(await send('/update-password', { ...change, old_password: 'Changed-2019', new_password: 'Changeme-2018' })).toEqual(
      says(200, { success: 'Successfully updated password' }),
    );
    expect(await send('/expire-session', { token: `${token}!` })).toEqual(says(200, { success: 'Token expired' }));
    expect(await send('/validate-session', { token: `${token}!` })).toEqual(says(403, { error: 'Invalid session' }));
  });
});

it('shows a new team what it began with, in RFC 1123', async () => {
  const team = await newTeam(app, 1000);
  const { body } = await team.post('/transactions');
  const [{ time, uuid }] = body.transactions;
  expect(body.transactions).toEqual([{ uuid, time, src: 0, dst: team.number, desc: 'opening balance', amount: 1000 }]);
  expect(time).toMatch(/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/);
  expect(new Date(time as string).getTime()).toBe(Math.floor(clock.now().getTime() / 1000) * 1000);
});

const fieldsOf = {
  '/login': ['username', 'token', 'password'],
  '/validate-session': ['token'],
  '/update-password': ['old_password', 'token', 'new_password'],
  '/get-balance': ['token'],
  '/buy': ['token', 'item_id'],
  '/expire-session': ['token'],
  '/update-session': ['old_token', 'new_token'],
  '/transactions': ['token'],
  '/transfer': ['recipient', 'token', 'amount'],
};
const tokenOf = (path: string) => (path === '/update-session' ? 'old_token' : 'token');

describe.each(Object.entries(fieldsOf))('%s', (path, names) => {
  it.each([
    ['an empty form', { form: {} }],
    ['an empty object', { json: {} }],
    ['null', { json: null }],
    ['an empty list', { json: [] }],
    ['a list of the right thing', { json: [{ token: 'x' }] }],
    ['a text', { json: 'token' }],
    ['a number', { json: 5 }],
    ['no body', {}],
  ])('misses its first field in %s', async (_what, options) => {
    expect(told(await app.call('POST', path, options))).toEqual(says(400, { error: `Missing ${names[0]}` }));
  });

  it('names the first of those that are missing, before it looks at the session', async () => {
    for (const [index, name] of names.entries()) {
      const rest = Object.fromEntries(names.slice(index + 1).map((later) => [later, 'x']));
      const before = Object.fromEntries(names.slice(0, index).map((earlier) => [earlier, 'x']));
      expect(told(await app.call('POST', path, { json: { ...before, ...rest } }))).toEqual(says(400, { error: `Missing ${name}` }));
      expect(told(await app.call('POST', path, { form: before }))).toEqual(says(400, { error: `Missing ${name}` }));
      expect(told(await app.call('POST', path, { json: { ...before, [name]: null } }))).toEqual(says(400, { error: `Missing ${name}` }));
    }
  });

  it('takes POST only', async () => {
    for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
      const { status, body, headers } = await app.call(method, path);
      expect([status, body, headers.get('allow')]).toEqual([405, { error: 'Method not allowed' }, 'POST']);
    }
  });

  it('refuses what it cannot read', async () => {
    const post = async (body: string, type: string) => {
      const answer = await fetch(app.url + path, { method: 'POST', body, headers: { 'content-type': type } });
      return { status: answer.status, body: await answer.json() };
    };
    expect(await post('{"token": ', 'application/json')).toEqual(says(400, { error: 'The body is not valid JSON' }));
    expect(await post('{"token": NaN}', 'application/json')).toEqual(says(400, { error: 'The body is not valid JSON' }));
    expect(await post('token=%zz', 'application/x-www-form-urlencoded')).toEqual(says(400, { error: 'The body is not a valid form' }));
    expect(await post('<token/>', 'text/xml')).toEqual(says(415, { error: 'Unsupported Media Type' }));
    expect(await post(`{"token":"${'x'.repeat(300_000)}"}`, 'application/json')).toEqual(says(413, { error: 'Request body is too large' }));
    expect(await post('{"token":"\\u0000"}', 'application/json')).toEqual(says(400, { error: 'NUL characters are not allowed' }));
    expect(await post('{"__proto__":{"token":"x"}}', 'application/json')).toEqual(says(400, { error: 'The body is not valid JSON' }));
  });
});

const inSession = Object.entries(fieldsOf).filter(([path]) => path !== '/login');
describe.each(inSession)('%s in no session', (path, names) => {
  const complete = (token: unknown) => ({ ...Object.fromEntries(names.map((name) => [name, 1])), [tokenOf(path)]: token });

  it.each<[string, unknown]>([
    ['of nobody', 'nobody’s'],
    ['that is empty', ''],
    ['that is too long', 'x'.repeat(257)],
    ['that is much too long', 'x'.repeat(100_000)],
    ['that breaks lines', 'x\n'.repeat(200)],
    ['that is a number', 7],
    ['that is true', true],
    ['that is a list', ['x']],
    ['that is an object', { $ne: null }],
  ])('refuses a token %s', async (_what, token) => {
    expect(told(await app.call('POST', path, { json: complete(token) }))).toEqual(says(403, { error: 'Invalid session' }));
  });
});

it('has no other route at the root, and each is behind a session but for the login and the items', () => {
  const routes = app.app
    .get(Routes)
    .all()
    .filter(({ dialect }) => dialect === 'store');
  const reflector = app.app.get(Reflector);
  const guarded = routes.filter(({ handler }) => reflector.get('payops:session-fields', handler) !== undefined);
  const keyOf = ({ method, path }: { method: string; path: string }) => `${method} ${path}`;
  expect(guarded.map(keyOf).sort()).toEqual(inSession.map(([path]) => `POST ${path}`).sort());
  expect(
    routes
      .filter((route) => !guarded.includes(route))
      .map(keyOf)
      .sort(),
  ).toEqual(['GET /items', 'POST /items', 'POST /login']);
});

describe('/items', () => {
  it.each([
    ['GET without a token', 'GET', {}],
    ['POST without a body', 'POST', {}],
    ['POST of null', 'POST', { json: null }],
    ['POST with a token of nobody’s', 'POST', { json: { token: 'nobody’s' } }],
    ['POST with a token that is none', 'POST', { json: { token: { $ne: null } } }],
    ['POST with a null', 'POST', { json: { token: null } }],
  ])('are shown to a %s', async (_what, method, options) => {
    const { status, body } = await app.call(method, '/items', options);
    expect([status, (body.items as { uuid: number }[]).map(({ uuid }) => uuid)]).toEqual([200, [1, 2, 3]]);
  });

  it('that are taken off sale are shown no more, and cannot be bought', async () => {
    const archive = (archived: boolean) => app.call('PATCH', '/api/v1/store/items/3', { token: admin, json: { archived } });
    expect((await archive(true)).status).toBe(200);
    expect((await app.call('GET', '/items')).body.items).toHaveLength(2);
    expect(told(await two.post('/buy', { item_id: 3 }))).toEqual(fails(404, 'Item not be found'));
    expect((await archive(false)).status).toBe(200);
    expect((await app.call('GET', '/items')).body.items).toHaveLength(3);
  });
});
