import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { type Answer, startApp, type TestApp } from '../../support/app.js';
import { FakeClock } from '../../support/clock.js';
import { type Name, numbers, People } from '../../support/people.js';

let app: TestApp;
let clock: FakeClock;
let client: MongoClient;

beforeAll(async () => {
  clock = new FakeClock('2026-01-05T12:00:00.000Z');
  // Nothing ends by itself while a suite looks.
  app = await startApp({ clock, env: { BACKGROUND_INTERVAL_MS: '3600000' } });
  client = await MongoClient.connect(app.mongodbUri);
});
afterAll(async () => {
  await client.close();
  await app.close();
});

function turnTo(time: string): void {
  clock.set(time);
  world.signInAnew();
}

let world: People;
const get = (path: string, who: Name = 'admin') => world.call(who, 'GET', `/api/financial${path}`);
const post = (path: string, json: unknown, who: Name = 'admin', headers: Record<string, string> = {}) =>
  world.call(who, 'POST', `/api/financial${path}`, { json, headers });
const add = (name: Name, amount: number, description = 'Credit purchase') => post(`/credits/${numbers[name]}/add`, { amount, description });
const spend = (name: Name, amount: number, description = 'Report generated', who = name) =>
  post(`/credits/${numbers[name]}/spend`, { amount, description }, who);
/** Through the platform, for what this surface only shows. */
async function platform(path: string, json: unknown, who: Name = 'admin') {
  const headers = { 'idempotency-key': randomUUID() };
  const { status, body } = await world.call(who, 'POST', `/api/v1/credits${path}`, { json, headers });
  expect(status).toBe(201);
  return body.data;
}
const told = ({ status, body }: Answer) => ({ status, body });
const refused = (status: number, detail: string, more: object = {}) => ({ status, body: { detail, ...more } });
const badAmount = refused(400, 'amount must be a positive integer', { outcome: 'none' });
const insufficient = refused(400, 'Insufficient credits', { outcome: 'none' });
const balanceOf = async (name: Name) => (await get(`/credits/balance?user_id=${numbers[name]}`)).body.balance as number;
const totalOf = async (query = '') => (await get(`/transactions${query}`)).body.total as number;

/** What cannot be an amount, as JSON says it. */
const amounts = ['0', '-1', '-0', '1.5', '0.1', '"NaN"', '"100"', '"ten"', '""', '[100]', '[]', '{"$gt":0}', '{}', 'null', 'true', '1e400'];
const tooLarge = ['9007199254740992', '1e16', '123456789012345678901234567890'];

describe.each(['add', 'spend'] as const)('POST /financial/credits/{user_id}/%s refuses', (movement) => {
  beforeAll(async () => {
    world = await People.in(app);
    await add('ann', 500);
  });
  afterEach(async () => {
    expect([await balanceOf('ann'), await totalOf()]).toEqual([500, 1]);
  });

  async function send(body: string, contentType = 'application/json') {
    const headers = { authorization: `Bearer ${await world.token('admin')}`, 'content-type': contentType };
    const response = await fetch(`${app.url}/api/financial/credits/1004/${movement}`, { method: 'POST', headers, body });
    return { status: response.status, body: await response.json() };
  }

  it.each([...amounts, ...tooLarge])('an amount of %s', async (amount) => {
    expect(await send(`{"amount":${amount},"description":"Credit purchase"}`)).toEqual(badAmount);
  });

  it.each([
    ['{}', 'amount is required'],
    ['[]', 'amount is required'],
    ['[{"amount":1,"description":"x"}]', 'amount is required'],
    ['null', 'amount is required'],
    ['"amount"', 'amount is required'],
    ['', 'amount is required'],
    ['{"description":"Credit purchase"}', 'amount is required'],
    ['{"amount":1}', 'description is required'],
    ['{"amount":1,"description":""}', 'description must be a text'],
    ['{"amount":1,"description":"  "}', 'description must be a text'],
    ['{"amount":1,"description":null}', 'description must be a text'],
    ['{"amount":1,"description":{"$ne":""}}', 'description must be a text'],
    ['{"amount":1,"description":["x"]}', 'description must be a text'],
    [`{"amount":1,"description":"${'x'.repeat(501)}"}`, 'description must be at most 500 characters'],
    ['{"amount":1,"description":"a\\u0000b"}', 'NUL characters are not allowed'],
    ['{"amount":1,"description":"x","expires_at":"2030-01-01"}', 'expires_at is not supported yet: credits do not expire'],
    ['{"amount":1,', 'The body is not valid JSON'],
    ['{"amount":NaN,"description":"x"}', 'The body is not valid JSON'],
    ['{"amount":1,"description":"x","__proto__":{}}', 'The body is not valid JSON'],
    [`{"amount":1,"description":"x","more":${'['.repeat(40)}${']'.repeat(40)}}`, 'The body is nested more than 32 levels deep'],
  ])('the body %s', async (body, detail) => {
    expect(await send(body)).toEqual(refused(400, detail));
  });

  it.each(['application/x-www-form-urlencoded', 'text/plain', 'application/xml', 'multipart/form-data; boundary=x'])(
    'a body of type %s',
    async (contentType) => {
      expect(await send('amount=1&description=x', contentType)).toEqual(refused(415, 'Unsupported Media Type'));
    },
  );

  it('a body that is too large', async () => {
    const json = JSON.stringify({ amount: 1, description: 'x', more: 'y'.repeat(300_000) });
    expect(await send(json)).toEqual(refused(413, 'Request body is too large'));
  });

  it('nobody, and whoever cannot say who it is', async () => {
    const json = { amount: 1, description: 'x' };
    const path = `/api/financial/credits/1004/${movement}`;
    expect(told(await app.call('POST', path, { json }))).toEqual(refused(401, 'Authorization required'));
    expect(told(await app.call('POST', path, { json, token: 'nonsense' }))).toEqual(refused(401, 'Invalid token'));
  });

  it.each(['finance', 'support', 'bob', 'cyd'] as const)('%s, for somebody else', async (who) => {
    for (const user of [1004, world.ids.ann]) {
      expect(told(await post(`/credits/${user}/${movement}`, { amount: 1, description: 'x' }, who))).toEqual(refused(403, 'Access denied'));
    }
  });

  it.each(['9999', '0', '-1', '1e3', 'usr_nobody', 'balance', '99999999999', '%24ne', "'"])('an unknown user %s', async (user) => {
    const json = { amount: 1, description: 'x' };
    expect(told(await post(`/credits/${user}/${movement}`, json))).toEqual(refused(404, 'User not found'));
    // Who may not see others learns nothing about who there is.
    expect(told(await post(`/credits/${user}/${movement}`, json, 'bob'))).toEqual(refused(403, 'Access denied'));
  });

  it('a user of another tenant, by id; the number is somebody in this one', async () => {
    const other = await People.in(app);
    expect(told(await post(`/credits/${other.ids.ann}/${movement}`, { amount: 1, description: 'x' }))).toEqual(
      refused(404, 'User not found'),
    );
  });

  it('another method', async () => {
    const answer = await get(`/credits/1004/${movement}`);
    expect({ ...told(answer), allow: answer.headers.get('allow') }).toEqual({ ...refused(405, 'Method not allowed'), allow: 'POST' });
    expect(told(await post(`/credits/1004/${movement}/more`, {}))).toEqual(refused(404, 'Not found'));
  });
});

