import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Oracle } from '../../support/oracle.js';
import { scale } from '../../support/random.js';
import { mongodOn } from '../../support/mongod.js';
import { startServer, type TestServer } from '../../support/server.js';

const kills = scale(3, 20);
const clients = 16;
const longestMs = 60_000;
const payment = { merchant: 'Spotify', payment_type: 'card', amount_minor: '100', currency: 'GBP', region: 'UK' };

interface Load {
  over: boolean;
  readonly acknowledged: string[];
  readonly unknown: string[];
  readonly refusals: Set<number>;
  slowestMs: number;
}

let dataDir: string;
let server: TestServer;
let token: string;
let work: Load;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'payops-crash-'));
  await start();
  await server.call('POST', '/api/auth/register', { form: { email: 'ann@example.com', password: 'secret1' } });
  token = await signIn();
}, 120_000);
afterAll(async () => {
  await server.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function start(): Promise<void> {
  server = await startServer({ DATA_DIR: dataDir, EMBEDDED_MONGO_PORT: '0' });
}
async function signIn(): Promise<string> {
  return (await server.call('POST', '/api/auth/login', { form: { email: 'ann@example.com', password: 'secret1' } })).body.data.token;
}
/** The server has its database started again, and needs no start itself. */
async function whenReady(): Promise<void> {
  while ((await server.call('GET', '/health/ready')).status !== 200) await pause(50);
}

/** Sends payments until the server is gone or the work is over; a key is acknowledged only by an answer that was read whole. */
async function load(prefix: string): Promise<Load> {
  work = { over: false, acknowledged: [], unknown: [], refusals: new Set(), slowestMs: 0 };
  const { acknowledged, unknown, refusals } = work;
  const client = async (number: number) => {
    for (let sent = 0; !work.over; sent++) {
      const key = `${prefix}-${number}-${sent}`;
      const since = performance.now();
      const status = await create(key).then(
        (answer) => answer.status,
        () => undefined,
      );
      work.slowestMs = Math.max(work.slowestMs, performance.now() - since);
      (status === 201 ? acknowledged : unknown).push(key);
      if (status === 201) continue;
      if (status !== undefined) refusals.add(status);
      return;
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  return work;
}
// The region tells afterwards which key a payment came from.
const create = (key: string) =>
  server.call('POST', '/api/payments', { token, form: { ...payment, region: key }, headers: { 'idempotency-key': key } });

async function regions(): Promise<string[]> {
  const found: string[] = [];
  for (let page = 1; ; page++) {
    const { payments } = (await server.call('GET', `/api/payments?limit=100&page=${page}`, { token })).body.data;
    if (payments.length === 0) return found;
    found.push(...payments.map(({ region }: { region: string }) => region));
  }
}

async function assertNothingLost(acknowledged: readonly string[], unknown: readonly string[]): Promise<void> {
  const before = await regions();
  expect(acknowledged.filter((key) => !before.includes(key))).toEqual([]);
  expect(before).toHaveLength(new Set(before).size);
  for (const key of [...acknowledged.slice(-20), ...unknown]) {
    const { status, body } = await create(key);
    expect([key, status, status === 201 || body]).toEqual([key, 201, true]);
  }
  const after = await regions();
  expect(after).toHaveLength(new Set(after).size);
  expect([...acknowledged, ...unknown].filter((key) => !after.includes(key))).toEqual([]);
  const oracle = await Oracle.of(`mongodb://127.0.0.1:${(await mongodOn(dataDir)).port}/payops?directConnection=true`);
  const list = (await server.call('GET', '/api/payments?from=2020-01-01', { token })).body.data;
  const statuses = (await server.call('GET', '/api/analytics/payment-status', { token })).body.data;
  const volume = (await server.call('GET', '/api/analytics/payment-volume', { token })).body.data;
  expect({ total: list.total, statuses, volume }).toEqual({
    total: oracle.count({}),
    statuses: oracle.statuses({}),
    volume: oracle.volume({}),
  });
  await oracle.close();
}

it.each(['server', 'database', 'both'])(
  'keeps what it acknowledged when the %s is killed in mid-work',
  async (victim) => {
    let kept = 0;
    for (let kill = 0; kill < kills; kill++) {
      const running = load(`${victim}-${kill}`);
      while (work.acknowledged.length < 20 + kill * 30) await pause(5);
      if (victim !== 'server') process.kill((await mongodOn(dataDir)).pid, 'SIGKILL');
      if (victim !== 'database') await server.kill9();
      if (victim === 'database') await whenReady();
      work.over = true;
      const { acknowledged, unknown, refusals, slowestMs } = await running;
      // Nobody is kept waiting for what will never come.
      expect(slowestMs).toBeLessThan(longestMs);
      refusals.delete(503);
      expect({ refusals: [...refusals], output: refusals.size > 0 ? server.output() : '' }).toEqual({ refusals: [], output: '' });
      // The requests that met the kill: a server takes them along, while a database that comes back lets them succeed.
      expect(unknown.length > 0 || victim === 'database').toBe(true);
      if (victim !== 'database') await start();
      token = await signIn();
      await assertNothingLost(acknowledged, unknown);
      kept += acknowledged.length;
    }
    process.stdout.write(`crash: ${kills} kills of the ${victim}, ${kept} acknowledged payments, all there\n`);
  },
  kills * 120_000,
);
