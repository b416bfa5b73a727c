import { randomBytes } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { asFigures, takeTurns } from '../load.mjs';
import { databaseUri } from '../mongod.mjs';
import { progress } from '../results.mjs';
import { overDatabase, programs, startServer } from '../server.mjs';
import { asMillis, asPercent, ratio } from '../stats.mjs';
import { until } from '../until.mjs';

const leastShare = 0.5;
const mostMillis = 100;

const body = JSON.stringify({ customerName: 'Ava Reed', paymentAmount: 12.99, currency: 'GBP', details: 'Order 1042' });

/**
 * Charges, with everything that a payment leaves behind and the job that completes it, against a bare insert.
 * @param {string} mongod
 * @param {import('../report.mjs').Rounds} options
 */
export async function measureCharges(mongod, options) {
  const uri = databaseUri(mongod, 'gateway');
  const env = overDatabase(uri);
  const product = await startServer(programs.product, env);
  const apiKey = await register(product);
  const bare = await startServer(programs.bareGateway, { ...env, API_KEY: apiKey });
  const client = await MongoClient.connect(uri);
  try {
    const charges = new Charges(client.db());
    const headers = { 'x-api-key': apiKey, 'content-type': 'application/json' };
    const rows = [];
    for (const connections of [16, 64]) {
      const what = `charge, ${connections} connections`;
      progress(what);
      const to = ({ url }) => [{ url: `${url}/api/v1/payments/charge`, headers, body, connections }];
      const contestants = { ours: to(product), insert: to(bare) };
      const { ours, insert } = await takeTurns(
        options,
        contestants,
        (done) => charges.assertMore(done.ours),
        () => charges.completed(),
      );
      const share = ratio(ours.all('rate'), insert.all('rate'));
      const p99 = ours.median('p99');
      rows.push(
        {
          what,
          figures: `product ${asFigures(ours)}; bare insert ${asFigures(insert)}: ${asPercent(share)}`,
          goal: 'at least 50 % of bare insert',
          reached: share.median >= leastShare,
        },
        { what: `${what}, 99th percentile`, figures: asMillis(p99), goal: `at most ${mostMillis} ms`, reached: p99 <= mostMillis },
      );
    }
    return rows;
  } finally {
    await client.close();
  }
}

/** The key of a new user. */
async function register({ url }) {
  const person = { name: 'Ava Reed', email: 'ava.reed@example.com', password: randomBytes(12).toString('base64url') };
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/api/v1/users/register`, { method: 'POST', headers, body: JSON.stringify(person) });
  if (!answer.ok) throw new Error(`Registering failed: ${answer.status} ${await answer.text()}`);
  return (await answer.json()).apiKey;
}

class Charges {
  seen = 0;

  /** @param {import('mongodb').Db} db */
  constructor(db) {
    this.payments = db.collection('payments');
    this.jobs = db.collection('jobs');
  }

  /** @param {number} acknowledged */
  async assertMore(acknowledged) {
    const total = await this.payments.countDocuments({ 'charge.id': { $exists: true } });
    if (total - this.seen < acknowledged) throw new Error(`${acknowledged} charges were acknowledged, ${total - this.seen} are there`);
    this.seen = total;
  }

  /** What one load left to do is not done at the expense of the next. */
  completed() {
    const isLeft = () => this.jobs.countDocuments({ state: { $in: ['waiting', 'running'] } }, { limit: 1 });
    return until('charges are completed', async () => (await isLeft()) === 0);
  }
}
