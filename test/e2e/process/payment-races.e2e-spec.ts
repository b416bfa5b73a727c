import { randomUUID } from 'node:crypto';
import { MongoClient } from 'mongodb';
import type { Answer } from '../../support/app.js';
import { testDatabaseUri } from '../../support/database.js';
import { eventually } from '../../support/eventually.js';
import { newSeed, randomOf, scale } from '../../support/random.js';
import { buildSandbox, type SandboxProcess, type SandboxProgram } from '../../support/sandbox-process.js';
import { startServer, type TestServer } from '../../support/server.js';
import { approved, by, providerNames, Shop, sold, turn } from '../../support/shops.js';

const seed = newSeed();
const random = randomOf(seed);
const rounds = scale(10, 50);
const uri = testDatabaseUri('payment-races');
const counts: string[] = [];
let program: SandboxProgram;
let sandbox: SandboxProcess;
let servers: [TestServer, TestServer];
let client: MongoClient;
let shop: Shop;

beforeAll(async () => {
  program = await buildSandbox();
  sandbox = await program.start();
  const env = {
    MONGODB_URI: uri,
    SANDBOX_URL: sandbox.url,
    RESOLVE_AFTER_MS: '50',
    BACKGROUND_INTERVAL_MS: '200',
    PROVIDER_TIMEOUT_MS: '5000',
  };
  servers = await Promise.all([startServer(env), startServer(env)]);
  client = await MongoClient.connect(uri);
}, 120_000);
beforeEach(async () => {
  for (const name of providerNames) await turn(sandbox.url, name, {});
  // Webhooks come to the second one.
  shop = await Shop.open(servers[1], sandbox.url);
});
afterEach(async () => {
  expect({ seed, backward: await unlisted() }).toEqual({ seed, backward: [] });
});
afterAll(async () => {
  process.stdout.write(`payment-races: seed ${seed}; ${counts.join('; ')}\n`);
  await client.close();
  await Promise.all(servers.map((server) => server.stop()));
  await program.remove();
});

const server = (number: number): TestServer => servers[number % 2] as TestServer;
const times = <Item>(count: number, item: (index: number) => Item): Item[] => Array.from({ length: count }, (_, index) => item(index));

/** Typed by hand: the state of a payment goes these ways and no other. */
const listed = new Set(
  [
    'authorizing>authorized authorizing>captured authorizing>declined authorizing>unknown',
    'unknown>authorized unknown>captured unknown>cancelled unknown>declined',
    'created>authorizing authorized>captured authorized>cancelled authorized>unknown',
    'captured>partially_refunded captured>refunded partially_refunded>refunded',
  ].flatMap((line) => line.split(' ')),
);
/** Changes of state in the audit log of the shop that cannot be. */
async function unlisted(): Promise<string[]> {
  const changes = await client
    .db()
    .collection('audit')
    .find({ tenantId: shop.tenantId, 'after.state': { $exists: true } })
    .toArray();
  const stateOf = (side: unknown) => (side as { state?: string } | null)?.state;
  return changes
    .flatMap(({ before, after }) => (stateOf(before) === undefined ? [] : [`${stateOf(before)}>${stateOf(after)}`]))
    .filter((change) => !listed.has(change));
}

/** How many got which answer: the status, and the code of a refusal. */
function answers(all: readonly Answer[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { status, body } of all) {
    const name = status < 300 ? 'yes' : `${status} ${body.error.code}`;
    found[name] = (found[name] ?? 0) + 1;
  }
  return found;
}
const isYes = ({ status }: Answer): boolean => status < 300;
/** Those who were told no, and that nothing was done. */
function assertClearlyRefused(all: readonly Answer[]): void {
  const told = all
    .filter((answer) => !isYes(answer))
    .map(({ status, body }) => [status, body.error.context.outcome ?? body.error.code] as const);
  expect(told.filter(([status, said]) => status !== 409 || !['none', 'request_in_flight'].includes(said as string))).toEqual([]);
}

/** Ours and the provider's books are the same, and nothing is there twice. */
async function assertAgreed(id: string): Promise<Answer['body']> {
  const payment = await eventually(async () => {
    const found = await shop.payment(id);
    return (found.processing?.operation ?? null) === null && !['authorizing', 'unknown'].includes(found.state as string) && found;
  });
  const { capturedMinor: captured, refundedMinor: refunded, review } = payment.processing;
  const books = (await shop.books(id)).map((one) => {
    return {
      authorizations: one.authorizations,
      captures: one.captures,
      captured: one.captured,
      refunded: one.refunded,
      isVoided: one.isVoided,
    };
  });
  const isVoided = payment.state === 'cancelled';
  expect([review, books]).toEqual([null, [{ authorizations: 1, captures: captured > 0 ? 1 : 0, captured, refunded, isVoided }]]);
  expect(payment.attempts).toHaveLength(1);
  return payment;
}

async function inRounds(name: string, count: number, round: (number: number) => Promise<void>): Promise<void> {
  for (let number = 0; number < count; number++) await round(number);
  counts.push(`${name} ${count}`);
}

