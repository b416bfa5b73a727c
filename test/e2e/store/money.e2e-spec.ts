import { randomUUID } from 'node:crypto';
import { Database } from '../../../src/kernel/mongo/database.js';
import { accountOf, type Entry } from '../../../src/ledger/ledger.js';
import { LedgerReader } from '../../../src/ledger/ledger-reader.service.js';
import { type Answer, type CallOptions, startApp, type TestApp } from '../../support/app.js';
import { as, newTenant } from '../../support/as.js';
import { grant, newItem, newTeam, password, storeSession, type TestTeam } from '../../support/store.js';

let app: TestApp;
let admin: string;

beforeAll(async () => {
  app = await startApp();
  admin = (await as(app, 'admin')).token;
});
afterAll(() => app.close());

const told = ({ status, body }: Answer) => ({ status, body: body as unknown });
const fails = (status: number, error: string) => ({ status, body: { error, outcome: 'none' } });
const insufficient = fails(400, 'Insufficient funds');
const keyed = (key: string): CallOptions => ({ headers: { 'idempotency-key': key } });
const idOf = ({ body }: Answer) => body.transaction_id as number;
const isReplayed = ({ headers }: Answer) => headers.get('idempotency-replayed') === 'true';
const entryOf = async (n: number, tenantId = 'ten_default') => (await app.app.get(LedgerReader).entry(tenantId, n)) as Entry;
const countOf = (answers: readonly Answer[], status: number) => answers.filter((answer) => answer.status === status).length;
const times = <Result>(count: number, work: (index: number) => Promise<Result>) =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

describe('/buy', () => {
  it('is one posting from the team to the store, of the price in the catalogue', async () => {
    const [team, item] = [await newTeam(app, 100), await newItem(app, 30)];
    const bought = await team.post('/buy', { item_id: item, price: 1, amount: 1 });
    expect(told(bought)).toEqual({ status: 200, body: { transaction_id: expect.any(Number) } });
    expect(await entryOf(idOf(bought))).toMatchObject({
      kind: 'purchase',
      memo: 'bought item from shop',
      meta: { itemNumber: item, price: 30 },
      postings: [
        { account: accountOf(team.userId), bucket: 'available', delta: -30, balanceAfter: 70 },
        { account: '@store:CREDIT', bucket: 'available', delta: 30 },
      ],
    });
    expect(await team.balance()).toBe(70);
  });

  it.each<[unknown]>([
    [99_999],
    [0],
    [-1],
    [1.5],
    ['abc'],
    [''],
    ['1; DROP TABLE items'],
    [true],
    [[1]],
    [{ $gt: 0 }],
    [1e21],
    ['9'.repeat(50)],
  ])('finds no item %j', async (item_id) => {
    const team = await newTeam(app, 100);
    expect(told(await team.post('/buy', { item_id }))).toEqual(fails(404, 'Item not be found'));
    expect(await team.balance()).toBe(100);
  });

  it('looks for the item before it looks at the balance, and takes the last credit', async () => {
    const [team, item] = [await newTeam(app, 10), await newItem(app, 10)];
    expect(told(await team.post('/buy', { item_id: 99_999 }))).toEqual(fails(404, 'Item not be found'));
    expect((await team.post('/buy', { item_id: String(item) })).status).toBe(200);
    expect(told(await team.post('/buy', { item_id: item }))).toEqual(insufficient);
    expect(told(await team.post('/buy', { item_id: 99_999 }))).toEqual(fails(404, 'Item not be found'));
    expect(await team.balance()).toBe(0);
  });

  it('sells five times what can be paid five times, however many ask at once', async () => {
    const [team, item] = [await newTeam(app, 50), await newItem(app, 10)];
    const other = await startApp({ mongodbUri: app.mongodbUri });
    const json = { token: team.token, item_id: item };
    const answers = await times(20, (index) => (index % 2 ? app : other).call('POST', '/buy', { json }));
    expect([countOf(answers, 200), countOf(answers, 400)]).toEqual([5, 15]);
    expect(answers.filter(({ status }) => status === 400).map(told)).toEqual(Array.from({ length: 15 }, () => insufficient));
    expect(new Set(answers.filter(({ status }) => status === 200).map(idOf)).size).toBe(5);
    expect(await team.balance()).toBe(0);
    await other.close();
  });

  it('sells what the team’s own tenant sells', async () => {
    const tenantId = await newTenant(app);
    const [team, item] = [await newTeam(app, 100, tenantId), await newItem(app, 40, tenantId)];
    expect([team.number, item]).toEqual([1, 1]);
    expect((await team.post('/items')).body).toEqual({ items: [{ name: 'Item for 40', price: 40, uuid: 1 }] });
    expect((await team.post('/buy', { item_id: 1 })).body).toEqual({ transaction_id: 2 });
    expect(await team.balance()).toBe(60);
  });
});