describe('POST /financial/credits/{user_id}/add', () => {
  beforeAll(async () => {
    world = await People.in(app);
  });

  it('gives credits, by number and by id, and answers the balance', async () => {
    expect(told(await add('ann', 100))).toEqual({
      status: 200,
      body: { transaction_id: 'tx_1', user_id: 1004, amount: 100, balance: 100 },
    });
    expect(told(await post(`/credits/${world.ids.ann}/add`, { amount: 25, description: 'More' }))).toEqual({
      status: 200,
      body: { transaction_id: 'tx_2', user_id: 1004, amount: 25, balance: 125 },
    });
    expect((await add('bob', 1)).body).toEqual({ transaction_id: 'tx_3', user_id: 1005, amount: 1, balance: 1 });
  });

  it('ignores fields that it does not know, and an expiry that is null', async () => {
    const json = { amount: 7, description: ' Gift ', expires_at: null, balance: 1e6, user_id: 1005, source: 'purchase', $set: { x: 1 } };
    expect(told(await post('/credits/1006/add', json))).toEqual({
      status: 200,
      body: { transaction_id: 'tx_4', user_id: 1006, amount: 7, balance: 7 },
    });
    expect((await get('/credits/1006')).body.transactions).toMatchObject([{ description: 'Gift', source: 'admin', amount: 7 }]);
  });

  it("takes an admin's own account too", async () => {
    expect(told(await add('admin', 5))).toEqual({ status: 200, body: { transaction_id: 'tx_5', user_id: 1001, amount: 5, balance: 5 } });
  });

  it('keeps every unit up to the largest integer, and refuses what would go beyond', async () => {
    world = await People.in(app);
    const most = 9_007_199_254_740_991;
    expect((await add('ann', most)).body).toEqual({ transaction_id: 'tx_1', user_id: 1004, amount: most, balance: most });
    expect(told(await add('ann', 1))).toEqual(refused(400, 'The balance would be too large', { outcome: 'none' }));
    expect((await spend('ann', 1)).body).toEqual({ transaction_id: 'tx_2', user_id: 1004, amount: 1, balance: most - 1 });
    const raw = await client.db().collection('ledger_accounts').findOne({ ownerId: world.ids.ann }, { promoteLongs: false });
    expect(String(raw?.available)).toBe('9007199254740990');
  });
});

