import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { HoldExpiry } from '../../../src/ledger/hold-expiry.js';
import { type Answer, startApp, type TestApp } from '../../support/app.js';
import { FakeClock } from '../../support/clock.js';
import { type Name, People } from '../../support/people.js';

let app: TestApp;
let clock: FakeClock;
let client: MongoClient;
let world: People;

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
const now = () => clock.now().toISOString();
const get = (path: string, who: Name = 'admin') => world.call(who, 'GET', `/api/v1/credits${path}`);
const post = (path: string, json: unknown, who: Name = 'admin', key: string = randomUUID()) =>
  world.call(who, 'POST', `/api/v1/credits${path}`, { json, headers: { 'idempotency-key': key } });
const grant = (name: Name, amount: number, more: object = {}) => post('/grants', { userId: world.ids[name], amount, ...more });
const spend = (name: Name, amount: number, more: object = {}) => post('/spends', { amount, ...more }, name);
const inDays = (days: number) => new Date(clock.now().getTime() + days * 86_400_000).toISOString();
const hold = (name: Name, amount: number, more: object = {}) => post('/holds', { amount, expiresAt: inDays(10), ...more }, name);
const accountId = (name: Name) => `acc_${world.ids[name]}`;
const account = async (name: Name, asset = '') => (await get(`/accounts/${accountId(name)}${asset}`)).body.data;
const told = ({ status, body }: Answer) => ({ status, data: body.data, error: body.error });
const done = (status: number, data: unknown) => ({ status, data, error: null });
const refused = (status: number, code: string, message: string, context: object = {}) => ({
  status,
  data: null,
  error: { code, message, context },
});
const invalid = (field: string, message: string) => refused(400, 'validation_failed', message, { fields: [{ field, message }] });
const none = { outcome: 'none' };
const insufficient = refused(409, 'insufficient_credits', 'Insufficient credits', none);
const denied = refused(403, 'forbidden', 'Access denied');
const noUser = refused(404, 'not_found', 'User not found');
const noAccount = refused(404, 'not_found', 'Account not found');
const noHold = refused(404, 'not_found', 'Hold not found');
const noTransaction = refused(404, 'not_found', 'Transaction not found');
const closed = refused(409, 'hold_closed', 'The hold is closed', none);
const exceeded = (message: string) => refused(422, 'limit_exceeded', message, none);

const own = (name: Name, delta: number, balanceAfter: number | null, bucket = 'available', asset = '') => {
  return { accountId: accountId(name) + asset, book: null, bucket, delta, balanceAfter };
};
const book = (name: string, delta: number, balanceAfter: number | null) => {
  return { accountId: null, book: name, bucket: 'available', delta, balanceAfter };
};
const entry = (number: number, kind: string, description: string, postings: readonly object[], more: object = {}) => {
  return { id: `tx_${number}`, number, kind, asset: 'CREDIT', description, postings, refersTo: null, at: now(), ...more };
};

describe('grants, spends and transfers', () => {
  beforeAll(async () => {
    world = await People.in(app);
  });

  it('move credits, and show what they moved', async () => {
    const granted = await grant('ann', 500, { description: ' Welcome ' });
    expect(told(granted)).toEqual(done(201, entry(1, 'grant', 'Welcome', [book('issuance', -500, -500), own('ann', 500, 500)])));
    expect(granted.body.meta).toEqual({ traceId: granted.headers.get('x-trace-id') });
    // What the caller may not see is not shown: neither the book of the tenant nor the balance of others.
    expect(told(await spend('ann', 100, { description: 'Report generated' }))).toEqual(
      done(201, entry(2, 'spend', 'Report generated', [own('ann', -100, 400), book('revenue', 100, null)])),
    );
    expect(told(await post('/transfers', { amount: 50, toUserId: world.ids.bob }, 'ann'))).toEqual(
      done(201, entry(3, 'transfer', '', [own('ann', -50, 350), own('bob', 50, null)])),
    );
  });

  it("move anybody's for an admin, who sees all", async () => {
    const [from, to] = [world.ids.ann, world.ids.cyd];
    expect(told(await post('/spends', { userId: from, amount: 1 }))).toEqual(
      done(201, entry(4, 'spend', '', [own('ann', -1, 349), book('revenue', 1, 101)])),
    );
    expect(told(await post('/transfers', { userId: from, toUserId: to, amount: 49, description: 'Moved' }))).toEqual(
      done(201, entry(5, 'transfer', 'Moved', [own('ann', -49, 300), own('cyd', 49, 49)])),
    );
  });

  it('take what is null for what is left out', async () => {
    const json = { amount: 1, description: null, asset: null };
    expect(told(await post('/grants', { ...json, userId: world.ids.ann, source: null, expiresAt: null }))).toEqual(
      done(201, entry(6, 'grant', '', [book('issuance', -1, -501), own('ann', 1, 301)])),
    );
    expect(told(await post('/spends', { ...json, userId: null }, 'ann'))).toEqual(
      done(201, entry(7, 'spend', '', [own('ann', -1, 300), book('revenue', 1, null)])),
    );
    expect(told(await post('/transfers', { ...json, userId: null, toUserId: world.ids.bob }, 'ann'))).toEqual(
      done(201, entry(8, 'transfer', '', [own('ann', -1, 299), own('bob', 1, null)])),
    );
    const keys = await client.db().collection('ledger_accounts').distinct('asset', { tenantId: world.tenantId });
    expect(keys).toEqual(['CREDIT']);
  });

  it('refuse more than there is, to the last credit', async () => {
    expect(told(await spend('ann', 300))).toEqual(insufficient);
    expect(told(await post('/transfers', { amount: 52, toUserId: world.ids.ann }, 'bob'))).toEqual(insufficient);
    expect(told(await hold('ann', 300))).toEqual(insufficient);
    expect(told(await spend('finance', 1))).toEqual(insufficient);
    expect((await spend('bob', 51)).status).toBe(201);
    expect(told(await spend('bob', 1))).toEqual(insufficient);
  });

  it('refuse a transfer to oneself', async () => {
    const toOneself = refused(422, 'self_transfer', "Can't transfer to yourself", none);
    expect(told(await post('/transfers', { amount: 1, toUserId: world.ids.ann }, 'ann'))).toEqual(toOneself);
    expect(told(await post('/transfers', { amount: 1, userId: world.ids.ann, toUserId: world.ids.ann }))).toEqual(toOneself);
  });

  it('find nobody who is not there', async () => {
    const other = await People.in(app);
    for (const userId of ['usr_nobody', other.ids.ann, '1004', '@issuance', `${world.ids.ann}:CREDIT`]) {
      expect(told(await post('/grants', { userId, amount: 1 }))).toEqual(noUser);
      expect(told(await post('/spends', { userId, amount: 1 }))).toEqual(noUser);
      expect(told(await post('/holds', { userId, amount: 1, expiresAt: '2026-01-20' }))).toEqual(noUser);
      expect(told(await post('/transfers', { toUserId: userId, amount: 1 }, 'ann'))).toEqual(noUser);
      expect(told(await post('/accounts', { userId }))).toEqual(noUser);
    }
  });

  it('keep every unit up to the largest integer, and refuse what would go beyond', async () => {
    const most = 9_007_199_254_740_991;
    const asset = 'BIG';
    expect((await grant('ann', most, { asset })).body.data.postings).toEqual([
      { accountId: null, book: 'issuance', bucket: 'available', delta: -most, balanceAfter: -most },
      own('ann', most, most, 'available', '.BIG'),
    ]);
    expect(told(await grant('ann', 1, { asset }))).toEqual(exceeded('The balance would be too large'));
    expect(await account('ann', '.BIG')).toMatchObject({ balance: most, totalAdded: most });
  });
});

