import Fastify from 'fastify';
import { Binary, MongoClient } from 'mongodb';
import { newId } from '../../dist/kernel/ids.js';
import { jobsCollection } from '../../dist/kernel/jobs/job.js';
import { inboundIdOf, inboundWebhooksCollection } from '../../dist/webhooks/inbound-webhook.js';
import { verifyStandard } from '../../dist/webhooks/standard-signature.js';

// Taking an event in without the product: `/verify` looks at the signature and forgets it; `/insert` keeps the event, one write a
// request; `/transaction` keeps it with the job that will do the work.
const { MONGODB_URI = '', WEBHOOK_SECRET = '', HOST, PORT } = process.env;

const majority = { writeConcern: { w: 'majority', journal: true } };
const client = new MongoClient(MONGODB_URI, { ...majority, maxPoolSize: 64 });
await client.connect();
const collection = async (name, { indexes }) => {
  const made = await client.db().createCollection(name);
  await made.createIndexes([...indexes]);
  return made;
};
const inbox = await collection('bare_inbox', inboundWebhooksCollection);
const jobs = await collection('bare_jobs', jobsCollection);

const server = Fastify();
server.removeAllContentTypeParsers();
server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

const route = (path, keep) => {
  server.post(path, async ({ headers, body }, reply) => {
    const eventId = verifyStandard([WEBHOOK_SECRET], headers, body, new Date());
    if (eventId === null) return reply.status(401).send();
    const row = rowOf(eventId, headers, body);
    await keep(row);
    return reply.status(202).send({ id: row._id, duplicate: false });
  });
};

function rowOf(eventId, headers, body) {
  const [source, recipient] = ['generic', 'int_bare'];
  const contentType = headers['content-type'] ?? '';
  const _id = inboundIdOf(source, recipient, eventId);
  const from = { tenantId: 'ten_default', source, recipient, eventId, sourceAgent: recipient };
  return { _id, ...from, body: new Binary(body), contentType, receivedAt: new Date(), processedAt: null };
}

async function keepWithJob(row) {
  const { tenantId, receivedAt: now } = row;
  const due = { state: 'waiting', runAt: now, attempts: 0, createdAt: now };
  const job = { _id: newId('job'), kind: 'webhooks.process', tenantId, payload: { id: row._id }, ...due };
  const write = async (session) => {
    await inbox.insertOne(row, { session });
    await jobs.insertOne(job, { session });
  };
  await client.withSession((session) => session.withTransaction(() => write(session), majority));
}

route('/verify', async () => {});
route('/insert', (row) => inbox.insertOne(row));
route('/transaction', keepWithJob);
process.stdout.write(`bare-server is ready at ${await server.listen({ host: HOST, port: Number(PORT) })}\n`);
process.once('SIGTERM', () => process.exit(0));
