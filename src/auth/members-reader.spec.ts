import { testDatabaseUri } from '../../test/support/database.js';
import { Clock } from '../kernel/clock.js';
import { Database } from '../kernel/mongo/database.js';
import type { Role } from '../kernel/actor/permissions.js';
import { MembersReader } from './members-reader.js';
import { type User, usersCollection } from './user.js';
import { UsersRepository } from './users.repository.js';

let database: Database;
let repository: UsersRepository;

const since = new Date('2026-01-01T00:00:00.000Z');
const member = (tenantId: string, number: number, role: Role = 'merchant') => ({ tenantId, role, number, since });
const user = (_id: string, memberships: User['memberships'], more: Partial<User> = {}): User => {
  return { _id, gatewayId: `of ${_id}`, name: `Name of ${_id}`, passwordVersion: 1, memberships, createdAt: since, rev: 1, ...more };
};
const ann = user('usr_ann', [member('ten_1', 1001, 'owner'), member('ten_2', 1002)], { email: 'ann@acme.test', passwordHash: 'secret' });
const bob = user('usr_bob', [member('ten_1', 1002)], { username: 'bob' });
const root = user('usr_root', [member('ten_default', 1001, 'system_admin')], { email: 'root@acme.test' });
const gone = user('usr_gone', [], { erasedAt: since });
// The numbers of those who were erased are taken from them; a row of an older program might still have them.
const halfGone = user('usr_half_gone', [member('ten_1', 1009)], { erasedAt: since });

beforeAll(async () => {
  database = await Database.connect(testDatabaseUri('members'));
  const users = database.collection<User>(usersCollection.name);
  await users.createIndexes([...usersCollection.indexes]);
  const crowd = Array.from({ length: 500 }, (_, index) => user(`usr_${index}`, [member('ten_1', 2_000 + index)]));
  await users.insertMany([ann, bob, root, gone, halfGone, ...crowd]);
  repository = new UsersRepository(database, new Clock());
});
beforeEach(() => jest.restoreAllMocks());
afterAll(async () => {
  await database.db.dropDatabase();
  await database.client.close();
});

const reader = (actorCacheMs = 0) => new MembersReader(repository, { actorCacheMs });

describe('find', () => {
  it('shows a person as the tenant knows it, and nothing of the password', async () => {
    const members = reader();
    const named = { userId: 'usr_ann', name: 'Name of usr_ann', email: 'ann@acme.test' };
    expect(await members.find('ten_1', 'usr_ann')).toEqual({ ...named, tenantId: 'ten_1', number: 1001, role: 'owner' });
    expect(await members.find('ten_2', 'usr_ann')).toEqual({ ...named, tenantId: 'ten_2', number: 1002, role: 'merchant' });
    expect(await members.find('ten_1', 'usr_bob')).toEqual({
      userId: 'usr_bob',
      tenantId: 'ten_1',
      number: 1002,
      role: 'merchant',
      name: 'Name of usr_bob',
      username: 'bob',
    });
  });

  it.each([
    ['nobody', 'ten_1', 'usr_nobody'],
    ['a member of another tenant', 'ten_2', 'usr_bob'],
    ['an erased person', 'ten_1', 'usr_gone'],
    ['a person that is marked as erased', 'ten_1', 'usr_half_gone'],
    ['no id at all', 'ten_1', ''],
  ])('does not find %s', async (_case, tenantId, userId) => {
    expect(await reader().find(tenantId, userId)).toBeNull();
  });

  it('finds a system administrator in every tenant', async () => {
    expect(await reader().find('ten_2', 'usr_root')).toMatchObject({ tenantId: 'ten_2', role: 'system_admin' });
  });
});

describe('several at once', () => {
  it('are one question, each asked for once', async () => {
    const asked = jest.spyOn(repository, 'findAll');
    const members = reader();
    const [one, other, again] = await Promise.all([
      members.find('ten_1', 'usr_ann'),
      members.byIds('ten_1', ['usr_bob', 'usr_ann', 'usr_bob', 'usr_nobody', 'usr_gone']),
      members.find('ten_2', 'usr_ann'),
    ]);
    expect(asked.mock.calls).toEqual([[['usr_ann', 'usr_bob', 'usr_nobody', 'usr_gone']]]);
    expect([one?.number, again?.number]).toEqual([1001, 1002]);
    expect([...other].map(([userId, { number }]) => [userId, number])).toEqual([
      ['usr_bob', 1002],
      ['usr_ann', 1001],
    ]);
  });

  it('that come later are another question', async () => {
    const asked = jest.spyOn(repository, 'findAll');
    const members = reader();
    await members.find('ten_1', 'usr_ann');
    await members.find('ten_1', 'usr_ann');
    expect(asked).toHaveBeenCalledTimes(2);
  });

  it('all fail where the question fails, and the next is asked anew', async () => {
    const asked = jest.spyOn(repository, 'findAll').mockRejectedValueOnce(new Error('no database'));
    const members = reader();
    const ends = await Promise.allSettled([members.find('ten_1', 'usr_ann'), members.find('ten_1', 'usr_bob')]);
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect((await members.find('ten_1', 'usr_ann'))?.number).toBe(1001);
    expect(asked).toHaveBeenCalledTimes(2);
  });
});