describe('a write', () => {
  beforeAll(async () => {
    world = await People.in(app);
    await grant('ann', 500);
  });
  afterEach(async () => {
    expect(await account('ann')).toMatchObject({ balance: 500, held: 0 });
  });
  const good: Readonly<Record<string, object>> = {
    '/grants': { amount: 1, userId: 'usr_1' },
    '/spends': { amount: 1 },
    '/transfers': { amount: 1, toUserId: 'usr_1' },
    '/holds': { amount: 1, expiresAt: '2026-01-20T00:00:00Z' },
    '/holds/hld_1/commit': { amount: 1 },
    '/reversals': { transactionId: 'tx_1', amount: 1 },
  };
  const whole = 'amount must be an integer number';
  const least = 'amount must not be less than 1';
  const most = 'amount must not be greater than 9007199254740991';

  async function send(path: string, body: string, contentType = 'application/json'): Promise<Answer> {
    const headers = { authorization: `Bearer ${await world.token('admin')}`, 'content-type': contentType, 'idempotency-key': randomUUID() };
    const response = await fetch(`${app.url}/api/v1/credits${path}`, { method: 'POST', headers, body });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }

  describe.each(Object.keys(good))('POST /credits%s', (path) => {
    it.each([
      ['0', least],
      ['-1', least],
      ['1.5', whole],
      ['"100"', whole],
      ['"NaN"', whole],
      ['[100]', whole],
      ['{"$gt":0}', whole],
      ['true', whole],
      ['9007199254740992', most],
      ['1e400', whole],
    ])('refuses an amount of %s', async (amount, message) => {
      const body = JSON.stringify(good[path]).replace('"amount":1', `"amount":${amount}`);
      expect(told(await send(path, body))).toEqual(invalid('amount', message));
    });

    it('refuses a field that it does not know', async () => {
      const message = 'property shoe should not exist';
      expect(told(await post(path, { ...good[path], shoe: 43 }))).toEqual(invalid('shoe', message));
    });

    it('refuses what it cannot read', async () => {
      expect(told(await send(path, '{"amount":'))).toEqual(
        refused(400, 'invalid_json', 'The body is not valid JSON', { offset: expect.any(Number) }),
      );
      expect(told(await send(path, 'amount=1', 'application/x-www-form-urlencoded'))).toMatchObject({
        status: 415,
        error: { code: 'unsupported_media_type' },
      });
      expect(told(await send(path, JSON.stringify({ more: 'x'.repeat(300_000) })))).toMatchObject({
        status: 413,
        error: { code: 'too_large' },
      });
    });

    it('needs a key', async () => {
      const required = refused(400, 'idempotency_key_required', 'Idempotency-Key is required');
      expect(told(await world.call('admin', 'POST', `/api/v1/credits${path}`, { json: good[path] }))).toEqual(required);
      expect(told(await post(path, good[path], 'admin', 'k'.repeat(256)))).toEqual(
        refused(400, 'invalid_idempotency_key', 'Idempotency-Key must be 1 to 255 printable ASCII characters'),
      );
    });

    it('needs somebody signed in', async () => {
      const options = { json: good[path], headers: { 'idempotency-key': 'k' } };
      expect(told(await app.call('POST', `/api/v1/credits${path}`, options))).toEqual(
        refused(401, 'unauthenticated', 'Authorization required'),
      );
    });
  });

  it.each([
    ['/grants', { amount: 1 }, 'userId'],
    ['/grants', { userId: 'usr_1' }, 'amount'],
    ['/grants', { ...good['/grants'], amount: null }, 'amount'],
    ['/grants', { ...good['/grants'], userId: ['usr_1'] }, 'userId'],
    ['/grants', { ...good['/grants'], userId: { $ne: null } }, 'userId'],
    ['/grants', { ...good['/grants'], userId: '' }, 'userId'],
    ['/grants', { ...good['/grants'], source: 'gift' }, 'source'],
    ['/grants', { ...good['/grants'], asset: 'credit' }, 'asset'],
    ['/grants', { ...good['/grants'], asset: 'A'.repeat(17) }, 'asset'],
    ['/grants', { ...good['/grants'], asset: 'A:B' }, 'asset'],
    ['/grants', { ...good['/grants'], asset: 7 }, 'asset'],
    ['/grants', { ...good['/grants'], description: 'x'.repeat(501) }, 'description'],
    ['/grants', { ...good['/grants'], description: 7 }, 'description'],
    ['/grants', { ...good['/grants'], expiresAt: '2030-01-01T00:00:00Z' }, 'expiresAt'],
    ['/spends', {}, 'amount'],
    ['/spends', { amount: 1, userId: '' }, 'userId'],
    ['/transfers', { amount: 1 }, 'toUserId'],
    ['/transfers', { amount: 1, toUserId: null }, 'toUserId'],
    ['/holds', { amount: 1 }, 'expiresAt'],
    ['/holds', { amount: 1, expiresAt: 'tomorrow' }, 'expiresAt'],
    ['/holds', { amount: 1, expiresAt: '2026-02-30T00:00:00Z' }, 'expiresAt'],
    ['/holds', { amount: 1, expiresAt: 1_800_000_000_000 }, 'expiresAt'],
    // Held between a second and 30 days.
    ['/holds', { amount: 1, expiresAt: '2026-01-05T12:00:00.999Z' }, 'expiresAt'],
    ['/holds', { amount: 1, expiresAt: '2026-02-04T12:00:00.001Z' }, 'expiresAt'],
    ['/holds', { amount: 1, expiresAt: '2026-01-01' }, 'expiresAt'],
    ['/reversals', { amount: 1 }, 'transactionId'],
    ['/reversals', { transactionId: 7 }, 'transactionId'],
    ['/accounts', {}, 'userId'],
    ['/accounts', { userId: 'usr_1', asset: 'x' }, 'asset'],
    ['/accounts', { userId: 'usr_1', shoe: 43 }, 'shoe'],
  ])('POST /credits%s refuses %j, naming %s', async (path, json, field) => {
    const { status, body } = await post(path, json);
    expect({ status, code: body.error.code, fields: body.error.context.fields.map((problem: { field: string }) => problem.field) }).toEqual(
      {
        status: 400,
        code: 'validation_failed',
        fields: [field],
      },
    );
  });

  it.each(['grants', 'spends', 'transfers', 'holds', 'reversals', 'holds/hld_1/commit'])('GET /credits/%s is nothing', async (path) => {
    const answer = await get(`/${path}`);
    expect({ status: answer.status, allow: answer.headers.get('allow') }).toEqual({ status: 405, allow: 'POST' });
  });
});

