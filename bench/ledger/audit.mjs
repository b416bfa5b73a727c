import { MongoClient } from 'mongodb';
import { until } from '../until.mjs';
import { opening } from './fill.mjs';

/**
 * What must hold after every round, read from the rows: sums, floors, keys that worked once, entries that make up the balances, and
 * at least as many entries as were acknowledged.
 * @param {string} uri
 * @param {number} accounts
 * @param {number} acknowledged transfers of this round that the product had acknowledged
 */
export async function audit(uri, accounts, acknowledged) {
  const client = await MongoClient.connect(uri);
  // Of one moment: requests that the load did not wait for are still being done.
  const session = client.startSession({ snapshot: true });
  try {
    const db = client.db();
    await auditProduct(db, session, acknowledged);
    for (const name of ['naive_accounts', 'guarded_accounts']) {
      const [{ sum, least }] = await db.collection(name).aggregate(sumOf('$balance'), { session }).toArray();
      assert(sum === accounts * opening && least >= 0, `${name} do not add up`);
    }
    const keys = await db.collection('naive_keys').countDocuments({}, { session });
    assert(keys === (await db.collection('naive_transfers').countDocuments({}, { session })), 'a naive transfer without its key');
    assert(2 * keys === (await db.collection('naive_entries').countDocuments({}, { session })), 'a naive transfer without its entries');
  } finally {
    await session.endSession();
    await client.close();
  }
}

const seen = new Map();

async function auditProduct(db, session, acknowledged) {
  const entries = db.collection('ledger_transactions');
  const [{ sum, count }] = await db
    .collection('ledger_accounts')
    .aggregate(sumOf({ $add: ['$available', '$held'] }), { session })
    .toArray();
  const floor = await db
    .collection('ledger_accounts')
    .countDocuments({ policy: 'user', $or: [{ available: { $lt: 0 } }, { held: { $lt: 0 } }] }, { session });
  assert(sum === 0 && floor === 0, 'accounts do not add up, or one is below zero');
  const total = await entries.countDocuments({}, { session });
  const [last] = await entries.find({}, { session }).sort({ n: -1 }).limit(1).toArray();
  assert(total === last.n, 'the numbers have a gap');
  const [{ n: batched }] = await db
    .collection('ledger_batches')
    .aggregate([{ $group: { _id: null, n: { $sum: '$count' } } }], { session })
    .toArray();
  assert(batched === total, 'a batch does not hold what its header says');
  const wrong = await entries.aggregate(balances, { allowDiskUse: true, session }).toArray();
  assert(wrong.length === 0 && count > 0, 'a balance is not the sum of its postings');
  const before = seen.get(db.databaseName) ?? total - acknowledged;
  assert(total - before >= acknowledged, 'an acknowledged transfer is missing');
  seen.set(db.databaseName, total);
}

/**
 * The event feed has come to the end of the ledger: what one load left to do is not done at the expense of the next.
 * @param {string} uri
 */
export async function sequenced(uri) {
  const client = await MongoClient.connect(uri);
  try {
    const db = client.db();
    await until('the event feed comes to the end of the ledger', async () => {
      const last = await db.collection('ledger_batches').findOne({}, { sort: { tenantId: 1, seq: -1 } });
      const feed = await db.collection('event_feeds').findOne({ _id: last.tenantId });
      return feed?.through.ledger === last.n;
    });
  } finally {
    await client.close();
  }
}

const sumOf = (field) => [{ $group: { _id: null, sum: { $sum: field }, least: { $min: field }, count: { $sum: 1 } } }];
const balances = [
  { $unwind: '$postings' },
  { $group: { _id: { $concat: ['$tenantId', '/', '$postings.account'] }, sum: { $sum: '$postings.delta' } } },
  { $lookup: { from: 'ledger_accounts', localField: '_id', foreignField: '_id', as: 'row' } },
  { $match: { $expr: { $ne: ['$sum', { $sum: [{ $first: '$row.available' }, { $first: '$row.held' }] }] } } },
  { $limit: 1 },
];

function assert(holds, problem) {
  if (!holds) throw new Error(`The audit failed: ${problem}`);
}
