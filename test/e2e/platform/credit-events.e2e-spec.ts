import { randomUUID } from 'node:crypto';
import { comesTrue } from '../../../src/kernel/mongo/mongod-process.js';
import { type Answer, startApp, type TestApp } from '../../support/app.js';
import { FakeClock } from '../../support/clock.js';
import { type Name, People } from '../../support/people.js';
import { newItem, newTeam } from '../../support/store.js';

const noon = '2026-01-05T12:00:00.000Z';
let app: TestApp;
let clock: FakeClock;
let world: People;

beforeAll(async () => {
  clock = new FakeClock(noon);
  app = await startApp({ clock, env: { BACKGROUND_INTERVAL_MS: '200' } });
});
beforeEach(async () => {
  clock.set(noon);
  world = await People.in(app);
});
afterAll(() => app.close());

interface FeedEvent {
  readonly type: string;
  readonly position: number;
  readonly sourceAgent: string;
  readonly subject: unknown;
  readonly data: Readonly<Record<string, unknown>>;
}
const post = (path: string, json: unknown, who: Name = 'admin') =>
  world.call(who, 'POST', `/api/v1/credits${path}`, { json, headers: { 'idempotency-key': randomUUID() } });
const done = async (answer: Promise<Answer>): Promise<void> => expect((await answer).status).toBeLessThan(300);
const grant = (name: Name, amount: number) => done(post('/grants', { userId: world.ids[name], amount, description: 'For the zebra' }));

/** The tenant's events past the registrations, when there are so many. */
async function events(count: number): Promise<FeedEvent[]> {
  let found: FeedEvent[] = [];
  const all = async () => {
    const { body } = await world.call('admin', 'GET', '/api/v1/events?limit=100');
    found = (body.data as FeedEvent[]).filter(({ type }) => !/^(USER|TENANT)_/.test(type));
    return found.length >= count;
  };
  expect(await comesTrue(all, 10_000)).toBe(true);
  expect(found).toHaveLength(count);
  return found;
}
const told = ({ type, sourceAgent, subject, data }: FeedEvent) => ({ type, sourceAgent, subject, data });
const transaction = (n: number) => ({ type: 'transaction', id: `tx_${n}` });

it('tells of everything that is posted, once and in the order of the ledger', async () => {
  const { ann, bob, admin } = world.ids;
  await grant('ann', 500);
  await done(post('/spends', { amount: 100, description: 'A zebra' }, 'ann'));
  await done(post('/transfers', { amount: 50, toUserId: bob, description: 'A zebra' }, 'ann'));
  await done(post('/reversals', { transactionId: 'tx_2', amount: 30, description: 'A zebra' }));
  await done(post('/holds', { amount: 40, expiresAt: '2026-01-15T12:00:00Z', description: 'A zebra' }, 'ann'));
  await done(post('/holds/hld_5/commit', { amount: 15 }, 'ann'));
  await done(post('/holds', { amount: 20, expiresAt: '2026-01-15T12:00:00Z' }, 'ann'));
  await done(post('/holds/hld_7/void', {}));
  await done(post('/holds', { amount: 7, expiresAt: '2026-01-05T12:00:01Z' }, 'bob'));
  clock.advance(2_000);

  const found = await events(10);
  const asset = 'CREDIT';
  expect(found.map(told)).toEqual([
    {
      type: 'CREDITS_GRANTED',
      sourceAgent: admin,
      subject: transaction(1),
      data: { transactionId: 'tx_1', userId: ann, asset, amount: 500, source: 'admin' },
    },
    {
      type: 'CREDITS_SPENT',
      sourceAgent: ann,
      subject: transaction(2),
      data: { transactionId: 'tx_2', userId: ann, asset, amount: 100 },
    },
    {
      type: 'CREDITS_TRANSFERRED',
      sourceAgent: ann,
      subject: transaction(3),
      data: { transactionId: 'tx_3', userId: ann, asset, amount: 50, toUserId: bob },
    },
    {
      type: 'CREDITS_REVERSED',
      sourceAgent: admin,
      subject: transaction(4),
      data: { transactionId: 'tx_4', reverses: 'tx_2', changes: [{ userId: ann, asset, amount: 30 }] },
    },
    {
      type: 'CREDITS_HELD',
      sourceAgent: ann,
      subject: transaction(5),
      data: { transactionId: 'tx_5', holdId: 'hld_5', userId: ann, asset, amount: 40, expiresAt: '2026-01-15T12:00:00.000Z' },
    },
    {
      type: 'HOLD_COMMITTED',
      sourceAgent: ann,
      subject: transaction(6),
      data: { transactionId: 'tx_6', holdId: 'hld_5', userId: ann, asset, amount: 40, spent: 15 },
    },
    {
      type: 'CREDITS_HELD',
      sourceAgent: ann,
      subject: transaction(7),
      data: { transactionId: 'tx_7', holdId: 'hld_7', userId: ann, asset, amount: 20, expiresAt: '2026-01-15T12:00:00.000Z' },
    },
    {
      type: 'HOLD_VOIDED',
      sourceAgent: admin,
      subject: transaction(8),
      data: { transactionId: 'tx_8', holdId: 'hld_7', userId: ann, asset, amount: 20 },
    },
    {
      type: 'CREDITS_HELD',
      sourceAgent: bob,
      subject: transaction(9),
      data: { transactionId: 'tx_9', holdId: 'hld_9', userId: bob, asset, amount: 7, expiresAt: '2026-01-05T12:00:01.000Z' },
    },
    {
      type: 'HOLD_EXPIRED',
      sourceAgent: 'system',
      subject: transaction(10),
      data: { transactionId: 'tx_10', holdId: 'hld_9', userId: bob, asset, amount: 7 },
    },
  ]);
  const positions = found.map(({ position }) => position);
  expect(positions).toEqual(positions.map((_, index) => Number(positions[0]) + index));
  expect(found[0]).toMatchObject({
    id: expect.stringMatching(/^evt_[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab]/),
    at: noon,
    traceId: null,
  });
  expect(JSON.stringify(found)).not.toContain('zebra');
});

it('tells of a sale, and of what teams give each other', async () => {
  const { tenantId } = world;
  const [team, other] = [await newTeam(app, 1000, tenantId), await newTeam(app, 0, tenantId)];
  const item = await newItem(app, 300, tenantId);
  expect((await team.post('/buy', { item_id: item })).status).toBe(200);
  expect((await team.post('/transfer', { recipient: other.number, amount: 25 })).status).toBe(200);
  const found = await events(4);
  const [bought, given] = found.slice(-2).map(told);
  const { userId } = team;
  expect(bought).toEqual({
    type: 'STORE_ITEM_SOLD',
    sourceAgent: userId,
    subject: { type: 'store_item', id: String(item) },
    data: { transactionId: 'tx_2', userId, asset: 'CREDIT', itemNumber: item, price: 300 },
  });
  expect(given).toEqual({
    type: 'CREDITS_TRANSFERRED',
    sourceAgent: userId,
    subject: transaction(3),
    data: { transactionId: 'tx_3', userId, asset: 'CREDIT', amount: 25, toUserId: other.userId },
  });
});

it('tells each tenant of its own entries alone, however many there are', async () => {
  const tenants = [world, await People.in(app)] as const;
  const amounts = Array.from({ length: 60 }, (_, at) => at + 1);
  for (const amount of amounts) for (const people of tenants) await ((world = people), grant('ann', amount));
  for (const people of tenants) {
    world = people;
    expect((await events(60)).map(({ data }) => [data.userId, data.amount])).toEqual(amounts.map((amount) => [people.ids.ann, amount]));
  }
});
