import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { appSecret } from '../../../src/kernel/config/app-secret.js';
import { Keys } from '../../../src/kernel/config/keys.js';
import { Database } from '../../../src/kernel/mongo/database.js';
import { GroupedLedgerWriter } from '../../../src/ledger/grouped-ledger-writer.js';
import { MongoLedgerStore } from '../../../src/ledger/mongo-ledger-store.js';
import { FakeClock } from '../../support/clock.js';
import { testDatabaseUri } from '../../support/database.js';
import { commandsOf } from '../../support/ledger/commands.js';
import { forgivePipes } from '../../support/run-program.js';

const program = join(__dirname, '../../../dist/bundle/payops.js');
const secret = 'a secret of the test suites only';
const uri = testDatabaseUri('ledger-cli');
const env = { ...process.env, MONGODB_URI: uri, APP_SECRET: secret, NODE_ENV: 'test', LOG_LEVEL: 'error' };

interface Ended {
  readonly code: unknown;
  readonly stdout: string;
  readonly stderr: string;
}
const payops = (...words: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(process.execPath, [program, ...words], { env, maxBuffer: 2 ** 24 }, (error, stdout, stderr) => {
      resolve({ code: error ? error.code : 0, stdout, stderr });
    });
    forgivePipes(child);
  });

let client: MongoClient;
const rows = (name: string) => client.db().collection<{ _id: string; available: number; memo: string }>(name);

beforeAll(async () => {
  // Makes the collections, as the first start of a server does.
  expect((await payops('ledger', 'verify')).code).toBe(0);
  const database = await Database.connect(uri);
  const keys = new Keys(appSecret({ appSecret: secret, dataDir: '' }));
  const writer = new GroupedLedgerWriter(new MongoLedgerStore(database), keys, new FakeClock());
  for (const tenantId of ['ten_a', 'ten_b']) {
    const of = commandsOf(tenantId);
    await writer.post(of.grant('ann', 100, { memo: 'Welcome' }));
    await writer.post(of.spend('ann', 30));
    await writer.post(of.hold('ann', 20, new Date('2026-01-02T00:00:00.000Z')));
  }
  await database.client.close();
  client = await MongoClient.connect(uri);
}, 120_000);
afterAll(() => client.close());

it('verify finds a ledger good that is, and posts and anchors nothing on the way', async () => {
  const all = await payops('ledger', 'verify');
  expect(all).toMatchObject({ code: 0, stderr: '' });
  expect(all.stdout).toMatch(
    /^6 entries in 6 batches and 6 accounts of 2 tenants are good, 0 tenants are not \([\d.]+ s, [\d,]+ entries a second\)\n$/,
  );
  const one = await payops('ledger', 'verify', '--tenant', 'ten_b');
  expect(one.stdout).toMatch(/^3 entries in 3 batches and 3 accounts of 1 tenants are good/);
  expect(await rows('ledger_anchors').countDocuments()).toBe(0);
  expect(await rows('ledger_transactions').countDocuments()).toBe(6);
}, 120_000);

it('export writes nothing but lines of JSON to the standard output', async () => {
  const { code, stdout, stderr } = await payops('ledger', 'export', '--tenant', 'ten_a');
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(code).toBe(0);
  expect(lines.map(({ type, seq, n }) => [type, seq ?? n])).toEqual([
    ['batch', 1],
    ['entry', 1],
    ['batch', 2],
    ['entry', 2],
    ['batch', 3],
    ['entry', 3],
  ]);
  expect(stderr).toMatch(/^3 entries in 3 batches exported \([\d.]+ s\)\n$/);
}, 120_000);

it('verify ends with 1 and names the row, rebuild mends an account and no entry', async () => {
  await rows('ledger_accounts').updateOne({ _id: 'ten_a/ann:CREDIT' }, { $inc: { available: 7 } });
  const bad = await payops('ledger', 'verify');
  expect(bad.code).toBe(1);
  expect(bad.stdout).toContain('BAD ledger_accounts ten_a/ann:CREDIT: available is 57, and the entries make it 50\n');
  expect(bad.stdout).toContain('1 tenants are not');
  const mended = await payops('ledger', 'rebuild');
  expect(mended.code).toBe(0);
  expect(mended.stdout).toMatch(/^6 entries: 5 account rows agreed, 1 were repaired \([\d.]+ s\)\nRestart the servers/);
  expect((await payops('ledger', 'verify')).code).toBe(0);

  await rows('ledger_transactions').updateOne({ memo: 'Welcome' }, { $set: { memo: 'Farewell' } });
  const forged = 'ledger_batches ten_a/1: hash does not fit: the header or one of the entries 1 to 1 was changed\n';
  expect(await payops('ledger', 'verify')).toMatchObject({ code: 1, stdout: expect.stringContaining(`BAD ${forged}`) });
  expect(await payops('ledger', 'rebuild')).toMatchObject({ code: 1, stdout: expect.stringContaining(`NOT REBUILT ${forged}`) });
}, 120_000);

it.each([
  [],
  ['ledger'],
  ['ledger', 'mend'],
  ['ledger', 'verify', 'ten_a'],
  ['ledger', 'verify', '--tenant'],
  ['ledger', 'verify', '--all'],
])('says how it is used when it is asked for anything else: %s %s %s', async (...words) => {
  const { code, stdout, stderr } = await payops(...words.filter((word) => typeof word === 'string'));
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('usage: payops <command> [--tenant <id>]');
  for (const command of ['analytics rebuild', 'ledger verify', 'ledger rebuild', 'ledger export'])
    expect(stderr).toContain(`  ${command} `);
});