describe('who may do what', () => {
  beforeAll(async () => {
    world = await People.in(app);
    for (const name of ['ann', 'bob', 'finance', 'support', 'admin'] as const) await grant(name, 100);
  });

  it.each(['ann', 'bob', 'finance', 'support', 'admin'] as const)('%s moves its own credits', async (name) => {
    const { holdId } = (await hold(name, 10)).body.data;
    const toUserId = world.ids.cyd;
    const answers = [
      await spend(name, 1),
      await post('/spends', { amount: 1, userId: world.ids[name] }, name),
      await post('/transfers', { amount: 1, toUserId }, name),
      await post('/transfers', { amount: 1, userId: world.ids[name], toUserId }, name),
      await post(`/holds/${holdId}/commit`, { amount: 4 }, name),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201]);
    expect(await account(name)).toMatchObject({ balance: 92, held: 0 });
  });

  it.each(['ann', 'bob', 'finance', 'support'] as const)("%s moves nobody else's, gives nothing and undoes nothing", async (name) => {
    const before = [await account('admin'), await account('cyd')];
    const userId = world.ids.admin;
    for (const answer of [
      await post('/grants', { userId: world.ids[name], amount: 1 }, name),
      await post('/grants', { userId, amount: 1 }, name),
      await post('/spends', { userId, amount: 1 }, name),
      await post('/spends', { userId: 'usr_nobody', amount: 1 }, name),
      await post('/transfers', { userId, toUserId: world.ids[name], amount: 1 }, name),
      await post('/holds', { userId, amount: 1, expiresAt: '2026-01-20' }, name),
      await post('/reversals', { transactionId: 'tx_1' }, name),
      await post('/accounts', { userId }, name),
    ]) {
      expect(told(answer)).toEqual(denied);
    }
    expect([await account('admin'), await account('cyd')]).toEqual(before);
  });

  it('a hold is closed by whom it belongs to, or an admin; others learn no more than they may see', async () => {
    const { holdId } = (await hold('ann', 10)).body.data;
    for (const [name, answer] of [
      ['bob', noHold],
      ['cyd', noHold],
      ['finance', denied],
      ['support', denied],
    ] as const) {
      expect(told(await post(`/holds/${holdId}/commit`, {}, name))).toEqual(answer);
      expect(told(await post(`/holds/${holdId}/void`, {}, name))).toEqual(answer);
    }
    expect((await post(`/holds/${holdId}/void`, {}, 'admin')).status).toBe(201);
  });

  it.each(['ann', 'bob'] as const)('%s reads its own account only', async (name) => {
    const { status, body } = await get(`/accounts/${accountId(name)}`, name);
    expect([status, body.data.userId]).toEqual([200, world.ids[name]]);
    expect((await get(`/accounts/${accountId(name)}/transactions`, name)).status).toBe(200);
    for (const id of [accountId('admin'), accountId('cyd'), 'acc_usr_nobody']) {
      expect(told(await get(`/accounts/${id}`, name))).toEqual(noAccount);
      expect(told(await get(`/accounts/${id}/transactions`, name))).toEqual(noAccount);
    }
    const list = (await get('/accounts', name)).body;
    expect(list.data.map(({ id }: { id: string }) => id)).toEqual([accountId(name)]);
  });

  it.each(['admin', 'finance', 'support'] as const)('%s reads every account', async (name) => {
    expect((await get(`/accounts/${accountId('ann')}`, name)).body.data.userId).toBe(world.ids.ann);
    expect((await get(`/accounts/${accountId('ann')}/transactions`, name)).body.data[0].postings[0].balanceAfter).not.toBeNull();
    const list = (await get('/accounts', name)).body;
    const everybody = (['admin', 'finance', 'support', 'ann', 'bob', 'cyd'] as const).map(accountId);
    expect(list.data.map(({ id }: { id: string }) => id).sort()).toEqual(everybody.sort());
  });

  it("another tenant's are not there", async () => {
    const { holdId } = (await hold('ann', 10)).body.data;
    const [mine, annsAccount, annsId] = [world, accountId('ann'), world.ids.ann];
    world = await People.in(app);
    try {
      expect(told(await get(`/accounts/${annsAccount}`))).toEqual(noAccount);
      expect(told(await get(`/accounts/${annsAccount}/transactions`))).toEqual(noAccount);
      expect((await get('/accounts')).body.data).toEqual([]);
      expect(told(await post('/grants', { userId: annsId, amount: 1 }))).toEqual(noUser);
      expect(told(await post(`/holds/${holdId}/commit`, {}))).toEqual(noHold);
      expect(told(await post(`/holds/${holdId}/void`, {}))).toEqual(noHold);
      expect(told(await post('/reversals', { transactionId: 'tx_1' }))).toEqual(noTransaction);
    } finally {
      world = mine;
    }
    expect((await account('ann')).holds).toHaveLength(1);
  });
});

