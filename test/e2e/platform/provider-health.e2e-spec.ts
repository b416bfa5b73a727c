import { randomUUID } from 'node:crypto';
import { startApp, type TestApp } from '../../support/app.js';
import { as, newTenant, type Somebody } from '../../support/as.js';
import { eventually } from '../../support/eventually.js';
import { stripeAccount } from '../../support/providers.js';
import { startTestSandbox, type TestSandbox } from '../../support/sandbox.js';

let sandbox: TestSandbox;
let first: TestApp;
const running: TestApp[] = [];

const node = async (shareMs = 50): Promise<TestApp> => {
  const env = { SANDBOX_URL: sandbox.sandbox.url, ROUTING_SHARE_MS: String(shareMs) };
  const app = await startApp({ env, ...(running[0] && { mongodbUri: running[0].mongodbUri }) });
  running.push(app);
  return app;
};
beforeAll(async () => {
  sandbox = await startTestSandbox();
  first = await node();
});
afterAll(async () => {
  await Promise.all(running.map((app) => app.close()));
  await sandbox.close();
});

interface Candidate {
  readonly provider: string;
  readonly success: number;
  readonly evidence: number;
  readonly breaker: string;
}
const draft = { paymentType: 'subscription', amountMinor: 1299, currency: 'EUR', cardBrand: 'visa' };
async function preview(app: TestApp, { token }: Somebody): Promise<{ order: string[]; candidates: Candidate[] }> {
  return (await app.call('POST', '/api/v1/routing/preview', { token, json: draft })).body.data;
}
async function known(app: TestApp, who: Somebody): Promise<Record<string, Candidate>> {
  const { candidates } = await preview(app, who);
  return Object.fromEntries(candidates.map((candidate) => [candidate.provider, candidate]));
}

/** Who has accounts at the sandbox, and a strategy that goes by what is learned of them. */
async function merchant(app: TestApp): Promise<Somebody> {
  const who = await as(first, 'admin', await newTenant(first));
  const { token } = who;
  for (const name of ['alpha', 'beta'])
    await app.call('POST', '/api/v1/providers', { token, json: { ...stripeAccount(name), mode: 'sandbox' } });
  await app.call('PUT', '/api/v1/routing/strategy', { token, json: { version: 0, steps: [{ kind: 'adaptive' }] } });
  return who;
}

/** One after the other, as each learns from the last. */
async function confirm(app: TestApp, { token }: Somebody, times: number, tokens: Record<string, string>): Promise<void> {
  const method = { type: 'card', tokens, cardBrand: 'visa' };
  const payment = { merchant: 'Spotify', paymentType: 'subscription', amountMinor: 1299, currency: 'EUR', region: 'DE' };
  const json = { ...payment, confirm: true, confirmation: { method } };
  for (let at = 0; at < times; at++) {
    const { status } = await app.call('POST', '/api/v1/payments', { token, json, headers: { 'idempotency-key': randomUUID() } });
    expect(status).toBe(201);
  }
}
const isNear = (one?: Candidate, other?: Candidate) => Math.abs((one?.evidence ?? NaN) - (other?.evidence ?? NaN)) < 1e-6;
const declined = 'pm_card_chargeDeclined';

it('is learned at one node, and known to the other and to those that start later', async () => {
  const who = await merchant(first);
  const second = await node();
  await preview(second, who);
  // One that nobody else can take first: whom to try is partly chance.
  await confirm(first, who, 1, { alpha: declined });
  await confirm(first, who, 5, { alpha: declined, beta: 'pm_card_visa' });
  const here = await known(first, who);
  expect([here.beta?.evidence, here.alpha?.evidence].every((evidence = 0) => evidence > 0.5)).toBe(true);
  await eventually(async () => isNear((await known(second, who)).beta, here.beta));
  await confirm(second, who, 3, { beta: 'pm_card_visa' });
  await eventually(async () => ((await known(first, who)).beta?.evidence ?? 0) > (here.beta?.evidence ?? 0) + 2);
  const third = await node();
  const there = await known(third, who);
  expect(there.beta?.evidence).toBeGreaterThan((here.beta?.evidence ?? 0) + 2);
  expect(there.alpha?.success).toBeLessThan(0.5);
  expect(there.beta?.success).toBeGreaterThan(0.85);
});

it('is told by a node that stops, however seldom it would', async () => {
  const who = await merchant(first);
  const seldom = await node(600_000);
  await confirm(seldom, who, 4, { beta: 'pm_card_visa' });
  const learned = (await known(seldom, who)).beta;
  expect((await known(first, who)).beta?.evidence).toBe(0);
  await running.pop()?.close();
  await eventually(async () => isNear((await known(first, who)).beta, learned));
});

it('keeps payments at every node from a provider that fails at one', async () => {
  const who = await merchant(first);
  const second = await node();
  expect((await preview(second, who)).order).toHaveLength(2);
  await sandbox.turn('stripe', { outage: 'http500' });
  await confirm(first, who, 5, { alpha: 'pm_card_visa' });
  await sandbox.turn('stripe', {});
  expect((await known(first, who)).alpha?.breaker).toBe('open');
  await eventually(async () => (await known(second, who)).alpha?.breaker === 'open');
  expect((await preview(second, who)).order).toEqual(['beta']);
});