describe('/transfer', () => {
  let from: TestTeam;
  let to: TestTeam;
  beforeEach(async () => {
    [from, to] = [await newTeam(app, 100), await newTeam(app, 100)];
  });
  const balances = async () => [await from.balance(), await to.balance()];

  it('is one posting from team to team', async () => {
    const moved = await from.post('/transfer', { recipient: to.number, amount: 30 });
    expect(told(moved)).toEqual({ status: 200, body: { transaction_id: expect.any(Number) } });
    expect(await entryOf(idOf(moved))).toMatchObject({
      kind: 'transfer',
      memo: `transfer to team ${to.number}`,
      postings: [
        { account: accountOf(from.userId), delta: -30, balanceAfter: 70 },
        { account: accountOf(to.userId), delta: 30, balanceAfter: 130 },
      ],
    });
    expect(await balances()).toEqual([70, 130]);
  });

  it.each<[unknown, string]>([
    [-1, "Can't do negative amounts"],
    ['-100', "Can't do negative amounts"],
    [-0.5, "Can't do negative amounts"],
    [0, 'Please enter a number'],
    ['0', 'Please enter a number'],
    ['nan', 'Please enter a number'],
    ['NaN', 'Please enter a number'],
    ['Infinity', 'Please enter a number'],
    ['abc', 'Please enter a number'],
    ['', 'Please enter a number'],
    [0.5, 'Please enter a number'],
    ['1.5', 'Please enter a number'],
    ['1e1', 'Please enter a number'],
    [true, 'Please enter a number'],
    [[1], 'Please enter a number'],
    [['1', '2'], 'Please enter a number'],
    [{ $gt: 0 }, 'Please enter a number'],
    [101, 'Insufficient funds'],
    ['99999999999999999999', 'Insufficient funds'],
    [1e300, 'Insufficient funds'],
    [Number.MAX_SAFE_INTEGER, 'Insufficient funds'],
  ])('moves nothing for the amount %j: %s', async (amount, error) => {
    expect(told(await from.post('/transfer', { recipient: to.number, amount }))).toEqual(fails(400, error));
    expect(await balances()).toEqual([100, 100]);
  });

  it.each<[unknown]>([[999], [0], [-1], [1.5], ['abc'], [''], [true], [[1]], [{ $gt: 0 }]])('finds no team %j', async (recipient) => {
    expect(told(await from.post('/transfer', { recipient, amount: 1 }))).toEqual(fails(404, 'Team id not found'));
    expect(await from.balance()).toBe(100);
  });

  it('finds teams only: who has no username is none', async () => {
    const person = await as(app, 'merchant');
    const session = await storeSession(app, person.email, person.password);
    const { team_id: recipient } = (await app.call('POST', '/get-balance', { json: { token: session } })).body;
    expect(told(await from.post('/transfer', { recipient, amount: 1 }))).toEqual(fails(404, 'Team id not found'));
    await grant(app, person.userId, 50, 'ten_default');
    const back = { token: session, recipient: to.number, amount: 50 };
    expect((await app.call('POST', '/transfer', { json: back })).status).toBe(200);
    const { transactions } = (await to.post('/transactions')).body;
    expect(transactions.at(-1)).toMatchObject({ src: recipient, dst: to.number, amount: 50 });
  });

  it('checks the recipient, then the amount, then whether it is oneself, then the balance', async () => {
    const ask = (recipient: number, amount: unknown) => from.post('/transfer', { recipient, amount }).then(told);
    expect(await ask(999, 'abc')).toEqual(fails(404, 'Team id not found'));
    expect(await ask(from.number, 'abc')).toEqual(fails(400, 'Please enter a number'));
    expect(await ask(from.number, -5)).toEqual(fails(400, "Can't do negative amounts"));
    expect(await ask(from.number, 1000)).toEqual(fails(400, "Can't transfer to yourself"));
    expect(await ask(from.number, 1)).toEqual(fails(400, "Can't transfer to yourself"));
    expect(await ask(to.number, 1000)).toEqual(insufficient);
  });

  it('never pays more than there is, and loses nothing, whoever pays whom at once', async () => {
    const answers = await times(40, (index) => {
      const [one, other] = index % 2 ? [from, to] : [to, from];
      return one.post('/transfer', { recipient: other.number, amount: 60 });
    });
    expect(countOf(answers, 200) + countOf(answers, 400)).toBe(40);
    const [mine = 0, theirs = 0] = await balances();
    expect(mine + theirs).toBe(200);
    expect(Math.min(mine, theirs)).toBeGreaterThanOrEqual(0);
  });

  it('reaches no team of another tenant', async () => {
    const tenantId = await newTenant(app);
    const [first, foreign] = [await newTeam(app, 5, tenantId), await newTeam(app, 5, tenantId)];
    expect([first.number, foreign.number]).toEqual([1, 2]);
    expect((await first.post('/transfer', { recipient: 2, amount: 5 })).status).toBe(200);
    expect(await foreign.balance()).toBe(10);
    expect(told(await first.post('/transfer', { recipient: from.number + 2, amount: 1 }))).toEqual(fails(404, 'Team id not found'));
  });
});