describe('accounts', () => {
  beforeAll(async () => {
    world = await People.in(app);
  });
  const empty = (name: Name, asset = 'CREDIT') => ({
    id: accountId(name) + (asset === 'CREDIT' ? '' : `.${asset}`),
    userId: world.ids[name],
    asset,
    balance: 0,
    held: 0,
    totalAdded: 0,
    totalSpent: 0,
    holds: [],
    updatedAt: null,
  });

  it('are there before anything was posted, and open with nothing in them', async () => {
    expect(told(await get(`/accounts/${accountId('ann')}`, 'ann'))).toEqual(done(200, empty('ann')));
    expect((await get('/accounts')).body).toMatchObject({ data: [], meta: { page: { limit: 25, nextCursor: null } } });
    expect(told(await post('/accounts', { userId: world.ids.ann }))).toEqual(done(201, empty('ann')));
    expect(told(await post('/accounts', { userId: world.ids.ann, asset: 'POINTS' }))).toEqual(done(201, empty('ann', 'POINTS')));
    expect((await get('/accounts')).body.data).toEqual([empty('ann'), empty('ann', 'POINTS')]);
  });

  it('that are open already are answered as they are', async () => {
    await grant('ann', 70);
    const opened = { ...empty('ann'), balance: 70, totalAdded: 70, updatedAt: now() };
    expect(told(await post('/accounts', { userId: world.ids.ann }))).toEqual(done(201, opened));
    const answers = await Promise.all(Array.from({ length: 10 }, () => post('/accounts', { userId: world.ids.cyd })));
    expect(answers.map(told)).toEqual(Array.from({ length: 10 }, () => done(201, empty('cyd'))));
  });

  it('show their holds', async () => {
    await hold('ann', 20, { expiresAt: '2026-01-06' });
    await hold('ann', 30);
    expect(told(await get(`/accounts/${accountId('ann')}`, 'ann'))).toEqual(
      done(200, {
        ...empty('ann'),
        balance: 20,
        held: 50,
        totalAdded: 70,
        holds: [
          { id: 'hld_2', amount: 20, expiresAt: '2026-01-06T00:00:00.000Z' },
          { id: 'hld_3', amount: 30, expiresAt: '2026-01-15T12:00:00.000Z' },
        ],
        updatedAt: now(),
      }),
    );
  });

  it('keep their assets apart', async () => {
    expect(told(await grant('ann', 5, { asset: 'POINTS', description: 'Bonus' }))).toEqual(
      done(201, {
        ...entry(4, 'grant', 'Bonus', [book('issuance', -5, -5), own('ann', 5, 5, 'available', '.POINTS')]),
        asset: 'POINTS',
      }),
    );
    expect(told(await spend('ann', 6, { asset: 'POINTS' }))).toEqual(insufficient);
    expect(told(await spend('ann', 1, { asset: 'GEMS' }))).toEqual(insufficient);
    expect((await post('/transfers', { amount: 2, asset: 'POINTS', toUserId: world.ids.bob }, 'ann')).status).toBe(201);
    expect((await hold('ann', 3, { asset: 'POINTS' })).body.data).toMatchObject({ asset: 'POINTS', holdId: 'hld_6' });
    expect((await post('/holds/hld_6/commit', {}, 'ann')).body.data).toMatchObject({ asset: 'POINTS', refersTo: 'hld_6' });
    expect(await account('ann', '.POINTS')).toMatchObject({ balance: 0, held: 0, totalAdded: 5, totalSpent: 5 });
    expect(await account('bob', '.POINTS')).toMatchObject({ balance: 2 });
    expect(await account('ann')).toMatchObject({ balance: 20, held: 50, totalSpent: 0 });
    expect((await get(`/accounts/${accountId('bob')}.POINTS/transactions`, 'bob')).body.data).toEqual([
      {
        ...entry(5, 'transfer', '', [own('ann', -2, null, 'available', '.POINTS'), own('bob', 2, 2, 'available', '.POINTS')]),
        asset: 'POINTS',
      },
    ]);
    expect((await get(`/accounts/${accountId('bob')}/transactions`, 'bob')).body.data).toEqual([]);
  });

  it('come page by page, each once', async () => {
    for (const name of ['admin', 'finance', 'support', 'bob'] as const) await grant(name, 1);
    const seen: string[] = [];
    for (let cursor = ''; ;) {
      const { data, meta } = (await get(`/accounts?limit=3${cursor}`)).body;
      expect(meta.page.limit).toBe(3);
      seen.push(...data.map(({ id }: { id: string }) => id));
      if (meta.page.nextCursor === null) break;
      cursor = `&cursor=${meta.page.nextCursor}`;
    }
    const ids = (['admin', 'finance', 'support', 'ann', 'bob', 'cyd'] as const).map(accountId);
    expect([...seen].sort()).toEqual([...ids, `${accountId('ann')}.POINTS`, `${accountId('bob')}.POINTS`].sort());
  });

  it("that are a user's own come page by page too", async () => {
    const first = (await get('/accounts?limit=1', 'ann')).body;
    const second = (await get(`/accounts?limit=1&cursor=${first.meta.page.nextCursor}`, 'ann')).body;
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual([accountId('ann'), `${accountId('ann')}.POINTS`]);
    expect(second.meta.page.nextCursor).toBeNull();
  });

  it.each(['acc_', 'acc_usr_nobody', 'acc_@issuance', 'usr_1', 'acc_usr_1.POINTS', '1004', 'acc_.CREDIT', '%24ne'])(
    '%s is none',
    async (id) => {
      expect(told(await get(`/accounts/${id}`))).toEqual(noAccount);
      expect(told(await get(`/accounts/${id}/transactions`))).toEqual(noAccount);
    },
  );

  it.each(['.credit', '.', '.A.B', `.${'A'.repeat(17)}`])("a user's with %s is none", async (asset) => {
    expect(told(await get(`/accounts/${accountId('ann')}${asset}`))).toEqual(noAccount);
  });
});

