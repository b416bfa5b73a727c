import { MongoClient } from 'mongodb';
import { asFigures, takeTurns } from '../load.mjs';
import { databaseUri } from '../mongod.mjs';
import { progress } from '../results.mjs';
import { overDatabase, programs, signIn, startServer } from '../server.mjs';
import { asFactor, asPercent, ratio } from '../stats.mjs';
import { until } from '../until.mjs';

const connections = 64;
const leastShare = 0.4;
const leastTimes = 4;

/**
 * Events of others, each sent once: verified, stored and acknowledged, then ingested by a job.
 * @param {string} mongod
 * @param {import('../report.mjs').Rounds} options
 */
export async function measureIntake(mongod, options) {
  const uri = databaseUri(mongod, 'webhooks');
  const env = overDatabase(uri);
  const product = await startServer(programs.product, env);
  const { id, secret } = await newIntegration(product);
  const bare = await startServer(programs.bareWebhooks, { ...env, WEBHOOK_SECRET: secret });
  const client = await MongoClient.connect(uri);
  try {
    const inbox = new Inbox(client.db(), id);
    const what = `take in a webhook, ${connections} connections`;
    progress(what);
    const to = (url) => [{ url, headers: {}, make: { what: 'message', secret }, connections }];
    const contestants = {
      ours: to(`${product.url}/api/v1/integrations/webhooks/generic/${id}`),
      verify: to(`${bare.url}/verify`),
      insert: to(`${bare.url}/insert`),
      transaction: to(`${bare.url}/transaction`),
    };
    const { ours, verify, insert, transaction } = await takeTurns(
      options,
      contestants,
      (done) => inbox.assertMore(done.ours),
      () => inbox.ingested(),
    );
    const share = ratio(ours.all('rate'), verify.all('rate'));
    const times = ratio(ours.all('rate'), transaction.all('rate'));
    return [
      {
        what: `${what}, against a program that only verifies`,
        figures: `product ${asFigures(ours)}; verify ${asFigures(verify)}: ${asPercent(share)}`,
        goal: 'at least 40 % of it',
        reached: share.median >= leastShare,
      },
      {
        what: `${what}, against a transaction each (event and job)`,
        figures: `${asFigures(transaction)}: ${asFactor(times)}`,
        goal: `at least ${leastTimes} times`,
        reached: times.median >= leastTimes,
      },
      {
        what: `${what}, against an insert each (the event alone)`,
        figures: `${asFigures(insert)}: ${asFactor(ratio(ours.all('rate'), insert.all('rate')))}`,
      },
    ];
  } finally {
    await client.close();
  }
}

/** @param {import('../server.mjs').Server} server */
async function newIntegration(server) {
  const headers = { ...(await signIn(server)), 'content-type': 'application/json', 'idempotency-key': 'bench' };
  const body = JSON.stringify({ name: 'Bank', provider: 'generic' });
  const answer = await fetch(`${server.url}/api/v1/integrations`, { method: 'POST', headers, body });
  if (!answer.ok) throw new Error(`No integration: ${answer.status} ${await answer.text()}`);
  const { integration, secret } = (await answer.json()).data;
  return { id: integration.id, secret };
}

class Inbox {
  seen = 0;

  /**
   * @param {import('mongodb').Db} db
   * @param {string} recipient
   */
  constructor(db, recipient) {
    this.events = db.collection('events');
    this.webhooks = db.collection('inbound_webhooks');
    this.recipient = recipient;
  }

  /** Nothing that was acknowledged is missing, and everything was ingested once. @param {number} acknowledged */
  async assertMore(acknowledged) {
    const total = await this.webhooks.countDocuments({ recipient: this.recipient });
    if (total - this.seen < acknowledged) throw new Error(`${acknowledged} events were acknowledged, ${total - this.seen} are there`);
    const subjects = [{ $match: { type: 'INGESTED' } }, { $group: { _id: '$subject.id', times: { $sum: 1 } } }];
    const figures = { $group: { _id: null, subjects: { $sum: 1 }, events: { $sum: '$times' } } };
    const [told] = await this.events.aggregate([...subjects, figures], { allowDiskUse: true }).toArray();
    if (told?.subjects !== total || told.events !== total)
      throw new Error(`${total} are stored, ${told?.events} of ${told?.subjects} ingested`);
    this.seen = total;
  }

  /** What one load left to do is not done at the expense of the next. */
  ingested() {
    return until('events are ingested', async () => !(await this.isBusy()));
  }

  async isBusy() {
    const [unprocessed, unsequenced] = await Promise.all([
      this.webhooks.countDocuments({ processedAt: null, recipient: this.recipient }, { limit: 1 }),
      this.events.countDocuments({ position: null }, { limit: 1 }),
    ]);
    return unprocessed + unsequenced > 0;
  }
}