describe('/transactions', () => {
  it('show what changed the balance, also by other surfaces, oldest first', async () => {
    const [team, other] = [await newTeam(app, 100), await newTeam(app, 100)];
    const credits = (path: string, json: object) =>
      app.call('POST', `/api/v1/credits/${path}`, { token: admin, json, headers: { 'idempotency-key': randomUUID() } });
    const granted = await credits('grants', { userId: team.userId, amount: 7, description: 'for the winners' });
    expect(granted.status).toBe(201);
    const held = await credits('holds', { userId: team.userId, amount: 5, expiresAt: new Date(Date.now() + 60_000).toISOString() });
    expect(held.status).toBe(201);
    await other.post('/transfer', { recipient: team.number, amount: 20 });
    await team.post('/transfer', { recipient: other.number, amount: 3 });
    const { transactions } = (await team.post('/transactions')).body;
    const seen = (transactions as Record<string, unknown>[]).map(({ src, dst, desc, amount }) => [src, dst, desc, amount]);
    expect(seen).toEqual([
      [0, team.number, 'opening balance', 100],
      [0, team.number, 'for the winners', 7],
      [other.number, team.number, `transfer to team ${team.number}`, 20],
      [team.number, other.number, `transfer to team ${other.number}`, 3],
    ]);
    const numbers = (transactions as { uuid: number }[]).map(({ uuid }) => uuid);
    expect(numbers).toEqual(numbers.toSorted((one, another) => one - another));
    expect(await team.balance()).toBe(119);
  });

  it('are the newest thousand', async () => {
    const team = await newTeam(app, 1);
    for (let round = 0; round < 4; round++)
      await times(251, (index) => grant(app, team.userId, 1, 'ten_default', `gift ${round} ${index}`));
    const { transactions } = (await team.post('/transactions')).body;
    expect(transactions).toHaveLength(1000);
    expect((transactions as { desc: string }[]).some(({ desc }) => desc === 'opening balance')).toBe(false);
    expect(transactions[0].uuid).toBeLessThan(transactions[999].uuid);
    expect(await team.balance()).toBe(1005);
  });

  it('show a team that was erased as 0', async () => {
    const [team, other] = [await newTeam(app, 10), await newTeam(app, 10)];
    await team.post('/transfer', { recipient: other.number, amount: 10 });
    const users = app.app.get(Database).collection<{ _id: string }>('users');
    await users.updateOne({ _id: other.userId }, { $set: { memberships: [], erasedAt: new Date() }, $unset: { username: '' } });
    const fresh = await startApp({ mongodbUri: app.mongodbUri });
    const { body } = await fresh.call('POST', '/transactions', { json: { token: team.token } });
    expect(body.transactions.at(-1)).toMatchObject({ src: team.number, dst: 0, desc: `transfer to team ${other.number}`, amount: 10 });
    await fresh.close();
  });
});