describe('transactions of an account', () => {
  /** Whose cursors the lists below may not take. */
  const cursors: Record<string, string> = {};
  beforeAll(async () => {
    world = await People.in(app);
    await grant('ann', 100);
    await spend('ann', 10);
    turnTo('2026-01-06T00:00:00.000Z');
    await hold('ann', 20);
    await post('/holds/hld_3/commit', { amount: 5 }, 'ann');
    await post('/transfers', { amount: 7, toUserId: world.ids.bob }, 'ann');
    turnTo('2026-01-07T23:59:59.999Z');
    await hold('ann', 1);
    await post('/holds/hld_6/void', {}, 'ann');
    await post('/reversals', { transactionId: 'tx_2' });
    await grant('bob', 1);
    cursors.accounts = (await get('/accounts?limit=1')).body.meta.page.nextCursor;
    cursors.transactions = (await get(`/accounts/${accountId('ann')}/transactions?limit=1`)).body.meta.page.nextCursor;
  });
  const list = (query: string, who: Name = 'ann', of: Name = 'ann') => get(`/accounts/${accountId(of)}/transactions?${query}`, who);

  it.each([
    ['', [8, 7, 6, 5, 4, 3, 2, 1]],
    ['order=asc', [1, 2, 3, 4, 5, 6, 7, 8]],
    ['kind=grant', [1]],
    ['kind=spend', [2]],
    ['kind=hold', [6, 3]],
    ['kind=hold_commit', [4]],
    ['kind=hold_void', [7]],
    ['kind=hold_expiry', []],
    ['kind=transfer', [5]],
    ['kind=purchase', []],
    ['kind=reversal', [8]],
    ['from=2026-01-06', [8, 7, 6, 5, 4, 3]],
    ['to=2026-01-06', [5, 4, 3, 2, 1]],
    ['from=2026-01-06&to=2026-01-06&order=asc', [3, 4, 5]],
    ['from=2026-01-06T00:00:00.001Z', [8, 7, 6]],
    ['to=2026-01-05T12:00:00Z', [2, 1]],
    ['to=2026-01-05T11:59:59Z', []],
    ['from=2026-01-07&kind=hold', [6]],
    ['from=2026-01-08&to=2026-01-01', []],
  ])('with "%s" are %j, page by page', async (query, numbers) => {
    const whole = (await list(query)).body;
    expect(whole.data.map(({ number }: { number: number }) => number)).toEqual(numbers);
    expect(whole.meta.page).toEqual({ limit: 25, nextCursor: null });
    const paged: number[] = [];
    for (let cursor = ''; ;) {
      const { data, meta } = (await list(`${query}&limit=3${cursor}`)).body;
      paged.push(...data.map(({ number }: { number: number }) => number));
      if (meta.page.nextCursor === null) break;
      cursor = `&cursor=${meta.page.nextCursor}`;
    }
    expect(paged).toEqual(numbers);
  });

  it('show each kind', async () => {
    const day = { at: '2026-01-06T00:00:00.000Z' };
    const { data } = (await list('order=asc')).body;
    expect(data).toEqual([
      entry(1, 'grant', '', [book('issuance', -100, null), own('ann', 100, 100)], { at: '2026-01-05T12:00:00.000Z' }),
      entry(2, 'spend', '', [own('ann', -10, 90), book('revenue', 10, null)], { at: '2026-01-05T12:00:00.000Z' }),
      entry(3, 'hold', '', [own('ann', -20, 70), own('ann', 20, 20, 'held')], day),
      entry(4, 'hold_commit', '', [own('ann', -20, 0, 'held'), own('ann', 20, 90), own('ann', -5, 85), book('revenue', 5, null)], {
        ...day,
        refersTo: 'hld_3',
      }),
      entry(5, 'transfer', '', [own('ann', -7, 78), own('bob', 7, null)], day),
      entry(6, 'hold', '', [own('ann', -1, 77), own('ann', 1, 1, 'held')]),
      entry(7, 'hold_void', '', [own('ann', -1, 0, 'held'), own('ann', 1, 78)], { refersTo: 'hld_6' }),
      entry(8, 'reversal', '', [book('revenue', -10, null), own('ann', 10, 88)], { refersTo: 'tx_2' }),
    ]);
    // Those who see the tenant see what is left of everybody.
    const [transfer] = (await list('kind=transfer', 'finance')).body.data;
    expect(transfer.postings).toEqual([own('ann', -7, 78), own('bob', 7, 7)]);
    expect((await list('', 'bob', 'bob')).body.data).toEqual([
      entry(9, 'grant', '', [book('issuance', -1, null), own('bob', 1, 8)]),
      entry(5, 'transfer', '', [own('ann', -7, null), own('bob', 7, 7)], day),
    ]);
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=ten', 'limit'],
    ['kind=gift', 'kind'],
    ['order=up', 'order'],
    ['from=yesterday', 'from'],
    ['from=2026-02-30', 'from'],
    ['from=1969-12-31', 'from'],
    ['to=2026-13-01', 'to'],
    ['shoe=43', 'shoe'],
    ['cursor=nonsense', 'cursor'],
    [`cursor=${Buffer.from('["x"]').toString('base64url')}`, 'cursor'],
    [`cursor=${Buffer.from('[1.5]').toString('base64url')}`, 'cursor'],
    [`cursor=${Buffer.from('[7,8]').toString('base64url')}`, 'cursor'],
    [`cursor=${Buffer.from('[{"$gt":0}]').toString('base64url')}`, 'cursor'],
  ])('refuse %s, naming %s', async (query, field) => {
    const { status, body } = await list(query);
    expect({ status, code: body.error.code, field: body.error.context.fields[0].field }).toEqual({
      status: 400,
      code: 'validation_failed',
      field,
    });
  });

  it('do not take a cursor of another list, nor does the list of accounts', async () => {
    const message = 'cursor is not one that this list gave out';
    const strange = refused(400, 'validation_failed', message, { fields: [{ field: 'cursor', message: 'unknown cursor' }] });
    expect(told(await list(`cursor=${cursors.accounts}`))).toEqual(strange);
    expect(told(await get(`/accounts?cursor=${cursors.transactions}`))).toEqual(strange);
  });
});