it('200 refunds of 60 on 100 at once over both: one succeeds', async () => {
  const refunds = scale(2, 50);
  await inRounds('200 refunds at once', refunds, async (round) => {
    const name = providerNames[round % 2] as 'stripe';
    const id = await shop.paid(name, 'now', 100);
    const all = await Promise.all(times(200, (number) => shop.act(`payments/${id}/refunds`, { amountMinor: 60 }, { at: server(number) })));
    expect(answers(all)).toEqual({ yes: 1, '409 amount_exceeded': 199 });
    assertClearlyRefused(all);
    expect(await assertAgreed(id)).toMatchObject({ state: 'partially_refunded', processing: { refundedMinor: 60 } });
  });
}, 600_000);

it('50 times the same refund, under one key: one refund', async () => {
  await inRounds('one refund 50 times', scale(2, 20), async () => {
    const [id, key] = [await shop.paid('stripe', 'now', 100), randomUUID()];
    const send = (number: number) => shop.act(`payments/${id}/refunds`, { amountMinor: 60 }, { at: server(number), key });
    const all = await Promise.all(times(50, send));
    assertClearlyRefused(all);
    const told = [...all.filter(isYes), await send(0), await send(1)];
    expect(new Set(told.map(({ body }) => body.data.id as string)).size).toBe(1);
    expect((await assertAgreed(id)).processing.refunds).toMatchObject([{ id: told[0]?.body.data.id, state: 'succeeded' }]);
  });
}, 600_000);

it('capture against cancel: one of them wins, and the other is told so', async () => {
  let captured = 0;
  await inRounds('capture against cancel', rounds, async (round) => {
    const id = await shop.paid(providerNames[round % 3] as 'stripe', 'later');
    const both = ['capture', 'cancel'].map((step, number) => () => shop.act(`payments/${id}/${step}`, {}, { at: server(number + round) }));
    const all = await Promise.all((random.below(2) === 0 ? both : both.reverse()).map((send) => send()));
    expect(all.filter(isYes)).toHaveLength(1);
    assertClearlyRefused(all);
    const { state } = await assertAgreed(id);
    expect(['captured', 'cancelled']).toContain(state);
    if (state === 'captured') captured++;
  });
  counts.push(`of which captured ${captured}`);
}, 600_000);

it('two confirmations with two keys: one payment', async () => {
  await inRounds('two keys', rounds, async (round) => {
    const [id, name] = [await shop.recorded(), providerNames[round % 3] as 'stripe'];
    const confirmation = by({ [name]: approved[name] });
    const all = await Promise.all(times(2, (number) => shop.act(`payments/${id}/confirm`, confirmation, { at: server(number) })));
    expect(all.filter(isYes)).toHaveLength(1);
    assertClearlyRefused(all);
    expect((await assertAgreed(id)).state).toBe('captured');
  });
}, 600_000);

it.each(['confirm', 'create'])(
  'two requests with one key: one payment, and one answer in the end: %s',
  async (what) => {
    await inRounds(`one key, ${what}`, rounds, async (round) => {
      const [key, name] = [randomUUID(), providerNames[round % 3] as 'stripe'];
      const path = what === 'confirm' ? `payments/${await shop.recorded()}/confirm` : 'payments';
      const confirmation = by({ [name]: approved[name] });
      const json = what === 'confirm' ? confirmation : { ...sold, confirm: true, confirmation };
      const send = (number: number) => shop.act(path, json, { at: server(number), key });
      const all = await Promise.all([send(0), send(1), send(0)]);
      assertClearlyRefused(all);
      const [winner] = all.filter((answer) => isYes(answer) && answer.headers.get('idempotency-replayed') === null);
      const id = winner?.body.data.id as string;
      const payment = await assertAgreed(id);
      expect(payment.state).toBe('captured');
      for (const again of [await send(0), await send(1)]) {
        expect([again.headers.get('idempotency-replayed'), again.body.data]).toEqual(['true', winner?.body.data]);
      }
    });
  },
  600_000,
);

it('webhooks, twice and in any order, against the resolver: one end', async () => {
  for (const name of providerNames) await turn(sandbox.url, name, {});
  await inRounds('webhook against resolver', rounds, async (round) => {
    const name = providerNames[round % 3] as 'stripe';
    const webhooks = { duplicate: 1, reorder: 0.5, delayMs: random.pick([0, 100, 5_500, 5_600]) };
    const kind = random.pick(['timeout_after', 'reset_after', 'http500_after', 'malformed']);
    await turn(sandbox.url, name, { faults: [{ kind, operation: 'authorize', times: 1 }], webhooks });
    const { status, body } = await shop.act(
      'payments',
      { ...sold, confirm: true, confirmation: by({ [name]: approved[name] }) },
      { at: server(round) },
    );
    expect(status).toBe(201);
    expect((await assertAgreed(body.data.id as string)).state).toBe('captured');
  });
}, 900_000);
