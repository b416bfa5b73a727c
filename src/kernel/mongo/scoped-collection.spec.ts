import { inspect } from 'node:util';
import type { Filter } from 'mongodb';
import { testDatabaseUri } from '../../../test/support/database.js';
import { scopeOf, type Scope, tenantScope } from '../actor/scope.js';
import { Database } from './database.js';
import type { ScopedCollection } from './scoped-collection.js';

interface Row {
  readonly _id: string;
  readonly tenantId: string;
  readonly ownerId: string;
  readonly n: number;
  readonly done?: boolean;
}
type Asked = Filter<Row>;

const everything: readonly Row[] = [
  { _id: 'mine', tenantId: 'ten_a', ownerId: 'usr_ann', n: 1 },
  { _id: 'mine too', tenantId: 'ten_a', ownerId: 'usr_ann', n: 2 },
  { _id: 'a colleague’s', tenantId: 'ten_a', ownerId: 'usr_bob', n: 1 },
  { _id: 'a stranger’s', tenantId: 'ten_b', ownerId: 'usr_eve', n: 1 },
  { _id: 'mine elsewhere', tenantId: 'ten_b', ownerId: 'usr_ann', n: 1 },
];
const ann = { userId: 'usr_ann', tenantId: 'ten_a', email: 'ann@acme.test', name: 'Ann', sessionId: 'ses_1' };
const scopes: Record<string, Scope> = {
  'a merchant': scopeOf({ ...ann, role: 'merchant' }),
  'a finance user': scopeOf({ ...ann, role: 'finance' }),
  'background work': tenantScope('ten_a'),
};
const merchantSees = ['mine', 'mine too'];
const tenantSees = [...merchantSees, 'a colleague’s'];

/** What a caller might ask to see more than its scope, and the rows it then gets. */
const cases: readonly [filter: Asked, merchant: readonly string[], tenant: readonly string[]][] = [
  [{}, merchantSees, tenantSees],
  [{ tenantId: 'ten_b' }, merchantSees, tenantSees],
  [{ tenantId: undefined }, merchantSees, tenantSees],
  [{ tenantId: { $exists: true } }, merchantSees, tenantSees],
  [{ tenantId: { $in: ['ten_a', 'ten_b'] } }, merchantSees, tenantSees],
  [{ $or: [{ tenantId: 'ten_b' }, { n: 2 }] }, ['mine too'], ['mine too']],
  [{ $and: [{ tenantId: 'ten_b' }] }, [], []],
  [{ $nor: [{ tenantId: 'ten_a' }] }, [], []],
  [{ $or: [{ ownerId: 'usr_bob' }, { ownerId: 'usr_eve' }] }, [], ['a colleague’s']],
  [{ _id: 'a stranger’s' }, [], []],
  [{ n: 1 }, ['mine'], ['mine', 'a colleague’s']],
];
const asked = Object.entries(scopes).flatMap(([who, scope]) =>
  cases.map(([filter, merchant, tenant]) => ({
    who,
    scope,
    filter,
    shown: inspect(filter, { depth: 5, breakLength: Infinity }),
    seen: [...(who === 'a merchant' ? merchant : tenant)].sort(),
  })),
);

let database: Database;
let rows: ScopedCollection<Row>;

beforeAll(async () => {
  database = await Database.connect(testDatabaseUri('scoped'));
  rows = database.scoped<Row>('rows');
});
beforeEach(async () => {
  await all().deleteMany({});
  await all().insertMany([...everything]);
});
afterAll(async () => {
  await database.db.dropDatabase();
  await database.client.close();
});

const all = () => database.collection<Row>('rows');
const ids = (found: readonly Row[]): string[] => found.map(({ _id }) => _id).sort();

describe.each(asked)('$who that asks for $shown', ({ scope, filter, seen }) => {
  it('reads rows of its scope only', async () => {
    expect(ids(await rows.find(scope, filter))).toEqual(seen);
    expect(await rows.count(scope, filter)).toBe(seen.length);
    expect(ids(await rows.aggregate<Row>(scope, filter, []))).toEqual(seen);
    const one = await rows.findOne(scope, filter, { sort: { _id: 1 } });
    expect(one?._id).toBe(seen[0]);
  });

  it('changes rows of its scope only', async () => {
    const changed = new Set<string>();
    for (;;) {
      const row = await rows.change(scope, { ...filter, done: { $ne: true } }, { $set: { done: true } });
      if (row === null) break;
      expect(row).toMatchObject({ done: true });
      changed.add(row._id);
    }
    expect([...changed].sort()).toEqual(seen);
    expect(ids(await all().find({ done: true }).toArray())).toEqual(seen);
  });
});

it.each(Object.entries(scopes))('%s changes nothing of another’s row and is told null', async (_who, scope) => {
  expect(await rows.change(scope, { _id: 'a stranger’s' }, { $set: { n: 9 } })).toBeNull();
  expect(await all().find().toArray()).toEqual(everything);
});

it('writes a row of the scope, and none of another tenant or owner', async () => {
  const { 'a merchant': merchant, 'a finance user': finance } = scopes as Record<string, Scope> & Record<'a merchant', Scope>;
  const row = { _id: 'new', tenantId: 'ten_a', ownerId: 'usr_ann', n: 3 };
  const outside = 'outside the scope';
  for (const tenantId of ['ten_b', '', undefined as unknown as string]) {
    await expect(rows.insert(merchant, { ...row, tenantId })).rejects.toThrow(outside);
    await expect(rows.insert(finance as Scope, { ...row, tenantId })).rejects.toThrow(outside);
  }
  await expect(rows.insert(merchant, { ...row, ownerId: 'usr_bob' })).rejects.toThrow(outside);
  expect(await all().countDocuments()).toBe(everything.length);
  await rows.insert(merchant, row);
  await rows.insert(finance as Scope, { ...row, _id: 'for a colleague', ownerId: 'usr_bob' });
  expect(await all().countDocuments()).toBe(everything.length + 2);
});

it('writes into the transaction it is given', async () => {
  const row = { _id: 'new', tenantId: 'ten_a', ownerId: 'usr_ann', n: 3 };
  await database.client.withSession(async (session) => {
    session.startTransaction();
    await rows.insert(tenantScope('ten_a'), row, session);
    await session.abortTransaction();
  });
  expect(await all().countDocuments()).toBe(everything.length);
});

it('cannot be asked without a scope', async () => {
  for (const none of [undefined, null] as unknown as Scope[]) {
    await expect(async () => rows.find(none, {})).rejects.toThrow(TypeError);
    await expect(async () => rows.change(none, {}, { $set: { n: 9 } })).rejects.toThrow(TypeError);
    await expect(rows.insert(none, everything[0] as Row)).rejects.toThrow(TypeError);
  }
  expect(() => tenantScope('')).toThrow('A scope needs a tenant');
});