describe('a hold', () => {
  beforeEach(async () => {
    world = await People.in(app);
    await grant('ann', 100);
  });

  it('sets credits aside until it is committed', async () => {
    expect(told(await hold('ann', 40, { description: 'Deposit', expiresAt: '2026-01-20T10:00:00+02:00' }))).toEqual(
      done(201, {
        ...entry(2, 'hold', 'Deposit', [own('ann', -40, 60), own('ann', 40, 40, 'held')]),
        holdId: 'hld_2',
        expiresAt: '2026-01-20T08:00:00.000Z',
      }),
    );
    expect(told(await spend('ann', 61))).toEqual(insufficient);
    expect(told(await post('/holds/hld_2/commit', {}, 'ann'))).toEqual(
      done(
        201,
        entry(3, 'hold_commit', '', [own('ann', -40, 0, 'held'), own('ann', 40, 100), own('ann', -40, 60), book('revenue', 40, null)], {
          refersTo: 'hld_2',
        }),
      ),
    );
    expect(await account('ann')).toMatchObject({ balance: 60, held: 0, totalSpent: 40, holds: [] });
  });

  it('gives back what is not committed', async () => {
    await hold('ann', 40);
    expect(told(await post('/holds/hld_2/commit', { amount: 41 }, 'ann'))).toEqual(exceeded('More than is held'));
    expect((await post('/holds/hld_2/commit', { amount: 15 }, 'ann')).status).toBe(201);
    expect(await account('ann')).toMatchObject({ balance: 85, held: 0, totalSpent: 15 });
    expect(told(await post('/holds/hld_2/commit', { amount: 1 }, 'ann'))).toEqual(closed);
    expect(told(await post('/holds/hld_2/void', {}, 'ann'))).toEqual(closed);
  });

  it('gives back all when it is voided', async () => {
    await hold('ann', 40);
    const none = await world.call('ann', 'POST', '/api/v1/credits/holds/hld_2/void', { headers: { 'idempotency-key': 'without a body' } });
    expect(told(none)).toEqual(
      done(201, entry(3, 'hold_void', '', [own('ann', -40, 0, 'held'), own('ann', 40, 100)], { refersTo: 'hld_2' })),
    );
    expect(told(await post('/holds/hld_2/void', {}, 'ann'))).toEqual(closed);
    expect(told(await post('/holds/hld_2/commit', {}, 'ann'))).toEqual(closed);
    expect(await account('ann')).toMatchObject({ balance: 100, held: 0, totalSpent: 0 });
  });

  it('that has expired is not committed any more, and can be voided', async () => {
    await hold('ann', 40, { expiresAt: inDays(1) });
    turnTo(inDays(1));
    expect(told(await post('/holds/hld_2/commit', {}, 'ann'))).toEqual(closed);
    expect((await post('/holds/hld_2/void', {}, 'ann')).status).toBe(201);
    expect(await account('ann')).toMatchObject({ balance: 100, held: 0, holds: [] });
  });

  it('that has expired is given back by the product itself, once', async () => {
    await hold('ann', 40, { expiresAt: inDays(1), description: 'Deposit' });
    await hold('ann', 10);
    await app.app.get(HoldExpiry, { strict: false }).expire();
    expect(await account('ann')).toMatchObject({ balance: 50, held: 50 });
    turnTo(inDays(1));
    for (let time = 0; time < 2; time++) await app.app.get(HoldExpiry, { strict: false }).expire();
    expect(await account('ann')).toMatchObject({ balance: 90, held: 10, holds: [{ id: 'hld_3' }], totalSpent: 0 });
    const { data } = (await get(`/accounts/${accountId('ann')}/transactions?kind=hold_expiry`, 'ann')).body;
    expect(data).toEqual([
      entry(4, 'hold_expiry', 'Hold expired', [own('ann', -40, 10, 'held'), own('ann', 40, 90)], { refersTo: 'hld_2' }),
    ]);
    expect(told(await post('/holds/hld_2/commit', {}, 'ann'))).toEqual(closed);
    expect(told(await post('/holds/hld_2/void', {}, 'ann'))).toEqual(closed);
  });

  it('lasts at most 30 days', async () => {
    const from = clock.now().getTime();
    for (const lasts of [1_000, 30 * 86_400_000]) {
      const expiresAt = new Date(from + lasts).toISOString();
      expect((await hold('ann', 1, { expiresAt })).body.data).toMatchObject({ expiresAt });
    }
  });

  it('is one of 64 at most', async () => {
    const answers = await Promise.all(Array.from({ length: 70 }, () => hold('ann', 1)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(64);
    const others = answers.filter(({ status }) => status !== 201);
    expect(others.map(told)).toEqual(Array.from({ length: 6 }, () => exceeded('Too many open holds on this account')));
    expect(await account('ann')).toMatchObject({ balance: 36, held: 64 });
    await post('/holds/hld_2/void', {}, 'ann');
    expect((await hold('ann', 1)).status).toBe(201);
  });

  it.each(['hld_9999', 'hld_0', 'hld_', 'tx_2', '2', 'hld_1'])('%s is none', async (id) => {
    await hold('ann', 1);
    for (const name of ['ann', 'admin'] as const) {
      expect(told(await post(`/holds/${id}/commit`, {}, name))).toEqual(noHold);
      expect(told(await post(`/holds/${id}/void`, {}, name))).toEqual(noHold);
    }
  });

  it('is closed once, by however many at once', async () => {
    await hold('ann', 40);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => post(`/holds/hld_2/${index % 2 === 0 ? 'commit' : 'void'}`, {}, 'ann')),
    );
    const first = answers.filter(({ status }) => status === 201);
    expect(first).toHaveLength(1);
    expect(answers.filter(({ status }) => status !== 201).map(told)).toEqual(Array.from({ length: 19 }, () => closed));
    const spent = first[0]?.body.data.kind === 'hold_commit' ? 40 : 0;
    expect(await account('ann')).toMatchObject({ balance: 100 - spent, held: 0, totalSpent: spent });
  });
});

