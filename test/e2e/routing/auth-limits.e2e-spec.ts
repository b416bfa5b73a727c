import { Database } from '../../../src/kernel/mongo/database.js';
import { type Answer, startApp, type TestApp } from '../../support/app.js';
import { as, type Somebody } from '../../support/as.js';

const env = { TRUST_PROXY: '1', LOGIN_WINDOW_SECONDS: '600' };
let app: TestApp;
let addresses = 0;
const freshAddress = () => `10.0.${Math.floor(++addresses / 250)}.${addresses % 250}`;

beforeAll(async () => {
  app = await startApp({ env });
});
afterAll(() => app.close());

const from = (address: string) => ({ 'x-forwarded-for': address });
const login = (email: string, password: string, address: string, on = app): Promise<Answer> =>
  on.call('POST', '/api/auth/login', { json: { email, password }, headers: from(address) });
const guess = (email: string, address: string, on = app) => login(email, 'wrong password', address, on).then(({ status }) => status);
const guesses = (times: number, email: string, address: string) => Promise.all(Array.from({ length: times }, () => guess(email, address)));
const countOf = (statuses: readonly number[], status: number) => statuses.filter((each) => each === status).length;

async function failTenTimes({ email }: Pick<Somebody, 'email'>, address: string): Promise<void> {
  for (let time = 1; time <= 10; time++) expect(await guess(email, address)).toBe(401);
}

it('lets a client fail ten times for an account, then says when to come back', async () => {
  const [user, address] = [await as(app, 'merchant'), freshAddress()];
  await failTenTimes(user, address);
  const { status, body, headers } = await login(user.email, user.password, address);
  expect({ status, body: body as unknown }).toEqual({
    status: 429,
    body: { status: 429, message: 'Too many failed attempts, try again later' },
  });
  const wait = Number(headers.get('retry-after'));
  expect(wait).toBeGreaterThan(590);
  expect(wait).toBeLessThanOrEqual(600);
  expect((await login(user.email, user.password, freshAddress())).status).toBe(200);
});

it('counts an account that does not exist alike', async () => {
  const [nobody, address] = [{ email: 'nobody@acme.test' }, freshAddress()];
  await failTenTimes(nobody, address);
  expect(await guess(nobody.email, address)).toBe(429);
});

it('begins anew after a success', async () => {
  const [user, address] = [await as(app, 'merchant'), freshAddress()];
  for (let round = 1; round <= 2; round++) {
    for (let time = 1; time <= 9; time++) expect(await guess(user.email, address)).toBe(401);
    expect((await login(user.email, user.password, address)).status).toBe(200);
  }
  await failTenTimes(user, address);
  expect(await guess(user.email, address)).toBe(429);
});

it('counts guesses that are sent at once', async () => {
  const [user, address] = [await as(app, 'merchant'), freshAddress()];
  const statuses = await guesses(40, user.email, address);
  expect([countOf(statuses, 401), countOf(statuses, 429)]).toEqual([10, 30]);
});

it('does not count sign-ins that succeed, however many at once', async () => {
  const [user, address] = [await as(app, 'merchant'), freshAddress()];
  const answers = await Promise.all(Array.from({ length: 40 }, () => login(user.email, user.password, address)));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 40 }, () => 200));
});

it('lets an account be tried fifty times, from wherever', async () => {
  const user = await as(app, 'merchant');
  for (let client = 1; client <= 5; client++) expect(countOf(await guesses(10, user.email, freshAddress()), 401)).toBe(10);
  expect(await guess(user.email, freshAddress())).toBe(429);
  expect((await login(user.email, user.password, freshAddress())).status).toBe(429);
});

it('does not charge an account for tries of a client that has used up its own', async () => {
  const [user, address] = [await as(app, 'merchant'), freshAddress()];
  await guesses(10, user.email, address);
  expect(countOf(await guesses(60, user.email, address), 429)).toBe(60);
  expect(await guess(user.email, freshAddress())).toBe(401);
});

it('lets an address fail a hundred times, for whomever', async () => {
  const [user, address] = [await as(app, 'merchant'), freshAddress()];
  for (let email = 1; email <= 10; email++) expect(countOf(await guesses(10, `${email}@guessed.test`, address), 401)).toBe(10);
  expect(await guess('other@guessed.test', address)).toBe(429);
  expect((await login(user.email, user.password, address)).status).toBe(429);
  expect((await login(user.email, user.password, freshAddress())).status).toBe(200);
});

it('shares the count between nodes and surfaces', async () => {
  const other = await startApp({ env, mongodbUri: app.mongodbUri });
  const [user, address] = [await as(app, 'merchant'), freshAddress()];
  const platform = (password: string) =>
    other.call('POST', '/api/v1/auth/login', { json: { email: user.email, password }, headers: from(address) });
  for (let time = 1; time <= 3; time++) {
    expect(await guess(user.email, address)).toBe(401);
    expect(await guess(user.email, address, other)).toBe(401);
    expect((await platform('wrong password')).status).toBe(401);
  }
  const change = { currentPassword: 'wrong password', newPassword: 'new password' };
  const changing = () => app.call('POST', '/api/v1/auth/password', { token: user.token, json: change, headers: from(address) });
  expect((await changing()).status).toBe(400);
  expect(await guess(user.email, address)).toBe(429);
  expect(await guess(user.email, address, other)).toBe(429);
  expect((await changing()).status).toBe(429);
  const { status, body, headers } = await platform(user.password);
  expect({ status, error: body.error as unknown }).toEqual({
    status: 429,
    error: { code: 'rate_limited', message: 'Too many failed attempts, try again later', context: {} },
  });
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  await other.close();
});

it('keeps neither e-mails nor addresses, each count once, and drops them when they end', async () => {
  const limits = app.app.get(Database).collection('login_limits');
  const text = JSON.stringify(await limits.find({}).toArray());
  expect(text).toContain('pair:');
  expect(text).not.toMatch(/acme\.test|guessed\.test|10\.0\./);
  expect(await limits.indexes()).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ key: { key: 1 }, unique: true }),
      expect.objectContaining({ key: { expire: -1 }, expireAfterSeconds: 0 }),
    ]),
  );
});
