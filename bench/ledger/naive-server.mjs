import Fastify from 'fastify';
import { createVerifier } from 'fast-jwt';
import mongoose from 'mongoose';
import { deriveKey } from '../../dist/kernel/config/app-secret.js';
import { common } from '../server.mjs';

// The same transfers as most people write them: correct, and one transaction each. `/naive` asks eight times, `/guarded` twice.
const { MONGODB_URI = '', APP_SECRET = '', HOST, PORT } = process.env;

const { connection } = await mongoose.connect(MONGODB_URI, { autoIndex: false, maxPoolSize: 64 });
const transaction = { readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority', j: true } };
const required = { type: String, required: true };
const amount = { type: Number, required: true, min: 1, validate: Number.isSafeInteger };
const { Schema } = mongoose;
const options = { versionKey: false, strict: 'throw', strictQuery: 'throw' };

const Account = mongoose.model('NaiveAccount', new Schema({ _id: String, balance: { type: Number, min: 0 } }, options), 'naive_accounts');
const Entry = mongoose.model(
  'NaiveEntry',
  new Schema({ account: required, delta: Number, transfer: required, at: Date }, options),
  'naive_entries',
);
const Transfer = mongoose.model(
  'NaiveTransfer',
  new Schema({ from: required, to: required, amount, at: Date }, options),
  'naive_transfers',
);
const Key = mongoose.model('NaiveKey', new Schema({ _id: String, transfer: required, at: Date }, options), 'naive_keys');
const Guarded = mongoose.model(
  'GuardedTransfer',
  new Schema({ _id: String, at: Date, postings: [{ _id: false, account: required, delta: Number }] }, options),
  'guarded_transfers',
);
const GuardedAccount = mongoose.model('GuardedAccount', new Schema({ _id: String, balance: Number }, options), 'guarded_accounts');
for (const model of [Account, Entry, Transfer, Key, Guarded, GuardedAccount]) await model.createCollection();
await Entry.collection.createIndex({ account: 1, at: 1 });
await Guarded.collection.createIndex({ 'postings.account': 1, at: 1 });

class Refused extends Error {}

async function naive(key, { userId: from, toUserId: to, amount: units }) {
  return connection.transaction(async (session) => {
    const used = await Key.findById(key).session(session).lean();
    if (used) return used.transfer;
    const [payer, payee] = [await Account.findById(from).session(session).lean(), await Account.findById(to).session(session).lean()];
    if (!payer || !payee || payer.balance < units) throw new Refused();
    await Account.updateOne({ _id: from, balance: { $gte: units } }, { $inc: { balance: -units } }, { session });
    await Account.updateOne({ _id: to }, { $inc: { balance: units } }, { session });
    const at = new Date();
    const [transfer] = await Transfer.create([{ from, to, amount: units, at }], { session });
    const id = String(transfer._id);
    await Entry.insertMany(
      [
        { account: from, delta: -units, transfer: id, at },
        { account: to, delta: units, transfer: id, at },
      ],
      { session },
    );
    await Key.create([{ _id: key, transfer: id, at }], { session });
    return id;
  }, transaction);
}

async function guarded(key, { userId: from, toUserId: to, amount: units }) {
  return connection.transaction(async (session) => {
    const moved = await GuardedAccount.bulkWrite(
      [
        { updateOne: { filter: { _id: from, balance: { $gte: units } }, update: { $inc: { balance: -units } } } },
        { updateOne: { filter: { _id: to }, update: { $inc: { balance: units } } } },
      ],
      { session },
    );
    if (moved.matchedCount !== 2) throw new Refused();
    const postings = [
      { account: from, delta: -units },
      { account: to, delta: units },
    ];
    await Guarded.create([{ _id: key, at: new Date(), postings }], { session });
    return key;
  }, transaction);
}

const verify = createVerifier({ algorithms: ['HS256'], key: deriveKey(Buffer.from(APP_SECRET), 'jwt'), cache: 1_000 });
const server = Fastify();
const post = (url, work) =>
  server.post(url, async ({ headers, body }, reply) => {
    verify(headers.authorization.slice('Bearer '.length));
    const readable =
      typeof body.userId === 'string' && typeof body.toUserId === 'string' && Number.isSafeInteger(body.amount) && body.amount > 0;
    if (!readable || body.userId === body.toUserId) return reply.status(400).send({ error: 'invalid' });
    return reply.status(201).send({ id: await work(headers['idempotency-key'], body) });
  });
post('/naive/transfers', naive);
post('/guarded/transfers', guarded);

process.stdout.write(`naive-server is ready at ${await server.listen({ host: HOST ?? common.HOST, port: Number(PORT) })}\n`);
process.once('SIGTERM', () => process.exit(0));