describe('POST /financial/credits/{user_id}/spend', () => {
  beforeAll(async () => {
    world = await People.in(app);
    await add('ann', 100);
    await add('bob', 50);
  });

  it("spends the caller's own, by number and by id", async () => {
    expect(told(await spend('ann', 30))).toEqual({ status: 200, body: { transaction_id: 'tx_3', user_id: 1004, amount: 30, balance: 70 } });
    expect(told(await post(`/credits/${world.ids.ann}/spend`, { amount: 20, description: 'More' }, 'ann'))).toEqual({
      status: 200,
      body: { transaction_id: 'tx_4', user_id: 1004, amount: 20, balance: 50 },
    });
  });

  it("spends anybody's for an admin", async () => {
    expect(told(await spend('bob', 50, 'Correction', 'admin'))).toEqual({
      status: 200,
      body: { transaction_id: 'tx_5', user_id: 1005, amount: 50, balance: 0 },
    });
  });

  it('refuses more than there is, to the last credit', async () => {
    expect(told(await spend('ann', 51))).toEqual(insufficient);
    expect(told(await spend('bob', 1))).toEqual(insufficient);
    expect(told(await spend('cyd', 1))).toEqual(insufficient);
    expect(told(await spend('finance', 1))).toEqual(insufficient);
    expect(told(await spend('ann', 50))).toEqual({ status: 200, body: { transaction_id: 'tx_6', user_id: 1004, amount: 50, balance: 0 } });
    expect(await totalOf()).toBe(6);
  });
});

