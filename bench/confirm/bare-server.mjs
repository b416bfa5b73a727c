import Fastify from 'fastify';
import { createVerifier } from 'fast-jwt';
import { MongoClient, ObjectId } from 'mongodb';
import { deriveKey } from '../../dist/kernel/config/app-secret.js';
import { objectIdHex } from '../../dist/kernel/ids.js';
import { newPayment } from '../../dist/payments/payment-changes.js';
import { toDocument } from '../../dist/payments/payment.schema.js';
import { intentOf, providerHeaders } from './requests.mjs';

// A confirmed payment without the product: the token is checked, the intent inserted, the provider asked, and its answer written.
// Nothing is routed, counted, recorded or looked after, and no request is known again.
const { MONGODB_URI = '', APP_SECRET = '', SANDBOX_URL = '', HOST, PORT } = process.env;

const client = new MongoClient(MONGODB_URI, { writeConcern: { w: 'majority', journal: true }, maxPoolSize: 64 });
await client.connect();
const payments = client.db().collection('bare_payments');
const verify = createVerifier({ algorithms: ['HS256'], key: deriveKey(Buffer.from(APP_SECRET), 'jwt'), cache: 1_000 });

async function confirm(request, reply) {
  const { uid: userId, tid: tenantId, sub: email } = verify(request.headers.authorization.slice('Bearer '.length));
  const { confirm: _, confirmation, ...given } = request.body;
  const payment = newPayment(objectIdHex(), { userId, tenantId, email }, { ...given, attempts: [] }, new Date());
  const reference = `pay_${payment.id}-1`;
  const _id = new ObjectId(payment.id);
  await payments.insertOne({ ...toDocument(payment, 1), state: 'authorizing', flow: { ...confirmation, key: reference } });
  const begun = performance.now();
  const headers = { ...providerHeaders, 'idempotency-key': reference };
  const answer = await fetch(`${SANDBOX_URL}/v1/payment_intents`, { method: 'POST', headers, body: intentOf(reference) });
  const intent = await answer.json();
  if (intent.status !== 'succeeded' || intent.amount_received !== payment.amountMinor) return reply.status(502).send();
  const attempt = { provider: 'Stripe', result: 'success', latencyMs: Math.round(performance.now() - begun), account: 'stripe' };
  const outcome = {
    state: 'captured',
    status: 'success',
    attempts: [attempt],
    'flow.providerId': intent.id,
    updatedAt: new Date(),
    rev: 2,
  };
  await payments.updateOne({ _id, rev: 1 }, { $set: outcome });
  const shown = { id: `pay_${payment.id}`, ...given, state: 'captured', status: 'success', attempts: [attempt], createdBy: email };
  return reply.status(201).send({ data: { ...shown, createdAt: payment.createdAt }, error: null });
}

const server = Fastify();
server.route({ method: 'POST', url: '/api/v1/payments', handler: confirm });
process.stdout.write(`bare-server is ready at ${await server.listen({ host: HOST, port: Number(PORT) })}\n`);
process.once('SIGTERM', () => process.exit(0));
