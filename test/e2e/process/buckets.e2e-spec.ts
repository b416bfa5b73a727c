import { type AnyBulkWriteOperation, MongoClient } from 'mongodb';
import type { Answer } from '../../support/app.js';
import { testDatabaseUri } from '../../support/database.js';
import { Oracle, type OracleFilter } from '../../support/oracle.js';
import { payops } from '../../support/payops.js';
import { newSeed, randomOf, scale } from '../../support/random.js';
import { startServer, type TestServer } from '../../support/server.js';

const seed = newSeed();
const operations = scale(300, 20_000);
const atOnce = 16;
const random = randomOf(seed);
const uri = testDatabaseUri('buckets');
let servers: TestServer[];
let admin: string;
const merchants: { email: string; token: string }[] = [];

beforeAll(async () => {
  process.stdout.write(`buckets: seed ${seed}, ${operations} operations over two processes\n`);
  const env = { MONGODB_URI: uri, BACKGROUND_INTERVAL_MS: '200' };
  servers = await Promise.all([startServer(env), startServer(env)]);
  admin = await signIn('admin@system.local', 'Admin@123!');
  for (const email of ['ann@example.com', 'bob@example.com']) {
    await server().call('POST', '/api/auth/register', { form: { email, password: 'secret1' } });
    merchants.push({ email, token: await signIn(email, 'secret1') });
  }
}, 120_000);
afterAll(() => Promise.all(servers.map((one) => one.stop())));

const server = () => random.pick(servers);
async function signIn(email: string, password: string): Promise<string> {
  return (await server().call('POST', '/api/auth/login', { form: { email, password } })).body.data.token;
}
const attempt = () => ({
  provider: random.pick(['Stripe', 'PayPal', 'Adyen']),
  result: random.pick(['success', 'failure']),
  latency_ms: random.pick([random.below(30), random.below(500), random.below(90_000)]),
});
const moment = () => new Date(Date.UTC(2026, 0, 1 + random.below(60), random.below(24), random.below(60))).toISOString();
const attempts = () => JSON.stringify(Array.from({ length: random.below(3) }, attempt));

async function someId(): Promise<string> {
  const page = 1 + random.below(20);
  const { payments } = (await server().call('GET', `/api/payments?limit=5&page=${page}`, { token: admin })).body.data;
  return payments.length === 0 ? '65f1a7c4b2e8f4a91c0d2211' : random.pick<{ _id: string }>(payments)._id;
}

function change(): Record<string, string> {
  return random.pick([
    () => ({ status: random.pick(['success', 'failed', 'pending']) }),
    () => ({ provider_attempts: attempts() }),
    () => ({ initiated_at: moment() }),
    () => ({ amount_minor: String(1 + random.below(100_000)), currency: random.pick(['GBP', 'EUR', 'USD']) }),
    () => ({ merchant: 'Amazon', status: 'success', provider_attempts: attempts() }),
  ])();
}

async function operate(): Promise<number> {
  const chance = random.below(100);
  if (chance < 50) {
    const { token } = random.pick(merchants);
    const form = { merchant: 'Spotify', payment_type: 'card', region: 'UK', amount_minor: String(1 + random.below(100_000)) };
    const rest = { currency: random.pick(['GBP', 'EUR', 'USD']), provider_attempts: attempts() };
    return (await server().call('POST', '/api/payments', { token, form: { ...form, ...rest } })).status;
  }
  const id = await someId();
  if (chance < 90) return (await server().call('PUT', `/api/payments/${id}`, { token: admin, form: change() })).status;
  return (await server().call('DELETE', `/api/payments/${id}`, { token: admin })).status;
}