describe('what a user has', () => {
  beforeAll(async () => {
    world = await People.in(app);
    turnTo('2026-01-06T08:00:00.000Z');
    await add('ann', 600);
    turnTo('2026-01-06T09:30:00.250Z');
    await spend('ann', 100);
  });

  const grant = () => ({
    id: 'tx_1',
    user_id: 1004,
    user_email: world.emails.ann,
    type: 'credit',
    amount: 600,
    description: 'Credit purchase',
    balance_after: 600,
    created_at: '2026-01-06T08:00:00.000Z',
    source: 'admin',
  });
  const spent = () => ({
    id: 'tx_2',
    user_id: 1004,
    user_email: world.emails.ann,
    type: 'debit',
    amount: 100,
    description: 'Report generated',
    balance_after: 500,
    created_at: '2026-01-06T09:30:00.250Z',
    source: 'spend',
  });

  it('GET /financial/credits/balance tells', async () => {
    const balance = { status: 200, body: { user_id: 1004, balance: 500, held: 0, updated_at: '2026-01-06T09:30:00.250Z' } };
    expect(told(await get('/credits/balance', 'ann'))).toEqual(balance);
    expect(told(await get('/credits/balance?user_id=', 'ann'))).toEqual(balance);
    expect(told(await get('/credits/balance?user_id=1004', 'ann'))).toEqual(balance);
    for (const who of ['admin', 'finance', 'support'] as const) {
      expect(told(await get('/credits/balance?user_id=1004', who))).toEqual(balance);
      expect(told(await get(`/credits/balance?user_id=${world.ids.ann}&unknown=1`, who))).toEqual(balance);
    }
    expect(told(await get('/credits/balance', 'cyd'))).toEqual({
      status: 200,
      body: { user_id: 1006, balance: 0, held: 0, updated_at: null },
    });
  });

  it('GET /financial/credits/balance refuses', async () => {
    expect(told(await app.call('GET', '/api/financial/credits/balance'))).toEqual(refused(401, 'Authorization required'));
    for (const who of ['bob', 'cyd'] as const) {
      for (const user of ['1004', world.ids.ann, '9999', 'usr_nobody']) {
        expect(told(await get(`/credits/balance?user_id=${user}`, who))).toEqual(refused(403, 'Access denied'));
      }
    }
    expect(told(await get('/credits/balance?user_id=9999'))).toEqual(refused(404, 'User not found'));
    expect(told(await get('/credits/balance?user_id=1004&user_id=1005'))).toEqual(refused(400, 'user_id must be given once'));
    expect(told(await get('/credits/balance?user_id=%zz'))).toEqual(refused(400, 'The query is not valid'));
  });

  it('GET /financial/credits/{user_id} tells', async () => {
    const account = { status: 200, body: { user_id: 1004, balance: 500, held: 0, transactions: [spent(), grant()], total: 2 } };
    expect(told(await get('/credits/1004', 'ann'))).toEqual(account);
    expect(told(await get(`/credits/${world.ids.ann}`, 'ann'))).toEqual(account);
    for (const who of ['admin', 'finance', 'support'] as const) expect(told(await get('/credits/1004', who))).toEqual(account);
    expect((await get('/credits/1004?limit=1', 'ann')).body).toEqual({ ...account.body, transactions: [spent()] });
    expect((await get('/credits/1004?limit=1&offset=1', 'ann')).body).toEqual({ ...account.body, transactions: [grant()] });
    expect((await get('/credits/1004?offset=2', 'ann')).body).toEqual({ ...account.body, transactions: [] });
    expect(told(await get('/credits/1006', 'cyd'))).toEqual({
      status: 200,
      body: { user_id: 1006, balance: 0, held: 0, transactions: [], total: 0 },
    });
  });

  it('GET /financial/credits/{user_id} refuses', async () => {
    expect(told(await app.call('GET', '/api/financial/credits/1004'))).toEqual(refused(401, 'Authorization required'));
    for (const user of ['1004', world.ids.ann, '9999']) {
      expect(told(await get(`/credits/${user}`, 'bob'))).toEqual(refused(403, 'Access denied'));
    }
    expect(told(await get('/credits/9999'))).toEqual(refused(404, 'User not found'));
    expect(told(await get('/credits/1004?limit=0'))).toEqual(refused(400, 'limit must be a whole number from 1 to 1000'));
    expect(told(await get('/credits/1004?offset=-1'))).toEqual(refused(400, 'offset must be a whole number of at least 0'));
  });

  it('GET /financial/admin/credits/users/{user_id} tells', async () => {
    const credits = {
      status: 200,
      body: {
        user_id: 1004,
        user_email: world.emails.ann,
        balance: 500,
        held: 0,
        total_added: 600,
        total_spent: 100,
        last_transaction_at: '2026-01-06T09:30:00.250Z',
        recent_transactions: [spent(), grant()],
      },
    };
    for (const who of ['admin', 'finance', 'support'] as const) {
      expect(told(await get('/admin/credits/users/1004', who))).toEqual(credits);
      expect(told(await get(`/admin/credits/users/${world.ids.ann}`, who))).toEqual(credits);
    }
    expect((await get('/admin/credits/users/1006')).body).toEqual({
      user_id: 1006,
      user_email: world.emails.cyd,
      balance: 0,
      held: 0,
      total_added: 0,
      total_spent: 0,
      last_transaction_at: null,
      recent_transactions: [],
    });
  });

  it('GET /financial/admin/credits/users/{user_id}/transactions tells', async () => {
    const page = { user_id: 1004, transactions: [spent(), grant()], total: 2, limit: 100, offset: 0 };
    for (const who of ['admin', 'finance', 'support'] as const) {
      expect(told(await get('/admin/credits/users/1004/transactions', who))).toEqual({ status: 200, body: page });
    }
    expect((await get(`/admin/credits/users/${world.ids.ann}/transactions?limit=1&offset=1`)).body).toEqual({
      ...page,
      transactions: [grant()],
      limit: 1,
      offset: 1,
    });
    expect(told(await get('/admin/credits/users/1004/transactions?limit=1001'))).toEqual(
      refused(400, 'limit must be a whole number from 1 to 1000'),
    );
  });

  it.each(['/admin/credits/users/1004', '/admin/credits/users/1004/transactions', '/transactions'])(
    'GET /financial%s refuses',
    async (path) => {
      expect(told(await app.call('GET', `/api/financial${path}`))).toEqual(refused(401, 'Authorization required'));
      for (const who of ['ann', 'bob'] as const) expect(told(await get(path, who))).toEqual(refused(403, 'Access denied'));
      const answer = await post(path, {});
      expect({ ...told(answer), allow: answer.headers.get('allow') }).toEqual({ ...refused(405, 'Method not allowed'), allow: 'GET' });
    },
  );

  it.each(['/admin/credits/users/9999', '/admin/credits/users/usr_x/transactions', '/transactions?user_id=9999'])(
    'GET /financial%s finds nobody',
    async (path) => {
      expect(told(await get(path))).toEqual(refused(404, 'User not found'));
    },
  );

  it('shows the newest ten, and counts all', async () => {
    for (let time = 0; time < 10; time++) await spend('ann', 1, `Number ${time}`);
    const { body } = await get('/admin/credits/users/1004');
    const ids = ['tx_12', 'tx_11', 'tx_10', 'tx_9', 'tx_8', 'tx_7', 'tx_6', 'tx_5', 'tx_4', 'tx_3'];
    expect(body.recent_transactions.map(({ id }: { id: string }) => id)).toEqual(ids);
    expect([body.balance, body.total_added, body.total_spent]).toEqual([490, 600, 110]);
    expect((await get('/credits/1004', 'ann')).body.total).toBe(12);
  });
});