describe('a reversal', () => {
  beforeEach(async () => {
    world = await People.in(app);
    await grant('ann', 100);
    await spend('ann', 50);
  });
  const reverse = (transactionId: string, more: object = {}) => post('/reversals', { transactionId, ...more });
  const tooMuch = exceeded('More than is left to reverse');
  const never = refused(422, 'unprocessable', 'This transaction cannot be reversed', none);

  it('undoes all of a transaction, once', async () => {
    expect(told(await reverse('tx_2', { description: 'Sent twice' }))).toEqual(
      done(201, entry(3, 'reversal', 'Sent twice', [book('revenue', -50, 0), own('ann', 50, 100)], { refersTo: 'tx_2' })),
    );
    expect(told(await reverse('tx_2'))).toEqual(tooMuch);
    expect(await account('ann')).toMatchObject({ balance: 100, totalAdded: 150, totalSpent: 50 });
  });

  it('undoes a part, and what is left, and never more', async () => {
    expect((await reverse('tx_2', { amount: 20 })).body.data.postings).toEqual([book('revenue', -20, 30), own('ann', 20, 70)]);
    expect(told(await reverse('tx_2', { amount: 31 }))).toEqual(tooMuch);
    expect((await reverse('tx_2', { amount: null })).body.data.postings).toEqual([book('revenue', -30, 0), own('ann', 30, 100)]);
    expect(told(await reverse('tx_2', { amount: 1 }))).toEqual(tooMuch);
  });

  it('takes a grant back as far as it is there', async () => {
    expect(told(await reverse('tx_1'))).toEqual(insufficient);
    expect((await reverse('tx_1', { amount: 50 })).body.data.postings).toEqual([own('ann', -50, 0), book('issuance', 50, -50)]);
    expect(await account('ann')).toMatchObject({ balance: 0, totalSpent: 50 });
  });

  it('takes a transfer back from who received it', async () => {
    await post('/transfers', { amount: 30, toUserId: world.ids.bob }, 'ann');
    expect((await reverse('tx_3', { amount: 10 })).body.data.postings).toEqual([own('bob', -10, 20), own('ann', 10, 30)]);
    await spend('bob', 15);
    expect(told(await reverse('tx_3'))).toEqual(insufficient);
  });

  it('undoes what was committed of a hold, and not the hold', async () => {
    await hold('ann', 40);
    await post('/holds/hld_3/commit', { amount: 25 }, 'ann');
    expect(told(await reverse('tx_3'))).toEqual(never);
    expect(told(await reverse('tx_4', { amount: 26 }))).toEqual(tooMuch);
    expect((await reverse('tx_4')).body.data.postings).toEqual([book('revenue', -25, 50), own('ann', 25, 50)]);
  });

  it('is not undone', async () => {
    await reverse('tx_2');
    expect(told(await reverse('tx_3'))).toEqual(never);
  });

  it.each(['tx_9999', 'tx_0', 'tx_', '2', 'hld_2', 'tx_1.5', 'tx_9999999999999999'])('of %s is none', async (id) => {
    expect(told(await reverse(id))).toEqual(noTransaction);
  });

  it('is never more than was moved, by however many at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => reverse('tx_2', { amount: 10 })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(5);
    expect(answers.filter(({ status }) => status !== 201).map(told)).toEqual(Array.from({ length: 15 }, () => tooMuch));
    expect(await account('ann')).toMatchObject({ balance: 100, totalAdded: 150 });
  });
});

