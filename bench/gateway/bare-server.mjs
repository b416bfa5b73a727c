import { createHmac, timingSafeEqual } from 'node:crypto';
import Fastify from 'fastify';
import { MongoClient } from 'mongodb';
import { objectIdHex } from '../../dist/kernel/ids.js';
import { newPayment } from '../../dist/payments/payment-changes.js';
import { toDocument } from '../../dist/payments/payment.schema.js';

// A charge without the product: the key is checked and one document inserted, in a collection without indexes, and that is all.
const { MONGODB_URI = '', APP_SECRET = '', API_KEY = '', HOST, PORT } = process.env;

const client = new MongoClient(MONGODB_URI, { writeConcern: { w: 'majority', journal: true }, maxPoolSize: 64 });
await client.connect();
const charges = client.db().collection('bare_charges');

const hashOf = (secret) => createHmac('sha256', APP_SECRET).update(secret).digest();
const known = hashOf(API_KEY);
const actor = { userId: 'usr_bare', tenantId: 'ten_default', email: 'ava.reed@example.com' };

async function charge(request, reply) {
  if (!timingSafeEqual(hashOf(String(request.headers['x-api-key'])), known)) return reply.status(401).send();
  const { customerName, paymentAmount, currency, details } = request.body;
  const id = objectIdHex();
  const given = {
    merchant: 'Ava Reed',
    paymentType: 'gateway',
    amountMinor: Math.round(paymentAmount * 100),
    currency,
    region: '',
    customer: { name: customerName, email: '', country: '' },
    attempts: [],
    charge: { id: `txn_${id}`, details, webhookUrl: null, currency },
  };
  const payment = newPayment(id, actor, given, new Date());
  await charges.insertOne(toDocument(payment, 1));
  const created = payment.createdAt.toISOString();
  return reply.status(201).send({ id: payment.charge.id, customerName, amount: paymentAmount, currency, status: 'pending', created });
}

const server = Fastify();
server.route({ method: 'POST', url: '/api/v1/payments/charge', handler: charge });
process.stdout.write(`bare-server is ready at ${await server.listen({ host: HOST, port: Number(PORT) })}\n`);
process.once('SIGTERM', () => process.exit(0));