describe('transfers, holds and reversals', () => {
  let at: string;
  beforeAll(async () => {
    world = await People.in(app);
    at = clock.now().toISOString();
    await add('ann', 100);
  });
  const row = (id: string, who: Name, type: string, amount: number, after: number, source: string, description: string) => {
    const user = { user_id: numbers[who], user_email: world.emails[who] };
    return { id, ...user, type, amount, description, balance_after: after, created_at: at, source };
  };

  it('shows both sides of a transfer under one id', async () => {
    await platform('/transfers', { amount: 30, toUserId: world.ids.bob, description: 'For lunch' }, 'ann');
    const debit = row('tx_2', 'ann', 'debit', 30, 70, 'transfer', 'For lunch');
    const credit = row('tx_2', 'bob', 'credit', 30, 30, 'transfer', 'For lunch');
    const grant = row('tx_1', 'ann', 'credit', 100, 100, 'admin', 'Credit purchase');
    expect((await get('/transactions')).body).toEqual({ transactions: [debit, credit, grant], total: 3, limit: 100, offset: 0 });
    expect((await get('/transactions?transaction_type=debit')).body).toMatchObject({ transactions: [debit], total: 1 });
    expect((await get('/transactions?transaction_type=credit')).body).toMatchObject({ transactions: [credit, grant], total: 2 });
    expect((await get('/transactions?limit=1&offset=1')).body).toMatchObject({ transactions: [credit], total: 3 });
    expect((await get('/credits/1005', 'bob')).body).toMatchObject({ balance: 30, transactions: [credit], total: 1 });
    expect((await get('/credits/1004', 'ann')).body).toMatchObject({ balance: 70, transactions: [debit, grant], total: 2 });
  });

  it('shows what is held beside the balance, and a hold only when it is committed', async () => {
    const { holdId } = await platform('/holds', { amount: 40, description: 'Deposit', expiresAt: '2026-01-20T00:00:00Z' }, 'ann');
    expect(holdId).toBe('hld_3');
    expect((await get('/credits/balance', 'ann')).body).toEqual({ user_id: 1004, balance: 30, held: 40, updated_at: at });
    expect((await get('/credits/1004', 'ann')).body).toMatchObject({ balance: 30, held: 40, total: 2 });
    expect(told(await spend('ann', 31))).toEqual(insufficient);
    await platform('/holds/hld_3/commit', { amount: 25 }, 'ann');
    expect((await get('/admin/credits/users/1004')).body).toMatchObject({
      balance: 45,
      held: 0,
      total_added: 100,
      total_spent: 55,
      recent_transactions: [row('tx_4', 'ann', 'debit', 25, 45, 'spend', ''), { id: 'tx_2' }, { id: 'tx_1' }],
    });
    expect(await totalOf()).toBe(4);
  });

  it('shows a reversal as a refund, which was not spent', async () => {
    await platform('/reversals', { transactionId: 'tx_4', amount: 5, description: 'Too much' });
    expect((await get('/admin/credits/users/1004')).body).toMatchObject({
      balance: 50,
      total_added: 105,
      total_spent: 55,
      recent_transactions: [row('tx_5', 'ann', 'credit', 5, 50, 'refund', 'Too much'), { id: 'tx_4' }, { id: 'tx_2' }, { id: 'tx_1' }],
    });
    await platform('/reversals', { transactionId: 'tx_1', amount: 50, description: '' });
    expect((await get('/admin/credits/users/1004')).body).toMatchObject({ balance: 0, total_added: 105, total_spent: 55 });
    expect((await get('/transactions?transaction_type=debit')).body).toMatchObject({
      transactions: [row('tx_6', 'ann', 'debit', 50, 0, 'refund', ''), { id: 'tx_4' }, { id: 'tx_2' }],
      total: 3,
    });
  });

  it('shows credits only', async () => {
    const before = (await get('/transactions')).body;
    await platform('/grants', { userId: world.ids.ann, amount: 7, asset: 'POINTS' });
    expect((await get('/transactions')).body).toEqual(before);
    expect((await get('/credits/1004', 'ann')).body).toMatchObject({ balance: 0 });
  });

  it('names what a grant was for', async () => {
    for (const source of ['purchase', 'subscription', 'refund', 'dispute']) {
      await platform('/grants', { userId: world.ids.cyd, amount: 1, source });
    }
    const { body } = await get('/credits/1006', 'cyd');
    expect(body.transactions.map((transaction: { source: string }) => transaction.source)).toEqual([
      'dispute',
      'refund',
      'subscription',
      'purchase',
    ]);
  });
});