async function operateAtOnce(count: number): Promise<Map<number, number>> {
  const answers = new Map<number, number>();
  let left = count;
  const worker = async () => {
    while (left-- > 0) {
      const status = await operate();
      answers.set(status, (answers.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return answers;
}

/** A query as the product reads it, and the same as the oracle does. */
function someFilter(): { query: string; filter: OracleFilter } {
  const status = random.pick([undefined, 'success', 'pending', 'failed']);
  const day = (offset: number) => new Date(Date.UTC(2026, 0, 1 + offset)).toISOString().slice(0, 10);
  const [first, length] = [random.below(60), random.below(30)];
  const range = random.pick([
    {},
    { from: day(first), to: day(first + length), before: day(first + length + 1) },
    { from: `${day(first)}T07:30:00`, fromUtc: `${day(first)}T07:30:00Z` },
    { to: `${day(first)}T19:00:00`, before: `${day(first)}T19:00:00.001Z` },
  ]) as { from?: string; fromUtc?: string; to?: string; before?: string };
  const parameters = { ...(status && { status }), ...(range.from && { from: range.from }), ...(range.to && { to: range.to }) };
  const from = range.fromUtc ?? range.from;
  const filter = { ...(status && { status }), ...(from && { from }), ...(range.before && { before: range.before }) };
  return { query: `?${new URLSearchParams(parameters).toString()}`, filter };
}

async function compare(rounds: number): Promise<void> {
  const oracle = await Oracle.of(uri);
  for (let round = 0; round < rounds; round++) {
    const caller = random.pick([{ email: undefined, token: admin }, ...merchants]);
    const { query, filter } = someFilter();
    const scoped = { ...filter, ...(caller.email !== undefined && { owner: caller.email }) };
    const ask = async (path: string) => (await server().call('GET', path, { token: caller.token })).body.data;
    const [volume, latency, statuses, list] = await Promise.all([
      ask(`/api/analytics/payment-volume${query}`),
      ask(`/api/analytics/provider-latency${query}`),
      ask(`/api/analytics/payment-status${query}`),
      ask(`/api/payments${query}`),
    ]);
    const [rates, failover, declines, percentiles] = await Promise.all([
      ask(`/api/v1/analytics/success-rate${query}`),
      ask(`/api/v1/analytics/failover-recovery${query.replace(/status=\w+/, '')}`),
      ask(`/api/v1/analytics/attempt-declines${query}`),
      ask(`/api/v1/analytics/latency-percentiles${query}`),
    ]);
    const exact = oracle.percentiles(scoped);
    const found = { volume, latency, statuses, attempts: rates.attempts, failover, declines, total: list.total };
    expect({ seed, query, caller: caller.email, ...found, percentiles: nearly(percentiles, exact) }).toEqual({
      seed,
      query,
      caller: caller.email,
      volume: oracle.volume(scoped),
      latency: oracle.latency(scoped),
      statuses: oracle.statuses(scoped),
      attempts: oracle.attempts(scoped),
      failover: oracle.failover(scoped),
      declines: oracle.declines(scoped),
      total: oracle.count(scoped),
      percentiles: exact,
    });
  }
  await oracle.close();
}

type Percentiles = ReturnType<Oracle['percentiles']>;
/** The true figure for each that is at most 2 % off. */
function nearly(found: Percentiles, exact: Percentiles): Percentiles {
  return found.map((row, at) => {
    const its = exact[at];
    const round = (figure: 'p50' | 'p95' | 'p99') =>
      its && Math.abs(row[figure] - its[figure]) <= 0.02 * its[figure] ? its[figure] : row[figure];
    return { ...row, p50: round('p50'), p95: round('p95'), p99: round('p99') };
  });
}

async function whenRebuilt(): Promise<void> {
  for (;;) {
    const { data } = (await server().call('GET', '/api/v1/analytics/daily?from=2026-01-01&to=2026-01-02', { token: admin })).body;
    if (!data.rebuilding) return;
  }
}

it('answers from the buckets what the payments say, after random operations on two processes', async () => {
  const answers = await operateAtOnce(operations);
  expect([...answers.keys()].filter((status) => status >= 500)).toEqual([]);
  expect(answers.get(201)).toBeGreaterThan(operations / 4);
  expect(answers.get(200)).toBeGreaterThan(operations / 8);
  await compare(scale(40, 400));
}, 600_000);

it('stays exact while and after the days are counted in another time zone', async () => {
  // Among so many writers it may be told to come again, with nothing done.
  const change = async (timeZone: string): Promise<Answer> => {
    const answer = await server().call('PATCH', '/api/v1/tenants/ten_default', { token: admin, json: { timeZone } });
    return answer.status === 503 ? change(timeZone) : answer;
  };
  const working = operateAtOnce(operations / 2);
  for (const zone of ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata']) expect((await change(zone)).status).toBe(200);
  const asked = await server().call('GET', '/api/analytics/payment-volume?from=2026-01-01&to=2026-02-01', { token: admin });
  expect(asked.status).toBe(200);
  await working;
  await whenRebuilt();
  await compare(scale(40, 400));
  expect((await change('UTC')).status).toBe(200);
  await whenRebuilt();
  await compare(scale(20, 200));
}, 600_000);

it('agrees with a rebuild from the payments', async () => {
  const before = await Oracle.of(uri);
  const kept = nonZero(await before.buckets());
  const said = await payops(uri, 'analytics', 'rebuild');
  expect(said).toContain(`${before.total} payments counted`);
  expect(nonZero(await before.buckets())).toEqual(kept);
  await before.close();
  await compare(scale(10, 100));
}, 600_000);

/** As if providers had said why they declined; no surface takes that in. */
async function explainFailures(): Promise<number> {
  const client = await MongoClient.connect(uri);
  try {
    const payments = client.db().collection<{ attempts: { result: string; code?: string }[] }>('payments');
    const updates: AnyBulkWriteOperation[] = [];
    for await (const { _id, attempts } of payments.find({ 'attempts.result': 'failure' }).sort({ _id: 1 })) {
      const explained = attempts.map((one) => {
        const code = random.pick([undefined, 'insufficient_funds', 'expired_card', 'do_not_honour']);
        return one.result === 'failure' && code !== undefined ? { ...one, code } : one;
      });
      updates.push({ updateOne: { filter: { _id }, update: { $set: { attempts: explained } } } });
    }
    await payments.bulkWrite(updates as never);
    return await payments.countDocuments({ live: true, 'attempts.code': 'insufficient_funds' });
  } finally {
    await client.close();
  }
}

it('counts why attempts failed, and takes out what it counted', async () => {
  expect(await explainFailures()).toBeGreaterThan(0);
  await payops(uri, 'analytics', 'rebuild');
  await compare(scale(20, 200));
  const answers = await operateAtOnce(operations / 2);
  expect([...answers.keys()].filter((status) => status >= 500)).toEqual([]);
  await compare(scale(20, 200));
  const oracle = await Oracle.of(uri);
  const kept = nonZero(await oracle.buckets());
  await payops(uri, 'analytics', 'rebuild');
  expect(nonZero(await oracle.buckets())).toEqual(kept);
  await oracle.close();
}, 600_000);

/** A rebuild writes no group that came to nothing. */
function nonZero(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(nonZero).filter((item) => hasNumber(item));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, part]) => [name, nonZero(part)] as const);
  return Object.fromEntries(entries.filter(([, part]) => part !== 0 && !(typeof part === 'object' && part !== null && !hasNumber(part))));
}
function hasNumber(value: unknown): boolean {
  if (typeof value === 'number') return value !== 0;
  return typeof value === 'object' && value !== null && Object.values(value).some(hasNumber);
}
