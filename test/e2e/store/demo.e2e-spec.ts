import { Database } from '../../../src/kernel/mongo/database.js';
import { startApp, type TestApp } from '../../support/app.js';
import { storeSession } from '../../support/store.js';

const env = { DEMO_DATA: 'small' };
const items = [
  { name: 'MICAH HUG', price: 10, uuid: 1 },
  { name: 'JOES LOVE', price: 69, uuid: 2 },
  { name: 'DON RANT', price: 200, uuid: 3 },
];

async function assertSeeded(app: TestApp): Promise<void> {
  expect((await app.call('GET', '/items')).body).toEqual({ items });
  for (let number = 1; number <= 12; number++) {
    const token = await storeSession(app, `team${number}`, 'Changeme-2018', `token of team ${number}`);
    expect((await app.call('POST', '/get-balance', { json: { token } })).body).toEqual({ balance: 1000, team_id: number });
  }
  const { db } = app.app.get(Database);
  expect(await db.collection('users').countDocuments({ username: { $type: 'string' } })).toBe(12);
  expect(await db.collection('store_items').countDocuments()).toBe(3);
  expect(await db.collection('ledger_transactions').countDocuments()).toBe(12);
}

it('brings twelve teams and three items, once, however many start and however often', async () => {
  const first = await startApp({ env: { DEMO_DATA: 'none' } });
  const { mongodbUri } = first;
  await first.close();
  const both = await Promise.all([startApp({ env, mongodbUri }), startApp({ env, mongodbUri })]);
  for (const app of both) await assertSeeded(app);
  await Promise.all(both.map((app) => app.close()));
  const again = await startApp({ env, mongodbUri });
  await assertSeeded(again);
  await again.close();
});

it('goes on where a start was cut off', async () => {
  const app = await startApp({ env });
  const { db } = app.app.get(Database);
  await db.collection('demo').updateOne({}, { $unset: { done: '' } });
  await db.collection('store_items').deleteOne({ number: 2 });
  const token = await storeSession(app, 'team1', 'Changeme-2018');
  expect((await app.call('POST', '/buy', { json: { token, item_id: 1 } })).status).toBe(200);
  await app.close();
  const again = await startApp({ env, mongodbUri: app.mongodbUri });
  expect((await again.call('GET', '/items')).body).toEqual({ items });
  expect((await again.call('POST', '/get-balance', { json: { token } })).body).toEqual({ balance: 990, team_id: 1 });
  await again.close();
});

it('is left out where none is wanted', async () => {
  const app = await startApp();
  expect((await app.call('GET', '/items')).body).toEqual({ items: [] });
  await app.close();
});