describe('GET /financial/transactions', () => {
  /** Posted on four days, oldest first: id, whose, type, amount. */
  const posted: readonly (readonly [id: string, day: string, who: Name, type: 'credit' | 'debit', amount: number])[] = [
    ['tx_1', '2026-02-01', 'ann', 'credit', 300],
    ['tx_2', '2026-02-01', 'bob', 'credit', 200],
    ['tx_3', '2026-02-01', 'ann', 'debit', 20],
    ['tx_4', '2026-02-02', 'bob', 'debit', 20],
    ['tx_5', '2026-02-02', 'ann', 'debit', 100],
    ['tx_6', '2026-02-02', 'bob', 'credit', 100],
    ['tx_7', '2026-02-04', 'cyd', 'credit', 5],
    ['tx_8', '2026-02-04', 'ann', 'debit', 1],
    ['tx_9', '2026-02-28', 'bob', 'debit', 150],
  ];
  beforeAll(async () => {
    world = await People.in(app);
    let today = '';
    for (const [id, day, who, type, amount] of posted) {
      if (day !== today) turnTo(`${day}T00:00:00.000Z`);
      else turnTo(`${day}T23:59:59.999Z`);
      today = day;
      const { body } = type === 'credit' ? await add(who, amount) : await spend(who, amount, 'x', 'admin');
      expect(body.transaction_id).toBe(id);
    }
  });
  const idsOf = ({ body }: Answer) => body.transactions.map(({ id }: { id: string }) => Number(id.slice(3)));

  it('answers newest first, a hundred at a time', async () => {
    const { status, body } = await get('/transactions');
    expect({ status, ids: idsOf({ body } as Answer), total: body.total, limit: body.limit, offset: body.offset }).toEqual({
      status: 200,
      ids: [9, 8, 7, 6, 5, 4, 3, 2, 1],
      total: 9,
      limit: 100,
      offset: 0,
    });
    expect(body.transactions[0]).toEqual({
      id: 'tx_9',
      user_id: 1005,
      user_email: world.emails.bob,
      type: 'debit',
      amount: 150,
      description: 'x',
      balance_after: 130,
      created_at: '2026-02-28T00:00:00.000Z',
      source: 'spend',
    });
  });

  it.each([
    ['user_id=1004', [8, 5, 3, 1]],
    ['user_id=1006', [7]],
    ['user_id=1002', []],
    ['transaction_type=credit', [7, 6, 2, 1]],
    ['transaction_type=debit', [9, 8, 5, 4, 3]],
    ['start_date=2026-02-02', [9, 8, 7, 6, 5, 4]],
    ['end_date=2026-02-02', [6, 5, 4, 3, 2, 1]],
    ['start_date=2026-02-02&end_date=2026-02-02', [6, 5, 4]],
    ['start_date=2026-02-03&end_date=2026-02-03', []],
    ['start_date=2026-02-03&end_date=2026-02-27', [8, 7]],
    ['start_date=2026-03-01', []],
    ['end_date=2026-01-31', []],
    ['start_date=1970-01-01&end_date=9999-12-31', [9, 8, 7, 6, 5, 4, 3, 2, 1]],
    ['user_id=1005&transaction_type=credit', [6, 2]],
    ['user_id=1005&start_date=2026-02-02', [9, 6, 4]],
    ['user_id=1005&transaction_type=debit&start_date=2026-02-01&end_date=2026-02-04', [4]],
    ['transaction_type=credit&start_date=2026-02-02&end_date=2026-02-04', [7, 6]],
    ['sort_by=created_at&sort_order=asc', [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['sort_order=asc&user_id=1004', [1, 3, 5, 8]],
    ['sort_by=amount', [1, 2, 9, 6, 5, 4, 3, 7, 8]],
    ['sort_by=amount&sort_order=asc', [8, 7, 4, 3, 6, 5, 9, 2, 1]],
    ['sort_by=amount&sort_order=asc&transaction_type=debit&start_date=2026-02-02', [8, 4, 5, 9]],
    ['sort_by=user_email', [7, 9, 6, 4, 2, 8, 5, 3, 1]],
    ['sort_by=user_email&sort_order=asc', [8, 5, 3, 1, 9, 6, 4, 2, 7]],
    ['transaction_type=&start_date=&end_date=&user_id=&sort_by=&sort_order=&unknown=1', [9, 8, 7, 6, 5, 4, 3, 2, 1]],
  ])('with %s finds %j, page by page', async (query, ids) => {
    const whole = await get(`/transactions?${query}`);
    expect({ status: whole.status, ids: idsOf(whole), total: whole.body.total }).toEqual({ status: 200, ids, total: ids.length });
    const paged: number[] = [];
    for (let offset = 0; offset <= ids.length; offset += 2) {
      const page = await get(`/transactions?${query}&limit=2&offset=${offset}`);
      expect([page.body.total, page.body.limit, page.body.offset]).toEqual([ids.length, 2, offset]);
      paged.push(...idsOf(page));
    }
    expect(paged).toEqual(ids);
  });

  it('takes a user by id as well', async () => {
    expect(idsOf(await get(`/transactions?user_id=${world.ids.cyd}`))).toEqual([7]);
  });

  it.each([
    ['limit=0', 'limit must be a whole number from 1 to 1000'],
    ['limit=1001', 'limit must be a whole number from 1 to 1000'],
    ['limit=1.5', 'limit must be a whole number from 1 to 1000'],
    ['limit=ten', 'limit must be a whole number from 1 to 1000'],
    ['limit=1&limit=2', 'limit must be given once'],
    ['offset=-1', 'offset must be a whole number of at least 0'],
    ['offset=99999999999999999999', 'offset must be a whole number of at least 0'],
    ['sort_by=balance', 'sort_by must be one of created_at, amount, user_email'],
    ['sort_by=$where', 'sort_by must be one of created_at, amount, user_email'],
    ['sort_order=up', 'sort_order must be one of asc, desc'],
    ['transaction_type=refund', 'transaction_type must be one of credit, debit'],
    ['start_date=2026-02-30', 'start_date must be a date, YYYY-MM-DD'],
    ['start_date=2026-02-01T00:00:00Z', 'start_date must be a date, YYYY-MM-DD'],
    ['end_date=yesterday', 'end_date must be a date, YYYY-MM-DD'],
    ['start_date=2026-02-02&end_date=2026-02-01', 'start_date must not be after end_date'],
    ['user_id=1004&user_id=1005', 'user_id must be given once'],
  ])('refuses %s', async (query, detail) => {
    expect(told(await get(`/transactions?${query}`))).toEqual(refused(400, detail));
  });

  it('has an empty page past the end', async () => {
    for (const order of ['created_at', 'amount', 'user_email']) {
      const { status, body } = await get(`/transactions?sort_by=${order}&offset=9007199254740991`);
      expect({ status, body }).toEqual({ status: 200, body: { transactions: [], total: 9, limit: 100, offset: 9_007_199_254_740_991 } });
    }
  });

  it('shows one tenant and no other', async () => {
    const [before, mine] = [(await get('/transactions')).body, world];
    world = await People.in(app);
    expect((await get('/transactions')).body).toEqual({ transactions: [], total: 0, limit: 100, offset: 0 });
    await add('ann', 1);
    expect(await totalOf()).toBe(1);
    world = mine;
    expect((await get('/transactions')).body).toEqual(before);
  });
});

describe('twice', () => {
  beforeAll(async () => {
    world = await People.in(app);
    await add('ann', 100);
  });
  const again = (path: string, json: unknown, key: string, who: Name = 'admin') => post(path, json, who, { 'idempotency-key': key });
  const replayed = ({ headers }: Answer) => headers.get('idempotency-replayed');

  it.each([
    ['add', 'admin', 110],
    ['spend', 'ann', 100],
  ] as const)('the same %s under one key acts once and answers the same', async (movement, who, balance) => {
    const json = { amount: 10, description: 'Once' };
    const first = await again(`/credits/1004/${movement}`, json, 'k1', who);
    const second = await again(`/credits/1004/${movement}`, json, 'k1', who);
    expect(first).toMatchObject({ status: 200, body: { user_id: 1004, amount: 10, balance } });
    expect(told(second)).toEqual(told(first));
    expect([first, second].map(replayed)).toEqual([null, 'true']);
    expect(await balanceOf('ann')).toBe(balance);
  });

  it('refuses a key that was used with another body, and does nothing', async () => {
    const before = await totalOf();
    await again('/credits/1004/add', { amount: 1, description: 'x' }, 'k2');
    for (const json of [
      { amount: 2, description: 'x' },
      { amount: 1, description: 'y' },
      { amount: 1, description: 'x', more: 1 },
    ]) {
      expect(told(await again('/credits/1004/add', json, 'k2'))).toEqual(refused(400, 'Idempotency-Key was used with another request'));
    }
    expect(await totalOf()).toBe(before + 1);
  });

  it('is another key for another user, route or caller', async () => {
    const json = { amount: 1, description: 'x' };
    const answers = [
      await again('/credits/1004/add', json, 'k3'),
      await again('/credits/1005/add', json, 'k3'),
      await again('/credits/1004/spend', json, 'k3'),
      await again('/credits/1004/spend', json, 'k3', 'ann'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(answers.map(replayed)).toEqual([null, null, null, null]);
    expect(new Set(answers.map(({ body }) => body.transaction_id)).size).toBe(4);
  });

  it.each(['', 'k'.repeat(256), 'tab\there'])('refuses the key %j', async (key) => {
    expect(told(await again('/credits/1004/add', { amount: 1, description: 'x' }, key))).toEqual(
      refused(400, 'Idempotency-Key must be 1 to 255 printable ASCII characters'),
    );
  });

  it('keeps no refusal: the same request succeeds when there is enough', async () => {
    const json = { amount: 40, description: 'x' };
    expect(told(await again('/credits/1006/spend', json, 'k4', 'cyd'))).toEqual(insufficient);
    await add('cyd', 40);
    const paid = await again('/credits/1006/spend', json, 'k4', 'cyd');
    expect({ ...told(paid), replayed: replayed(paid) }).toMatchObject({ status: 200, body: { amount: 40, balance: 0 }, replayed: null });
    expect(told(await again('/credits/1006/spend', json, 'k4', 'cyd'))).toEqual(told(paid));
  });

  it('works for ever', async () => {
    const json = { amount: 3, description: 'Birthday' };
    const first = await again('/credits/1005/add', json, 'birthday 2026');
    const total = await totalOf();
    turnTo('2027-03-01T00:00:00.000Z');
    const later = await again('/credits/1005/add', json, 'birthday 2026');
    expect({ ...told(later), replayed: replayed(later) }).toEqual({ ...told(first), replayed: 'true' });
    expect(await totalOf()).toBe(total);
  });
});

describe('at once', () => {
  beforeEach(async () => {
    world = await People.in(app);
  });
  const statuses = (answers: readonly Answer[], status: number) => answers.filter((answer) => answer.status === status);

  it('thirty spends of 10 on a balance of 100 succeed ten times', async () => {
    await add('ann', 100);
    const answers = await Promise.all(Array.from({ length: 30 }, () => spend('ann', 10)));
    const paid = statuses(answers, 200).map(({ body }) => body);
    expect(paid.map(({ balance }) => balance).sort((one, other) => other - one)).toEqual([90, 80, 70, 60, 50, 40, 30, 20, 10, 0]);
    expect(new Set(paid.map(({ transaction_id: id }) => id)).size).toBe(10);
    const others = answers.filter(({ status }) => status !== 200);
    expect(others.map(told)).toEqual(Array.from({ length: 20 }, () => insufficient));
    expect([await balanceOf('ann'), await totalOf()]).toEqual([0, 11]);
  });

  it('fifty requests with one key have one effect and one id', async () => {
    const send = () => post('/credits/1004/add', { amount: 10, description: 'Once' }, 'admin', { 'idempotency-key': 'one' });
    const answers = await Promise.all(Array.from({ length: 50 }, send));
    expect(answers.map(told)).toEqual(
      Array.from({ length: 50 }, () => ({ status: 200, body: { transaction_id: 'tx_1', user_id: 1004, amount: 10, balance: 10 } })),
    );
    expect(answers.filter(({ headers }) => headers.get('idempotency-replayed') === 'true')).toHaveLength(49);
    expect([await balanceOf('ann'), await totalOf()]).toEqual([10, 1]);
  });

  it('two bodies under one key have one effect', async () => {
    const send = (amount: number) => post('/credits/1004/add', { amount, description: 'x' }, 'admin', { 'idempotency-key': 'one' });
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => send(1 + (index % 2))));
    const [done] = statuses(answers, 200);
    expect(statuses(answers, 200).map(told)).toEqual(Array.from({ length: 10 }, () => told(done as Answer)));
    expect(statuses(answers, 400).map(told)).toEqual(
      Array.from({ length: 10 }, () => refused(400, 'Idempotency-Key was used with another request')),
    );
    expect([await balanceOf('ann'), await totalOf()]).toEqual([done?.body.amount, 1]);
  });

  it('grants and spends of several users lose nothing', async () => {
    const names = ['ann', 'bob', 'cyd'] as const;
    await Promise.all(names.map((name) => add(name, 50)));
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) => {
        const name = names[index % 3] ?? 'ann';
        return index % 2 === 0 ? add(name, 3) : spend(name, 2);
      }),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 60 }, () => 200));
    expect(await Promise.all(names.map(balanceOf))).toEqual([60, 60, 60]);
    expect(await totalOf()).toBe(63);
    const ids = answers.map(({ body }) => Number(body.transaction_id.slice(3))).sort((one, other) => one - other);
    expect(ids).toEqual(Array.from({ length: 60 }, (_, index) => index + 4));
  });
});

