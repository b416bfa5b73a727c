import { MongoClient } from 'mongodb';
import { type Answer, startApp, type TestApp } from '../../support/app.js';
import { as, newTenant, type Somebody } from '../../support/as.js';
import { stripeAccount } from '../../support/providers.js';

let app: TestApp;
let client: MongoClient;
let admin: Somebody;

beforeAll(async () => {
  app = await startApp();
  client = await MongoClient.connect(app.mongodbUri);
});
beforeEach(async () => {
  admin = await as(app, 'admin', await newTenant(app));
  for (const name of ['beta', 'alpha']) await call('POST', 'providers', stripeAccount(name));
});
afterAll(async () => {
  await client.close();
  await app.close();
});

const call = (method: string, path: string, json?: unknown, who = admin) =>
  app.call(method, `/api/v1/${path}`, { token: who.token, ...(json !== undefined && { json }) });
const put = (version: number, ...steps: unknown[]) => call('PUT', 'routing/strategy', { version, steps });
const refusal = ({ status, body }: Answer) => [status, body.error.code, body.error.message] as unknown[];
const prefers = (provider: string, currency: string) => ({
  kind: 'rules',
  rules: [
    {
      name: `${currency} at ${provider}`,
      condition: { '==': [{ var: 'currency' }, currency] },
      effect: { kind: 'prefer', providers: [provider] },
    },
  ],
});
const draft = { paymentType: 'subscription', amountMinor: 1299, currency: 'EUR' };

it('begins with none: providers are tried by name', async () => {
  expect((await call('GET', 'routing/strategy')).body.data).toEqual({ version: 0, steps: [], madeBy: null, madeAt: null });
  expect((await call('POST', 'routing/preview', draft)).body.data).toMatchObject({
    strategyVersion: 0,
    order: ['alpha', 'beta'],
    rules: [],
  });
});

it('is replaced by the next version, once', async () => {
  const steps = [prefers('beta', 'EUR'), { kind: 'adaptive', tolerancePoints: 2 }];
  const made = await put(0, ...steps);
  const strategy = { version: 1, steps, madeBy: admin.userId, madeAt: expect.stringMatching(/^\d{4}-.*Z$/) };
  expect([made.status, made.body.data]).toEqual([200, strategy]);
  expect((await call('GET', 'routing/strategy')).body.data).toEqual(strategy);
  const moved = [409, 'conflict', 'Somebody has changed the strategy meanwhile: read it again'];
  for (const version of [0, 2]) expect(refusal(await put(version, ...steps))).toEqual(moved);
  const events = await client.db().collection('events').find({ tenantId: admin.tenantId, type: 'ROUTING_STRATEGY_CHANGED' }).toArray();
  expect(events.map(({ data }) => data as unknown)).toEqual([{ version: 1, steps: ['rules', 'adaptive'] }]);
});

it('has one winner of twenty who replace it at once', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => put(0, { kind: 'fallback', providers: ['beta'] })));
  expect(answers.map(({ status }) => status).sort((one, other) => one - other)).toEqual([200, ...Array.from({ length: 19 }, () => 409)]);
  expect((await call('GET', 'routing/strategy')).body.data.version).toBe(1);
});

it.each([
  ['a step that there is not', [{ kind: 'magic' }], 'steps.0.kind'],
  [
    'an operator that there is not',
    [{ kind: 'rules', rules: [{ name: 'a', condition: { '+': [1, 2] }, effect: { kind: 'only', providers: ['beta'] } }] }],
    'steps.0.rules.0.condition',
  ],
  [
    'prices of its own',
    [{ kind: 'leastCost', costs: [{ provider: 'beta', currency: 'EUR', fixedMinor: 25, basisPoints: 150 }] }],
    'steps.0.costs',
  ],
  ['a provider that the tenant does not have', [prefers('beta', 'EUR'), { kind: 'fallback', providers: ['gamma'] }], 'steps.1'],
])('is refused with %s', async (_, steps, field) => {
  for (const answer of [await put(0, ...steps), await call('POST', 'routing/simulate', { steps })]) {
    expect([answer.status, answer.body.error.code, answer.body.error.context.fields[0].field]).toEqual([400, 'validation_failed', field]);
  }
});

it('says where a payment would go, and why', async () => {
  await put(0, prefers('beta', 'EUR'));
  const { status, body } = await call('POST', 'routing/preview', draft);
  const candidate = {
    score: null,
    costMinor: null,
    success: expect.any(Number),
    evidence: 0,
    breaker: 'closed',
    leftOut: null,
    rule: null,
  };
  expect([status, body.data]).toEqual([
    200,
    {
      strategyVersion: 1,
      order: ['beta', 'alpha'],
      reason: expect.stringContaining('EUR at beta'),
      rules: ['EUR at beta'],
      candidates: [
        { provider: 'beta', ...candidate },
        { provider: 'alpha', ...candidate },
      ],
    },
  ]);
  expect((await call('POST', 'routing/preview', { ...draft, currency: 'GBP' })).body.data).toMatchObject({
    order: ['alpha', 'beta'],
    rules: [],
  });
});

it('leaves out what is disabled, and says so', async () => {
  const { data } = (await call('GET', 'providers')).body;
  await call('PATCH', `providers/${data[0].id}`, { enabled: false });
  const { order, candidates } = (await call('POST', 'routing/preview', draft)).body.data;
  expect([order, candidates[1].provider, candidates[1].leftOut]).toEqual([['beta'], 'alpha', 'disabled']);
});

it('goes by the prices of the accounts as they are now', async () => {
  expect((await put(0, { kind: 'leastCost' })).status).toBe(200);
  const { data } = (await call('GET', 'providers')).body;
  const decision = async () => {
    const { order, candidates } = (await call('POST', 'routing/preview', draft)).body.data;
    return [order, candidates.map(({ costMinor }: { costMinor: number | null }) => costMinor)] as unknown[];
  };
  expect(await decision()).toEqual([
    ['alpha', 'beta'],
    [null, null],
  ]);
  await call('PATCH', `providers/${data[1].id}`, { prices: [{ currency: 'EUR', fixedMinor: 25, basisPoints: 150 }] });
  expect(await decision()).toEqual([
    ['beta', 'alpha'],
    [44, null],
  ]);
  expect((await call('POST', 'routing/simulate', { steps: [{ kind: 'leastCost' }] })).status).toBe(200);
});

it('counts what another strategy would change of stored payments', async () => {
  const payment = { merchant: 'Spotify', paymentType: 'card', amountMinor: 1299, region: 'UK' };
  for (const currency of ['EUR', 'EUR', 'GBP']) await call('POST', 'payments', { ...payment, currency });
  const steps = [prefers('beta', 'EUR')];
  expect((await call('POST', 'routing/simulate', { steps })).body.data).toEqual({
    payments: 3,
    changed: 2,
    providers: [
      { provider: 'beta', current: 0, draft: 2 },
      { provider: 'alpha', current: 3, draft: 1 },
    ],
  });
  expect((await call('POST', 'routing/simulate', { steps, to: '2020-01-01' })).body.data).toEqual({
    payments: 0,
    changed: 0,
    providers: [],
  });
  expect(refusal(await call('POST', 'routing/simulate', { steps, from: 'never' }))).toEqual([400, 'validation_failed', 'Invalid from']);
});
