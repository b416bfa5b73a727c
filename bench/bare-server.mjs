import Fastify from 'fastify';
import { createVerifier } from 'fast-jwt';
import { MongoClient, ObjectId } from 'mongodb';
import { deriveKey } from '../dist/kernel/config/app-secret.js';
import { toDocument } from '../dist/payments/payment.schema.js';
import { naiveCreate } from './naive-create.mjs';

// What the same requests cost without the product: the same answer, the same queries, the same guarantees of the database, and
// nothing checked, counted, recorded or dressed.
const { MONGODB_URI = '', APP_SECRET = '', HOST, PORT } = process.env;

const client = new MongoClient(MONGODB_URI, {
  writeConcern: { w: 'majority', journal: true },
  readConcern: { level: 'majority' },
  maxPoolSize: 64,
});
await client.connect();
const db = client.db();
const payments = db.collection('payments');
const buckets = db.collection('payment_buckets');

const key = deriveKey(Buffer.from(APP_SECRET), 'jwt');
const verify = createVerifier({ algorithms: ['HS256'], key, cache: 1_000 });
const claimsOf = (request) => verify(request.headers.authorization.slice('Bearer '.length));

const server = Fastify();
server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
  done(null, Object.fromEntries(new URLSearchParams(String(body))));
});

async function list(request) {
  const { tid: tenantId } = claimsOf(request);
  const page = Number(request.query.page);
  const limit = Number(request.query.limit);
  const newest = { sort: { initiatedAt: -1, _id: -1 }, skip: (page - 1) * limit, limit };
  const [found, { counts }] = await Promise.all([
    payments.find({ live: true, tenantId }, newest).toArray(),
    buckets.findOne({ _id: tenantId }),
  ]);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return { status: 200, data: { payments: found.map(shown), page, limit, total } };
}

async function create(request, reply) {
  const payment = paymentOf(request.body, claimsOf(request), 'ten_bare');
  await payments.insertOne(toDocument(payment, 1));
  return reply.status(201).send({ status: 201, message: 'Payment created' });
}

const writeNaively = await naiveCreate(client, 'ten_naive');

async function createNaively(request, reply) {
  const claims = claimsOf(request);
  await writeNaively(paymentOf(request.body, claims, 'ten_naive'), { userId: claims.uid, email: claims.sub, role: claims.role });
  return reply.status(201).send({ status: 201, message: 'Payment created' });
}

function shown(payment) {
  return {
    _id: payment._id.toHexString(),
    merchant: payment.merchant,
    payment_type: payment.paymentType,
    amount_minor: payment.amountMinor,
    currency: payment.currency,
    region: payment.region,
    status: payment.status,
    created_by: payment.createdBy,
    initiated_at: payment.initiatedAt.toISOString().replace(/(\.000)?Z$/, ''),
    customer_details: payment.customer,
    provider_attempts: payment.attempts.map(({ provider, result, latencyMs }) => ({ provider, result, latency_ms: latencyMs })),
  };
}

/** For a tenant of its own, so that no list or figure that is measured holds payments that were never counted. */
function paymentOf(form, { uid, sub }, tenantId) {
  const now = new Date();
  return {
    id: new ObjectId().toHexString(),
    tenantId,
    ownerId: uid,
    createdBy: sub,
    merchant: form.merchant,
    paymentType: form.payment_type,
    amountMinor: Number(form.amount_minor),
    currency: form.currency,
    region: form.region,
    customer: { name: form.customer_name, email: form.customer_email, country: form.customer_country },
    attempts: JSON.parse(form.provider_attempts).map(({ latency_ms: latencyMs, ...attempt }) => ({ ...attempt, latencyMs })),
    state: 'created',
    decisions: [],
    initiatedAt: now,
    createdAt: now,
    updatedAt: now,
    rev: 1,
  };
}

server.route({ method: 'GET', url: '/api/payments', handler: list });
server.route({ method: 'POST', url: '/api/payments', handler: create });
server.route({ method: 'POST', url: '/naive/payments', handler: createNaively });
process.stdout.write(`bare-server is ready at ${await server.listen({ host: HOST, port: Number(PORT) })}\n`);
process.once('SIGTERM', () => process.exit(0));