describe('what was found', () => {
  it('is remembered for as long as a role may be, and no longer', async () => {
    const asked = jest.spyOn(repository, 'findAll').mockResolvedValue([ann]);
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'performance'] });
    // The cache has the object, and asks it for the time.
    jest.spyOn(performance, 'now').mockImplementation(() => Date.now());
    try {
      const members = reader(2_000);
      await members.find('ten_1', 'usr_ann');
      jest.advanceTimersByTime(1_999);
      expect((await members.find('ten_2', 'usr_ann'))?.number).toBe(1002);
      expect(asked).toHaveBeenCalledTimes(1);
      jest.advanceTimersByTime(2);
      await members.find('ten_1', 'usr_ann');
      expect(asked).toHaveBeenCalledTimes(2);
    } finally {
      jest.useRealTimers();
    }
  });

  it('is not remembered where nobody was found', async () => {
    const asked = jest.spyOn(repository, 'findAll');
    const members = reader(2_000);
    await members.find('ten_1', 'usr_nobody');
    await members.find('ten_1', 'usr_nobody');
    expect(asked).toHaveBeenCalledTimes(2);
  });
});

describe('findByNumber', () => {
  it.each([
    ['ten_1', 1001, 'usr_ann'],
    ['ten_2', 1002, 'usr_ann'],
    ['ten_1', 1002, 'usr_bob'],
    ['ten_default', 1001, 'usr_root'],
  ])('in %s, %d is %s', async (tenantId, number, userId) => {
    expect(await reader().findByNumber(tenantId, number)).toMatchObject({ userId, tenantId, number });
  });

  it.each([
    ['ten_1', 9999],
    // Somebody's number in another tenant, and not in the one that was named with it.
    ['ten_2', 1001],
    ['ten_1', 1009],
    ['ten_1', Number.NaN],
  ])('in %s, %d is nobody', async (tenantId, number) => {
    expect(await reader().findByNumber(tenantId, number)).toBeNull();
  });
});

it('counts the members of a tenant', async () => {
  expect([await reader().count('ten_2'), await reader().count('ten_nobody')]).toEqual([1, 0]);
});

/** The plans of what mongod was asked while `work` ran. */
async function plans(work: () => Promise<unknown>): Promise<{ planSummary: string; docsExamined: number }[]> {
  await database.db.command({ profile: 2 });
  await work();
  await database.db.command({ profile: 0 });
  const found = await database.db
    .collection('system.profile')
    .find({ ns: `${database.db.databaseName}.users` })
    .toArray();
  await database.db.collection('system.profile').drop();
  return found.map(({ planSummary, docsExamined }) => ({ planSummary, docsExamined }));
}

describe('no question reads all users:', () => {
  const byNumber = { planSummary: 'IXSCAN { memberships.tenantId: 1, memberships.number: 1 }', docsExamined: 1 };

  it('by number', async () => {
    expect(await plans(() => reader().findByNumber('ten_1', 2_250))).toEqual([byNumber]);
  });

  it('of how many there are', async () => {
    const [plan] = await plans(() => reader().count('ten_2'));
    expect(plan).toEqual(byNumber);
  });

  it('by e-mail or another name to sign in with', async () => {
    const [byEmail, byName] = await plans(async () => {
      await repository.findByEmail('ann@acme.test');
      await repository.findByLoginName('bob');
    });
    expect(byEmail).toEqual({ planSummary: 'IXSCAN { email: 1 }', docsExamined: 1 });
    expect(byName).toEqual({ planSummary: 'IXSCAN { email: 1 }, IXSCAN { username: 1 }', docsExamined: 1 });
  });

  it('by ids', async () => {
    const [plan] = await plans(() => reader().byIds('ten_1', ['usr_ann', 'usr_bob', 'usr_17']));
    expect(plan).toEqual({ planSummary: 'IXSCAN { _id: 1 }', docsExamined: 3 });
  });
});
