import {
  commitHold,
  CreditHistory,
  defaultTeam,
  grant,
  hold,
  newUsers,
  type Operation,
  type Request,
  reverse,
  spend,
  type Team,
  transfer,
  voidHold,
} from '../../support/credits.js';
import { testDatabaseUri } from '../../support/database.js';
import { LedgerBooks } from '../../support/ledger-books.js';
import { payops } from '../../support/payops.js';
import { scale } from '../../support/random.js';
import { startServer, type TestServer } from '../../support/server.js';

const rounds = scale(2, 10);
const uri = testDatabaseUri('ledger-races');
let servers: [TestServer, TestServer];
let team: Team;
let history: CreditHistory;
const counts: string[] = [];

beforeAll(async () => {
  servers = await Promise.all([startServer({ MONGODB_URI: uri }), startServer({ MONGODB_URI: uri })]);
  team = await defaultTeam(servers[0], uri, 2);
}, 120_000);
beforeEach(() => {
  history = new CreditHistory(team.admin);
});
afterEach(async () => {
  const books = await LedgerBooks.at(uri, team.admin.tenantId);
  expect({ faults: books.faults(), contradictions: books.contradictions(history) }).toEqual({ faults: [], contradictions: [] });
  expect(history.statuses.filter((status) => status >= 500)).toEqual([]);
  expect(history.open).toEqual([]);
});
afterAll(async () => {
  process.stdout.write(`ledger-races: ${counts.join('; ')}\n`);
  await Promise.all(servers.map((server) => server.stop()));
});

const server = (number: number): TestServer => servers[number % 2] as TestServer;
const user = async (): Promise<string> => (await newUsers(servers[0], uri, 1))[0] as string;
const balanceOf = async (userId: string): Promise<number> => (await LedgerBooks.at(uri, team.admin.tenantId)).balanceOf(userId);

/** Sends them in turn over both processes, as many at once as have a socket each. */
async function sendAll(requests: readonly Request[]): Promise<Operation[]> {
  const answered: Operation[] = [];
  let next = 0;
  const client = async () => {
    for (let number = next++; number < requests.length; number = next++)
      answered[number] = await history.send(server(number), requests[number] as Request);
  };
  await Promise.all(times(Math.min(requests.length, 250), client));
  return answered;
}
const times = <Item>(count: number, item: (index: number) => Item): Item[] => Array.from({ length: count }, (_, index) => item(index));

/** How many got which answer: `yes`, or the code they were refused with. */
function answers(operations: readonly Operation[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { told } of operations) {
    const last = told.at(-1);
    const name = last?.said === 'yes' ? 'yes' : (last?.code ?? 'none');
    found[name] = (found[name] ?? 0) + 1;
  }
  return found;
}

async function inRounds(name: string, round: () => Promise<void>): Promise<void> {
  for (let number = 0; number < rounds; number++) await round();
  counts.push(`${name} ${rounds}`);
}

it(
  '2,000 spends of 1 on a balance of 500: 500 succeed',
  () =>
    inRounds('spends of a balance', async () => {
      const userId = await user();
      await history.send(servers[0], grant(userId, 500));
      const spends = await sendAll(times(2_000, () => spend(userId, 1)));
      expect(answers(spends)).toEqual({ yes: 500, insufficient_credits: 1_500 });
      expect(await balanceOf(userId)).toBe(0);
    }),
  300_000,
);

it(
  '200 times the same key over both: one effect, one number',
  () =>
    inRounds('one key 200 times', async () => {
      const userId = await user();
      const first = await history.send(servers[0], grant(userId, 1));
      const same: Operation = { ...grant(userId, 7), key: `${first.key}-same`, told: [] };
      history.operations.push(same);
      await Promise.all(times(200, (number) => history.again(server(number), same)));
      const numbers = new Set(same.told.map((told) => (told.said === 'yes' ? told.number : told.code)));
      const original = same.told.filter((told) => told.said === 'yes' && !told.replayed);
      expect([same.told.length, numbers.size, original.length, await balanceOf(userId)]).toEqual([200, 1, 1, 8]);
    }),
  300_000,
);

