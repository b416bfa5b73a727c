import { createHash, randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { DEFAULT_TENANT_ID } from '../../src/kernel/actor/actor.js';
import type { Answer } from './app.js';
import type { randomOf } from './random.js';
import type { TestServer } from './server.js';

export interface Caller {
  readonly userId: string;
  readonly tenantId: string;
  readonly token: string;
}
/** Users of one tenant, and somebody who may move all their credits. */
export interface Team {
  readonly admin: Caller;
  readonly users: readonly string[];
}
const password = 'secret1';

export async function defaultTeam(server: TestServer, uri: string, size: number): Promise<Team> {
  const users = await newUsers(server, uri, size);
  const login = { email: 'admin@system.local', password: 'Admin@123!' };
  const { token } = (await server.call('POST', '/api/auth/login', { form: login })).body.data as { token: string };
  const { user } = (await server.call('GET', '/api/v1/auth/me', { token })).body.data as { user: { id: string } };
  return { admin: { userId: user.id, tenantId: DEFAULT_TENANT_ID, token }, users };
}

/** Users of the default tenant. */
export async function newUsers(server: TestServer, uri: string, size: number): Promise<string[]> {
  const emails = Array.from({ length: size }, () => `${randomUUID()}@example.com`);
  await Promise.all(emails.map((email) => server.call('POST', '/api/auth/register', { form: { email, password } })));
  const client = await MongoClient.connect(uri);
  const name = client.options.dbName === 'test' ? 'payops' : client.options.dbName;
  const found = await client
    .db(name)
    .collection<{ _id: string }>('users')
    .find({ email: { $in: emails } })
    .toArray();
  await client.close();
  if (found.length < size) throw new Error('A user could not be registered');
  return found.map(({ _id }) => _id);
}

/** A new tenant whose owner is its only user. */
export async function ownTenant(server: TestServer): Promise<Team> {
  const json = { email: `${randomUUID()}@example.com`, password, name: 'Ann', tenantName: 'Acme Ltd' };
  const { data } = (await server.call('POST', '/api/v1/auth/register', { json })).body as {
    data: { accessToken: string; user: { id: string }; tenant: { id: string } };
  };
  return { admin: { userId: data.user.id, tenantId: data.tenant.id, token: data.accessToken }, users: [data.user.id] };
}

export interface Request {
  readonly path: string;
  readonly json: Readonly<Record<string, unknown>>;
}
export type Told =
  | { readonly said: 'yes'; readonly number: number; readonly replayed: boolean }
  /** Certainly nothing happened. */
  | { readonly said: 'no'; readonly status: number; readonly code: string }
  /** No answer, or one that leaves it open. */
  | { readonly said: 'open'; readonly status?: number; readonly code?: string };
export interface Operation extends Request {
  readonly key: string;
  /** What every sending of it was answered with. */
  readonly told: Told[];
}

/** What clients have sent and what they were told, to be held against the books afterwards. */
export class CreditHistory {
  readonly operations: Operation[] = [];
  private readonly run = randomUUID().slice(0, 8);

  constructor(readonly caller: Caller) {}

  /** Sends it under a key of its own. */
  async send(server: TestServer, request: Request): Promise<Operation> {
    const operation = { ...request, key: `${this.run}-${this.operations.length}`, told: [] };
    this.operations.push(operation);
    await this.again(server, operation);
    return operation;
  }

  /** The same request once more. */
  async again(server: TestServer, { path, json, key, told }: Operation): Promise<Told> {
    const sent = server.call('POST', path, { token: this.caller.token, json, headers: { 'idempotency-key': key } });
    const answer = await sent.then(toldBy, (): Told => ({ said: 'open' }));
    told.push(answer);
    return answer;
  }

  /** Those of which no client knows how they ended. */
  get open(): Operation[] {
    return this.operations.filter(({ told }) => isOpen(told));
  }

  get acknowledged(): Operation[] {
    return this.operations.filter(({ told }) => told.some(({ said }) => said === 'yes'));
  }

  get statuses(): number[] {
    return this.operations.flatMap(({ told }) => told.flatMap((one) => (one.said === 'yes' ? 201 : (one.status ?? []))));
  }

  /** Answers that no client is to get, whatever happens to servers and database. */
  get unexpected(): string[] {
    return this.operations.flatMap(({ path, told }) => {
      // A hold that was not made in time is refused for its end.
      const expected = [409, 422, 503, ...(path.endsWith('/holds') ? [400] : [])];
      return told.flatMap((one) => (one.said === 'yes' || expected.includes(one.status ?? 503) ? [] : [`${path}: ${one.status}`]));
    });
  }

  /** The key of the entry that an operation makes. */
  entryKey({ path, key }: Operation): string {
    const { tenantId, userId } = this.caller;
    return createHash('sha256')
      .update(JSON.stringify([tenantId, userId, 'POST', path, key]))
      .digest('base64url');
  }
}

function isOpen(told: readonly Told[]): boolean {
  return told.some(({ said }) => said === 'open') && !told.some(({ said }) => said === 'yes') && told.at(-1)?.said !== 'no';
}

/** Nobody has answered at all. */
export const isUnheard = (told: Told | undefined): boolean => told?.said === 'open' && told.status === undefined;

function toldBy({ status, body, headers }: Answer): Told {
  if (status === 201) return { said: 'yes', number: body.data.number as number, replayed: headers.get('idempotency-replayed') === 'true' };
  const { code = '', context } = (body?.error ?? {}) as { code?: string; context?: { outcome?: string } };
  const isNothing = status < 500 || (status === 503 && context?.outcome === 'none');
  return { said: isNothing ? 'no' : 'open', status, code };
}

export const grant = (userId: string, amount: number): Request => ({
  path: '/api/v1/credits/grants',
  json: { userId, amount, description: 'g' },
});
export const spend = (userId: string, amount: number): Request => ({
  path: '/api/v1/credits/spends',
  json: { userId, amount, description: 's' },
});
export const transfer = (userId: string, toUserId: string, amount: number): Request => ({
  path: '/api/v1/credits/transfers',
  json: { userId, toUserId, amount, description: 't' },
});
export const hold = (userId: string, amount: number, lastsMs = 3_600_000): Request => ({
  path: '/api/v1/credits/holds',
  json: { userId, amount, description: 'h', expiresAt: new Date(Date.now() + lastsMs).toISOString() },
});
export const commitHold = (number: number, amount?: number): Request => ({
  path: `/api/v1/credits/holds/hld_${number}/commit`,
  json: { ...(amount !== undefined && { amount }) },
});
export const voidHold = (number: number): Request => ({ path: `/api/v1/credits/holds/hld_${number}/void`, json: {} });
export const reverse = (number: number, amount: number): Request => ({
  path: '/api/v1/credits/reversals',
  json: { transactionId: `tx_${number}`, amount, description: 'r' },
});

const lastsLong = ({ expiresAt }: Request['json']): boolean => Date.parse(String(expiresAt)) - Date.now() > 60_000;

/** What one client does next; it knows the holds and the grants that it made. */
export class CreditClient {
  private readonly holds: number[] = [];
  private readonly granted: number[] = [];

  constructor(
    private readonly users: readonly string[],
    private readonly random: ReturnType<typeof randomOf>,
  ) {}

  next(): Request {
    const { random, users } = this;
    const [user, other] = [random.pick(users), random.pick(users)];
    const amount = 1 + random.below(20);
    const chance = random.below(100);
    const held = this.holds.length > 0 && chance < 20 ? this.holds.shift() : undefined;
    if (held !== undefined) return chance < 10 ? commitHold(held) : voidHold(held);
    if (chance < 30) return hold(user, amount, random.pick([1_500, 3_600_000]));
    const reversed = chance < 35 ? this.granted.shift() : undefined;
    if (reversed !== undefined) return reverse(reversed, 1);
    if (chance < 60) return grant(user, 10 + amount);
    return chance < 80 || user === other ? spend(user, amount) : transfer(user, other, amount);
  }

  /** Remembers what an operation made. */
  learn({ path, json, told }: Operation): void {
    const last = told.at(-1);
    if (last?.said !== 'yes') return;
    // Half of those that soon end by themselves are left to it: clients that are quick would close them all before.
    if (path.endsWith('/holds') && (lastsLong(json) || this.random.below(2) === 0)) this.holds.push(last.number);
    if (path.endsWith('/grants')) this.granted.push(last.number);
  }
}
