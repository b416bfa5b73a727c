import { randomBytes } from 'node:crypto';
import { Clock } from '../../dist/kernel/clock.js';
import { Database } from '../../dist/kernel/mongo/database.js';
import { Keys } from '../../dist/kernel/config/keys.js';
import { accountOf, legsBetween } from '../../dist/ledger/ledger.js';
import { GroupedLedgerWriter } from '../../dist/ledger/grouped-ledger-writer.js';
import { MongoLedgerStore } from '../../dist/ledger/mongo-ledger-store.js';
import { common } from '../server.mjs';
import { userId } from './transfers.mjs';

const tenantId = 'ten_default';
// More than the fill and all loads take from one account.
export const opening = 10_000_000;
const waiting = 2_000;
const now = new Date();

/**
 * Users with an opening balance each, in the ledger and for those it is compared with.
 * @param {string} uri
 * @param {number} accounts
 */
export async function fillAccounts(uri, accounts) {
  const indexes = Array.from({ length: accounts }, (_, index) => index);
  await over(uri, async (database, writer) => {
    await database.collection('users').insertMany(indexes.map(userOf));
    for (const name of ['naive_accounts', 'guarded_accounts']) {
      await database.collection(name).insertMany(indexes.map((index) => ({ _id: userId(index), balance: opening })));
    }
    await atOnce(accounts, (index) => post(writer, 'grant', '@issuance', userId(index), opening));
  });
}

/**
 * So many more transfers, all from the first account.
 * @param {string} uri
 * @param {number} accounts
 * @param {number} count
 */
export async function fillEntries(uri, accounts, count) {
  await over(uri, (_database, writer) => {
    return atOnce(count, (index) => post(writer, 'transfer', userId(0), userId(1 + (index % (accounts - 1))), 1));
  });
}

const userOf = (index) => ({
  _id: userId(index),
  email: `${userId(index)}@payops.test`,
  name: `Bench ${index}`,
  passwordVersion: 1,
  memberships: [{ tenantId, role: 'user', number: 2_000 + index, since: now }],
  createdAt: now,
  rev: 1,
});

async function over(uri, work) {
  const database = await Database.connect(uri);
  try {
    const keys = new Keys(Buffer.from(common.APP_SECRET));
    await work(database, new GroupedLedgerWriter(new MongoLedgerStore(database), keys, new Clock()));
  } finally {
    await database.client.close();
  }
}

function post(writer, kind, from, to, amount) {
  const key = randomBytes(12).toString('base64url');
  const move = { type: 'legs', legs: legsBetween(accountOf(from), accountOf(to), amount) };
  return writer.post({ tenantId, key, kind, memo: '', meta: { by: 'usr_bench' }, move });
}

async function atOnce(count, work) {
  let next = 0;
  const walk = async () => {
    for (let index = next++; index < count; index = next++) await work(index);
  };
  await Promise.all(Array.from({ length: Math.min(waiting, count) }, walk));
}