it(
  'the same key twice at once in one process: one effect, and the other is a replay',
  () =>
    inRounds('one key twice in one process', async () => {
      const userId = await user();
      const both = times(20, (): Operation => ({ ...grant(userId, 1), key: `twice-${userId}-${history.operations.length}`, told: [] }));
      both.forEach((operation, number) => history.operations.push(Object.assign(operation, { key: `${operation.key}-${number}` })));
      await Promise.all(both.flatMap((operation) => [history.again(servers[0], operation), history.again(servers[0], operation)]));
      expect(both.map(({ told }) => told.filter((one) => one.said === 'yes' && one.replayed).length)).toEqual(both.map(() => 1));
      expect(await balanceOf(userId)).toBe(20);
    }),
  300_000,
);

it(
  'the first touch of a new account by 100 at once',
  () =>
    inRounds('first touch by 100', async () => {
      const [userId, other] = [await user(), await user()];
      expect(answers(await sendAll(times(100, () => grant(userId, 1))))).toEqual({ yes: 100 });
      expect(answers(await sendAll(times(100, () => transfer(userId, other, 1))))).toEqual({ yes: 100 });
      expect([await balanceOf(userId), await balanceOf(other)]).toEqual([0, 100]);
    }),
  300_000,
);

it(
  'commit against void of one hold: one of them wins, and the other is told so',
  () =>
    inRounds('commit against void', async () => {
      const [userId, before] = [await user(), history.operations.length];
      await history.send(servers[0], grant(userId, 200));
      const holds = await sendAll(times(20, () => hold(userId, 10)));
      for (const [index, { told }] of holds.entries()) {
        const [made] = told;
        if (made?.said !== 'yes') throw new Error('A hold was refused');
        const both = [commitHold(made.number, 4), voidHold(made.number)];
        expect(answers(await sendAll(index % 2 === 0 ? both : both.reverse()))).toEqual({ yes: 1, hold_closed: 1 });
      }
      const committed = history.operations
        .slice(before)
        .filter(({ path, told }) => path.endsWith('/commit') && told[0]?.said === 'yes').length;
      expect(await balanceOf(userId)).toBe(200 - 4 * committed);
    }),
  300_000,
);

it(
  'reversals of one grant, part by part from both: never more than it gave',
  () =>
    inRounds('reversals of one grant', async () => {
      const userId = await user();
      // There is more to take than the grant gave, so that only the rule stands in the way.
      await history.send(servers[0], grant(userId, 1_000));
      const { told } = await history.send(servers[0], grant(userId, 100));
      const [made] = told;
      if (made?.said !== 'yes') throw new Error('The grant was refused');
      const parts = await sendAll(times(60, () => reverse(made.number, 7)));
      expect(answers(parts)).toEqual({ yes: 14, limit_exceeded: 46 });
      expect(await balanceOf(userId)).toBe(1_100 - 14 * 7);
    }),
  300_000,
);

it('a deposit that one acknowledged can be spent at the other at once', async () => {
  const pairs = scale(1_000, 10_000);
  const lanes = 25;
  const users = await newUsers(servers[0], uri, lanes);
  let refused = 0;
  const work = async (userId: string, lane: number) => {
    for (let pair = 0; pair < pairs / lanes; pair++) {
      const [from, at] = [server(pair + lane), server(pair + lane + 1)];
      const given = await history.send(from, grant(userId, 3));
      const spent = await history.send(at, spend(userId, 3));
      if (given.told[0]?.said !== 'yes' || spent.told[0]?.said !== 'yes') refused++;
    }
  };
  await Promise.all(users.map(work));
  counts.push(`deposits spent at the other node ${pairs}, of which refused ${refused}`);
  expect(refused).toBe(0);
}, 600_000);

it('the verifier finds nothing wrong after all of it', async () => {
  expect(await payops(uri, 'ledger', 'verify')).toContain('entries');
}, 120_000);
