import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { comesTrue, freePort, spawnMongod, stopProcess } from '../../../src/kernel/mongo/mongod-process.js';
import { identify, type ProcessIdentity } from '../../../src/kernel/mongo/process-identity.js';
import { becomePrimary, servedPath } from '../../../src/kernel/mongo/replica-set.js';
import { resolveMongod } from '../../../src/kernel/mongo/resolve-mongod.js';
import type { Answer } from '../../support/app.js';
import { testDatabaseUri } from '../../support/database.js';
import { testMongodSource } from '../../support/mongod.js';
import { startServer, type TestServer } from '../../support/server.js';
import { standStill } from '../../support/stand-still.js';

const form = { merchant: 'Spotify', payment_type: 'card', amount_minor: '100', currency: 'GBP', region: 'UK' };
const json = { merchant: 'Spotify', paymentType: 'card', amountMinor: 100, currency: 'GBP', region: 'UK' };
const email = 'ann@example.com';
const password = 'hunter2-hunter2';

let home: string;
let servers: TestServer[];

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'payops-operations-'));
  servers = [];
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.kill9()));
  await rm(home, { recursive: true, force: true });
});

/** On a database of its own on the shared mongod, unless `env` says otherwise. */
async function start(env: Record<string, string> = {}): Promise<TestServer> {
  const server = await startServer({ MONGODB_URI: testDatabaseUri('operations'), DATA_DIR: join(home, 'data'), ...env });
  servers.push(server);
  return server;
}

async function signedIn(server: TestServer): Promise<string> {
  await server.call('POST', '/api/auth/register', { form: { email, password } });
  return (await server.call('POST', '/api/auth/login', { form: { email, password } })).body.data.token as string;
}

describe('a start that is refused', () => {
  it('says how to mend a standalone server', async () => {
    const { bin } = await resolveMongod(testMongodSource());
    const port = await freePort(0);
    const mongod = spawn(bin, ['--dbpath', home, '--port', String(port), '--bind_ip', '127.0.0.1', '--nounixsocket'], { stdio: 'ignore' });
    try {
      await expect(start({ MONGODB_URI: `mongodb://127.0.0.1:${port}/payops` })).rejects.toThrow(
        `The server ended with 1:
MONGODB_URI (127.0.0.1:${port}) is a standalone server, which has no transactions.
Start it with --replSet rs0 and run rs.initiate() once, or remove MONGODB_URI to use the embedded database outside production.
`,
      );
    } finally {
      await stopProcess(identify(mongod.pid ?? 0));
    }
  });

  it('lists every variable that production lacks', async () => {
    const refused = start({ NODE_ENV: 'production', MONGODB_URI: '', APP_SECRET: '', PASSWORD_POLICY: 'weak' });
    await expect(refused).rejects.toThrow(
      `The server ended with 78:
The configuration cannot be used:
  MONGODB_URI is missing: expected a mongodb:// or mongodb+srv:// address
  APP_SECRET is missing: expected at least 32 random bytes, such as the output of: openssl rand -base64 48
  PASSWORD_POLICY="weak" is not valid: expected documented or strong
  SYSTEM_ADMIN_PASSWORD is missing: expected a password of your own
`,
    );
  });

  it('names the server that has the data directory', async () => {
    const embedded = { MONGODB_URI: '', EMBEDDED_MONGO_PORT: '0' };
    const port = await freePort(0);
    const first = await start({ ...embedded, PORT: String(port) });
    await expect(start(embedded)).rejects.toThrow(
      `The server ended with 1:
A server already runs on the data directory ${join(home, 'data')}: http://127.0.0.1:${port} (pid ${first.pid}).
Stop it first, or give this one a data directory of its own (DATA_DIR).
`,
    );
    expect((await first.call('GET', '/health/ready')).status).toBe(200);
    expect(await first.stop()).toBe(0);
    await expect(start(embedded)).resolves.toBeDefined();
  });
});