describe('what people wrote', () => {
  const words = 'Refund for the broken lamp of Mrs Dalloway';
  /** The collections in which it can be read. */
  async function where(text: string): Promise<string[]> {
    const collections = await client.db().collections();
    const rows = await Promise.all(collections.map((collection) => collection.find().toArray()));
    return collections.map(({ collectionName }) => collectionName).filter((_, index) => JSON.stringify(rows[index]).includes(text));
  }

  it('is not in clear in the database, and unreadable when the user is erased; the amounts stay', async () => {
    world = await People.in(app);
    await post('/credits/1005/add', { amount: 70, description: words }, 'admin', { 'idempotency-key': 'lamp' });
    await add('ann', 10, 'Something else');
    await spend('bob', 20, words);
    await platform('/transfers', { amount: 5, toUserId: world.ids.ann, description: words }, 'bob');
    expect([await where('Dalloway'), await where(world.emails.bob)]).toEqual([[], expect.arrayContaining(['users'])]);
    const before = (await get('/transactions')).body;
    expect(before.transactions.map(({ description }: { description: string }) => description)).toEqual([
      words,
      words,
      words,
      'Something else',
      words,
    ]);

    expect((await world.call('bob', 'DELETE', '/api/me')).status).toBe(200);
    const erased = { user_id: 0, user_email: '', description: '[erased]' };
    const [sent, received, spent, other, grant] = before.transactions;
    expect((await get('/transactions')).body).toEqual({
      ...before,
      transactions: [
        { ...sent, ...erased },
        { ...received, description: '[erased]' },
        { ...spent, ...erased },
        other,
        { ...grant, ...erased },
      ],
    });
    expect([sent.amount, sent.balance_after, received.balance_after]).toEqual([5, 45, 15]);
    expect((await get('/credits/1004', 'ann')).body).toMatchObject({ balance: 15, total: 2 });
    for (const user of ['1005', world.ids.bob]) expect(told(await get(`/credits/${user}`))).toEqual(refused(404, 'User not found'));
    expect([await where('Dalloway'), await where(world.emails.bob)]).toEqual([[], []]);
  });

  it('says nothing in an answer that is repeated', async () => {
    const json = { amount: 70, description: words };
    const answer = await post('/credits/1005/add', json, 'admin', { 'idempotency-key': 'lamp' });
    expect(told(answer)).toEqual(refused(404, 'User not found'));
  });
});

it.each(['/api/financial', '/api/financial/credits', '/api/financial/unknown'])('%s is nothing', async (path) => {
  expect(told(await app.call('GET', path))).toEqual(refused(404, 'Not found'));
});