describe('twice and at once', () => {
  beforeEach(async () => {
    world = await People.in(app);
    await grant('ann', 100);
    await hold('ann', 10);
  });
  const replayed = ({ headers }: Answer) => headers.get('idempotency-replayed');

  const writes = (): Record<string, readonly [string, object, Name]> => ({
    grant: ['/grants', { userId: world.ids.ann, amount: 1, description: 'x' }, 'admin'],
    spend: ['/spends', { amount: 1 }, 'ann'],
    transfer: ['/transfers', { amount: 1, toUserId: world.ids.bob }, 'ann'],
    hold: ['/holds', { amount: 1, expiresAt: inDays(1) }, 'ann'],
    commit: ['/holds/hld_2/commit', { amount: 4 }, 'ann'],
    void: ['/holds/hld_2/void', {}, 'ann'],
    reversal: ['/reversals', { transactionId: 'tx_1', amount: 1 }, 'admin'],
  });
  it.each(['grant', 'spend', 'transfer', 'hold', 'commit', 'void', 'reversal'])('a %s under one key acts once', async (name) => {
    const [path, json, who] = writes()[name] ?? ['', {}, 'ann'];
    const first = await post(path, json, who, 'k1');
    const state = await account('ann');
    const again = await post(path, json, who, 'k1');
    expect([first.status, told(again)]).toEqual([201, told(first)]);
    expect([first, again].map(replayed)).toEqual([null, 'true']);
    expect(await account('ann')).toEqual(state);
  });

  it('a key that was used with another body is refused', async () => {
    await post('/spends', { amount: 1 }, 'ann', 'k1');
    const reused = refused(422, 'idempotency_key_reused', 'Idempotency-Key was used with another request');
    expect(told(await post('/spends', { amount: 2 }, 'ann', 'k1'))).toEqual(reused);
    expect(told(await post('/spends', { amount: 1, description: 'x' }, 'ann', 'k1'))).toEqual(reused);
    expect(await account('ann')).toMatchObject({ balance: 89 });
  });

  it('a refusal is not kept: the same request succeeds when there is enough', async () => {
    expect(told(await post('/spends', { amount: 91 }, 'ann', 'k1'))).toEqual(insufficient);
    await grant('ann', 1);
    const paid = await post('/spends', { amount: 91 }, 'ann', 'k1');
    expect([paid.status, replayed(paid)]).toEqual([201, null]);
  });

  it('a key works for ever', async () => {
    const first = await post('/spends', { amount: 1, description: 'Once' }, 'ann', 'k1');
    turnTo('2027-06-01T00:00:00.000Z');
    const later = await post('/spends', { amount: 1, description: 'Once' }, 'ann', 'k1');
    expect([told(later), replayed(later)]).toEqual([told(first), 'true']);
    expect(await account('ann')).toMatchObject({ balance: 89 });
  });

  it.each([
    ['grant', '/grants', 'admin'],
    ['transfer', '/transfers', 'ann'],
  ] as const)('a %s is replayed though its recipient has left since', async (_what, path, who) => {
    const json = { amount: 1, [path === '/grants' ? 'userId' : 'toUserId']: world.ids.bob };
    const first = await post(path, json, who, 'k1');
    expect((await world.call('bob', 'DELETE', '/api/me')).status).toBe(200);
    const again = await post(path, json, who, 'k1');
    expect([again.status, again.body.data.id, replayed(again)]).toEqual([201, first.body.data.id, 'true']);
    expect(told(await post(path, json, who, 'k2'))).toEqual(noUser);
  });

  it('fifty spends with one key have one effect', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => post('/spends', { amount: 10 }, 'ann', 'k1')));
    expect(new Set(answers.map((answer) => JSON.stringify(told(answer)))).size).toBe(1);
    expect(answers.filter((answer) => replayed(answer) === 'true')).toHaveLength(49);
    expect(await account('ann')).toMatchObject({ balance: 80, totalSpent: 10 });
  });

  it('thirty spends of 10 on a balance of 90 succeed nine times', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => spend('ann', 10)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(9);
    expect(answers.filter(({ status }) => status !== 201).map(told)).toEqual(Array.from({ length: 21 }, () => insufficient));
    expect(await account('ann')).toMatchObject({ balance: 0, held: 10, totalSpent: 90 });
  });

  it('transfers in a circle lose nothing', async () => {
    for (const name of ['bob', 'cyd'] as const) await grant(name, 50);
    const circle = ['ann', 'bob', 'cyd'] as const;
    const answers = await Promise.all(
      Array.from({ length: 45 }, (_, index) => {
        const [from, to] = [circle[index % 3] ?? 'ann', circle[(index + 1) % 3] ?? 'ann'];
        return post('/transfers', { amount: 3, toUserId: world.ids[to] }, from);
      }),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 45 }, () => 201));
    expect(await Promise.all(circle.map(async (name) => (await account(name)).balance))).toEqual([90, 50, 50]);
  });
});

describe('what people wrote', () => {
  it('is read by those it concerns until it is erased, and stands nowhere in clear', async () => {
    world = await People.in(app);
    const words = `Settled with Clarissa ${randomUUID()}`;
    const where = async () => {
      const collections = await client.db().collections();
      const rows = await Promise.all(collections.map((collection) => collection.find().toArray()));
      return collections.map(({ collectionName }) => collectionName).filter((_, index) => JSON.stringify(rows[index]).includes(words));
    };
    await grant('bob', 100, { description: words });
    await post('/transfers', { amount: 10, toUserId: world.ids.ann, description: words }, 'bob');
    await hold('bob', 10, { description: words });
    await post('/reversals', { transactionId: 'tx_2', amount: 1, description: words });
    expect(await where()).toEqual([]);
    const descriptions = async (who: Name, of: Name) =>
      (await get(`/accounts/${accountId(of)}/transactions`, who)).body.data.map(({ description }: { description: string }) => description);
    expect([await descriptions('bob', 'bob'), await descriptions('ann', 'ann')]).toEqual([
      [words, words, words, words],
      [words, words],
    ]);

    const before = await account('bob');
    expect((await world.call('bob', 'DELETE', '/api/me')).status).toBe(200);
    expect(await descriptions('admin', 'bob')).toEqual(['[erased]', '[erased]', '[erased]', '[erased]']);
    expect(await descriptions('ann', 'ann')).toEqual(['[erased]', '[erased]']);
    expect(await account('bob')).toEqual(before);
    expect(await account('ann')).toMatchObject({ balance: 9 });
    expect(told(await post('/grants', { userId: world.ids.bob, amount: 1 }))).toEqual(noUser);
  });
});