describe('SIGTERM', () => {
  it('turns readiness off, finishes the request under way and ends with 0', async () => {
    const server = await start();
    expect((await server.call('GET', '/health/ready')).body).toEqual({ status: 'ok' });
    const slow = await halfSent(server, '/api/auth/register', JSON.stringify({ email, password }));
    const since = performance.now();
    const ended = server.stop('SIGTERM');
    let last: Answer | undefined;
    const draining = async () => (last = await server.call('GET', '/health/ready')).status === 503;
    expect(await comesTrue(draining, 5_000)).toBe(true);
    expect(last?.body).toEqual({ status: 'unavailable' });
    expect(await comesTrue(() => isRefused(server), 5_000)).toBe(true);
    expect(await slow.finish()).toMatch(/^HTTP\/1\.1 201 [\s\S]*"message":"User registered"/);
    expect(await ended).toBe(0);
    // Long before the end of the grace, although the client did not close the connection.
    expect(performance.now() - since).toBeLessThan(10_000);
  });

  it('cuts a request off that does not end in the time of grace', async () => {
    const server = await start({ SHUTDOWN_GRACE_SECONDS: '1' });
    const slow = await halfSent(server, '/api/auth/register', JSON.stringify({ email, password }));
    expect(await server.stop('SIGTERM')).toBe(0);
    expect(await slow.received()).toBe('');
  });
});

describe.each(['SIGSTOP', 'SIGKILL'] as const)('while mongod has got %s', (signal) => {
  let mongod: OwnMongod;
  let server: TestServer;
  let token: string;
  const keyed = { 'idempotency-key': 'one payment' };
  const outcome = expect.stringMatching(/^(none|unknown)$/) as unknown;
  const envelope = { status: 503, message: expect.any(String), outcome };
  const error = { code: expect.any(String), message: expect.any(String), context: { outcome } };
  const traced = { data: null, error, meta: { traceId: expect.any(String) } };

  beforeEach(async () => {
    mongod = await OwnMongod.start(join(home, 'mongod'));
    // The remembered caller lets the first requests through to the work itself.
    server = await start({ MONGODB_URI: mongod.uri, LOG_LEVEL: 'info', ACTOR_CACHE_MS: '5000' });
    token = await signedIn(server);
  });
  afterEach(() => mongod.end());

  it('every request answers 503 in its own voice within 20 s, and the server recovers by itself', async () => {
    expect((await server.call('GET', '/api/payments', { token })).status).toBe(200);
    await mongod.send(signal);
    const none: string[] = [];
    for (const wave of ['1', '2']) {
      const since = performance.now();
      // The region tells afterwards which request a payment came from.
      const [ready, live, ...answers] = await Promise.all([
        server.call('GET', '/health/ready').then((answer) => ({ ...answer, ms: performance.now() - since })),
        server.call('GET', '/health/live'),
        server.call('POST', '/api/payments', { token, form: { ...form, region: 'keyed' }, headers: keyed }),
        server.call('POST', '/api/payments', { token, form: { ...form, region: `envelope ${wave}` } }),
        server.call('GET', '/api/payments', { token }),
        server.call('POST', '/api/auth/login', { form: { email, password } }),
        server.call('POST', '/api/auth/register', { form: { email: 'bob@example.com', password } }),
        server.call('POST', '/api/v1/payments', { token, json: { ...json, region: `traced ${wave}` } }),
        server.call('GET', '/api/v1/payments', { token }),
        server.call('POST', '/api/v1/tenants', { token, json: { name: 'Acme' } }),
      ]);
      expect(performance.now() - since).toBeLessThan(20_000);
      expect([ready.status, ready.body, live.status]).toEqual([503, { status: 'unavailable' }, 200]);
      // A load balancer must not have to wait as long as a request.
      expect(ready.ms).toBeLessThan(4_500);
      expect(answers.map(({ status, headers }) => [status, headers.get('retry-after')])).toEqual(answers.map(() => [503, '1']));
      expect(answers.map(({ body }) => body)).toEqual([...answers.slice(0, 5).map(() => envelope), ...answers.slice(5).map(() => traced)]);
      const outcomes = answers.map(({ body }) => (body.outcome ?? body.error.context.outcome) as string);
      expect([outcomes[2], outcomes[6]]).toEqual(['none', 'none']);
      if (outcomes[1] === 'none') none.push(`envelope ${wave}`);
      if (outcomes[5] === 'none') none.push(`traced ${wave}`);
    }
    await mongod.restore();
    expect(await comesTrue(async () => (await server.call('GET', '/health/ready')).status === 200, 30_000)).toBe(true);
    const again = () => server.call('POST', '/api/payments', { token, form: { ...form, region: 'keyed' }, headers: keyed });
    // A transaction that mongod held open when it stood still keeps its documents until it is too old.
    expect(await comesTrue(async () => (await again()).status === 201, 30_000)).toBe(true);
    expect((await again()).headers.get('idempotency-replayed')).toBe('true');
    const { payments } = (await server.call('GET', '/api/payments?limit=100', { token })).body.data;
    const regions = payments.map(({ region }: { region: string }) => region) as string[];
    expect(regions.filter((region) => region === 'keyed')).toHaveLength(1);
    expect(regions.filter((region) => none.includes(region))).toEqual([]);
    expect(server.output()).toContain('request failed');
    expect(server.output()).not.toMatch(secrets(token, 'argon2'));
  }, 120_000);
});