describe('an Idempotency-Key', () => {
  it('buys once, however often and however many at once', async () => {
    const [team, item, key] = [await newTeam(app, 100), await newItem(app, 30), keyed(randomUUID())];
    const answers = await times(10, () => team.post('/buy', { item_id: item }, key));
    const again = await team.post('/buy', { item_id: item }, key);
    expect(new Set([...answers, again].map(idOf)).size).toBe(1);
    expect([...answers, again].filter(isReplayed)).toHaveLength(10);
    expect(await team.balance()).toBe(70);
  });

  it('moves once, also after the next login', async () => {
    const [team, other, key] = [await newTeam(app, 100), await newTeam(app, 0), keyed(randomUUID())];
    const fields = { recipient: other.number, amount: 60 };
    const first = await team.post('/transfer', fields, key);
    const token = await storeSession(app, team.username, password);
    const again = await app.call('POST', '/transfer', { json: { ...fields, token }, ...key });
    expect([told(again), isReplayed(again)]).toEqual([told(first), true]);
    expect(await other.balance()).toBe(60);
  });

  it('is the caller’s own', async () => {
    const [team, other, item, key] = [await newTeam(app, 100), await newTeam(app, 100), await newItem(app, 30), keyed('1')];
    const [mine, theirs] = [await team.post('/buy', { item_id: item }, key), await other.post('/buy', { item_id: item }, key)];
    expect([mine.status, theirs.status, isReplayed(theirs)]).toEqual([200, 200, false]);
    expect(idOf(theirs)).not.toBe(idOf(mine));
    expect([await team.balance(), await other.balance()]).toEqual([70, 70]);
  });

  it('is answered in a session only', async () => {
    const [team, item, key] = [await newTeam(app, 100), await newItem(app, 30), keyed(randomUUID())];
    await team.post('/buy', { item_id: item }, key);
    await team.post('/expire-session');
    expect(told(await team.post('/buy', { item_id: item }, key))).toEqual({ status: 403, body: { error: 'Invalid session' } });
  });

  it('refuses another request, and one that is none', async () => {
    const [team, item, key] = [await newTeam(app, 100), await newItem(app, 30), randomUUID()];
    await team.post('/buy', { item_id: item }, keyed(key));
    const used = { status: 400, body: { error: 'Idempotency-Key was used with another request' } };
    expect(told(await team.post('/buy', { item_id: await newItem(app, 30) }, keyed(key)))).toEqual(used);
    expect(told(await team.post('/buy', { item_id: 99_999 }, keyed(key)))).toEqual(used);
    expect(told(await team.post('/buy', { item_id: item }, keyed('x'.repeat(256))))).toEqual({
      status: 400,
      body: { error: 'Idempotency-Key must be 1 to 255 printable ASCII characters' },
    });
    expect(await team.balance()).toBe(70);
  });

  it('still tells what was bought when it is not for sale any more, or costs more', async () => {
    const [team, item, key] = [await newTeam(app, 100), await newItem(app, 30), keyed(randomUUID())];
    const first = await team.post('/buy', { item_id: item }, key);
    for (const json of [{ price: 50 }, { archived: true }]) {
      expect((await app.call('PATCH', `/api/v1/store/items/${item}`, { token: admin, json })).status).toBe(200);
      const again = await team.post('/buy', { item_id: item }, key);
      expect([told(again), isReplayed(again)]).toEqual([told(first), true]);
    }
    expect(await team.balance()).toBe(70);
  });

  it('that was refused may be tried again', async () => {
    const [team, item, key] = [await newTeam(app, 0), await newItem(app, 30), keyed(randomUUID())];
    expect(told(await team.post('/buy', { item_id: item }, key))).toEqual(insufficient);
    await grant(app, team.userId, 30, 'ten_default');
    expect((await team.post('/buy', { item_id: item }, key)).status).toBe(200);
    expect(await team.balance()).toBe(0);
  });
});