describe('the limit of one client', () => {
  const asked = async (server: TestServer, forwarded: readonly string[]): Promise<Answer[]> => {
    const answers: Answer[] = [];
    for (const address of forwarded) answers.push(await server.call('GET', '/api/health', { headers: { 'x-forwarded-for': address } }));
    return answers;
  };
  const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status);
  const four = ['203.0.113.1', '203.0.113.2', '203.0.113.3', '203.0.113.4'];

  it('answers 429 with Retry-After, whatever the client says of its address', async () => {
    const answers = await asked(await start({ RATE_LIMIT_PER_MINUTE: '3' }), four);
    expect(statuses(answers)).toEqual([200, 200, 200, 429]);
    const [refused] = answers.slice(-1);
    expect(refused?.body).toEqual({ status: 429, message: 'Too many requests' });
    const seconds = Number(refused?.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
  });

  it('counts the clients of a trusted proxy apart, by what the proxy itself has seen', async () => {
    const server = await start({ RATE_LIMIT_PER_MINUTE: '3', TRUST_PROXY: '1' });
    expect(statuses(await asked(server, four))).toEqual([200, 200, 200, 200]);
    const made = four.map((address) => `${address}, 203.0.113.9`);
    expect(statuses(await asked(server, made))).toEqual([200, 200, 200, 429]);
  });

  it('is none unless it is set', async () => {
    const many = Array.from({ length: 50 }, () => '203.0.113.1');
    expect(new Set(statuses(await asked(await start(), many)))).toEqual(new Set([200]));
  });
});

it('logs a request by its trace, method, route and status, and never what it holds', async () => {
  const server = await start({ LOG_LEVEL: 'info' });
  const token = await signedIn(server);
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01`, cookie: 'sid=query-secret', 'x-api-key': 'query-secret' };
  await server.call('GET', '/api/payments?limit=1&q=query-secret', { token, headers });
  await server.call('GET', '/api/v1/payments', { headers: { 'x-api-key': 'query-secret' } });
  await server.call('GET', '/nowhere?q=query-secret', { token });
  await server.call('GET', '/api/payments?limit=query-secret', { token });
  await server.call('POST', '/api/auth/login', { json: { email, password: `${password}-wrong` } });
  await server.call('POST', `/api/auth/login?password=${password}`, { json: { email, password } });
  const { body } = await server.call('POST', '/api/v1/auth/login', { json: { email, password } });
  await server.call('POST', '/api/v1/auth/refresh', { json: { refreshToken: body.data.refreshToken } });
  await server.stop();
  const lines = server
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as object);
  expect(lines).toContainEqual(
    expect.objectContaining({ traceId, method: 'GET', route: '/api/payments', status: 200, ms: expect.any(Number) }),
  );
  expect(lines).toContainEqual(expect.objectContaining({ method: 'GET', route: 'none', status: 404 }));
  expect(lines.length).toBeGreaterThanOrEqual(9);
  expect(server.output()).not.toMatch(secrets(token, body.data.refreshToken as string, body.data.accessToken as string, 'query-secret'));
});

describe('a browser of another origin', () => {
  const origin = 'https://console.acme.test';
  const preflight = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' };
  const allowed = ({ headers }: Answer) => headers.get('access-control-allow-origin');

  it('is let in by nothing unless it is named', async () => {
    const server = await start();
    expect(allowed(await server.call('GET', '/api/health', { headers: { origin } }))).toBeNull();
    expect(allowed(await server.call('OPTIONS', '/api/payments', { headers: preflight }))).toBeNull();
  });

  it('is let in where CORS_ORIGINS names it, and no other is', async () => {
    const server = await start({ CORS_ORIGINS: `https://acme.test,${origin}` });
    expect(allowed(await server.call('GET', '/api/health', { headers: { origin } }))).toBe(origin);
    const answer = await server.call('OPTIONS', '/api/payments', { headers: preflight });
    expect([answer.status, allowed(answer), answer.headers.get('access-control-allow-headers')]).toEqual([204, origin, 'authorization']);
    for (const other of ['https://evil.test', 'https://console.acme.test.evil.test', 'null', 'http://console.acme.test']) {
      expect(allowed(await server.call('GET', '/api/health', { headers: { origin: other } }))).toBeNull();
    }
  });
});

it('two servers that start at once on one empty database leave the demo data once', async () => {
  const MONGODB_URI = testDatabaseUri('demo');
  const env = { MONGODB_URI, DEMO_DATA: 'small' };
  const client = await MongoClient.connect(MONGODB_URI);
  const counts = async () => [
    await client.db().collection('users').countDocuments(),
    await client.db().collection('payments').countDocuments(),
  ];
  for (let round = 0; round < 2; round++) {
    const both = await Promise.all([start({ ...env, DATA_DIR: join(home, 'a') }), start({ ...env, DATA_DIR: join(home, 'b') })]);
    // Besides the administrator, four accounts and twelve teams.
    expect(await counts()).toEqual([1 + 4 + 12, 2_000]);
    const login = { email: 'vishnu@payments.com', password: 'finance123' };
    for (const server of both) {
      const token = (await server.call('POST', '/api/auth/login', { form: login })).body.data.token as string;
      expect((await server.call('GET', '/api/payments?limit=1', { token })).body.data.total).toBe(2_000);
      expect(await server.stop()).toBe(0);
    }
  }
  await client.close();
});

/** What must not be in a log, as one expression. */
const secrets = (...tokens: string[]): RegExp =>
  new RegExp([password, ...tokens].map((secret) => secret.replace(/[.+*?]/g, '\\$&')).join('|'));

async function isRefused({ url }: TestServer): Promise<boolean> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(false)).once('error', () => resolve(true));
  }).finally(() => socket.destroy()) as Promise<boolean>;
}

/** A request that the server is in the middle of reading. */
async function halfSent(
  { url }: TestServer,
  path: string,
  body: string,
): Promise<{ finish(): Promise<string>; received(): Promise<string> }> {
  const socket: Socket = connect(Number(new URL(url).port), '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString()));
  const closed = once(socket, 'close');
  const head = [`POST ${path} HTTP/1.1`, 'host: localhost', 'content-type: application/json', `content-length: ${body.length}`];
  // The server answers this before the body comes, so it is known to have the request.
  socket.write(`${[...head, 'expect: 100-continue'].join('\r\n')}\r\n\r\n`);
  expect(await comesTrue(() => text.startsWith('HTTP/1.1 100 Continue'), 10_000)).toBe(true);
  socket.write(body.slice(0, 5));
  text = '';
  return {
    finish: async () => {
      socket.write(body.slice(5));
      await closed;
      return text.trimStart();
    },
    received: async () => {
      await closed;
      return text.trim();
    },
  };
}

/** A mongod that comes back, on the port and with the data that it had, only when it is told to. */
class OwnMongod {
  private identity: ProcessIdentity | undefined;

  private constructor(
    private readonly bin: string,
    private readonly directory: string,
    private readonly port: number,
  ) {}

  static async start(directory: string): Promise<OwnMongod> {
    const { bin } = await resolveMongod(testMongodSource());
    await mkdir(join(directory, 'db'), { recursive: true });
    const mongod = new OwnMongod(bin, directory, await freePort(0));
    await mongod.launch();
    return mongod;
  }

  get uri(): string {
    return `mongodb://127.0.0.1:${this.port}/payops?replicaSet=rs0`;
  }

  async send(signal: 'SIGSTOP' | 'SIGKILL'): Promise<void> {
    const identity = this.identity as ProcessIdentity;
    if (signal === 'SIGSTOP') return standStill(identity.pid);
    process.kill(identity.pid, signal);
    await stopProcess(identity);
  }

  async restore(): Promise<void> {
    if (await servedPath(this.port)) return;
    try {
      process.kill(this.identity?.pid ?? 0, 'SIGCONT');
    } catch {
      await this.launch();
    }
  }

  async end(): Promise<void> {
    if (!this.identity) return;
    process.kill(this.identity.pid, 'SIGCONT');
    await stopProcess(this.identity);
  }

  private async launch(): Promise<void> {
    const { bin, directory, port } = this;
    const databasePath = join(directory, 'db');
    const { identity } = await spawnMongod({ bin, port, databasePath, logPath: join(directory, 'mongod.log') });
    this.identity = identity;
    expect(await comesTrue(async () => (await servedPath(port)) === databasePath, 30_000)).toBe(true);
    await becomePrimary(port);
  }
}
