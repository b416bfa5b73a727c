import { ObjectId } from 'mongodb';
import { newId, type ObjectIdHex } from '../../src/kernel/ids.js';
import { Database } from '../../src/kernel/mongo/database.js';
import { PaymentConfirmer } from '../../src/payments/payment-confirmer.js';
import type { TestApp } from './app.js';
import type { Somebody } from './as.js';

/** With a card that Stripe's sandbox approves, known to this account alone. */
export const confirmationAt = (account: string, capture: 'now' | 'later') =>
  ({ method: { type: 'card', tokens: { [account]: 'pm_card_visa' } }, capture }) as const;

const sold = { merchant: 'Spotify', paymentType: 'subscription', amountMinor: 1299, currency: 'GBP', region: 'UK' };
const customer = { name: 'Ava Reed', email: 'ava.reed@example.com', country: 'UK' };

/** A payment that has gone through an account of the sandbox, made past the API, where not every role may make one. */
export async function routedPayment({ app }: TestApp, owner: Somebody, account: string, capture: 'now' | 'later'): Promise<ObjectIdHex> {
  const { method } = confirmationAt(account, capture);
  const actor = { ...owner, name: 'An owner', sessionId: 'none' };
  const confirmation = { method: { ...method, cardBrand: null }, capture };
  const made = await app.get(PaymentConfirmer, { strict: false }).create(actor, { ...sold, customer, attempts: [] }, confirmation);
  const wanted = capture === 'now' ? 'captured' : 'authorized';
  if (made.state !== wanted) throw new Error(`The payment is ${made.state}: ${JSON.stringify(made.flow?.last)}`);
  return made.id;
}

/** A refund of which nobody knows what became of it, so that a person has been called: its path, and whose it is. */
export async function doubtfulRefund(test: TestApp, owner: Somebody, account: string): Promise<{ path: string; paymentId: ObjectIdHex }> {
  const id = await routedPayment(test, owner, account, 'now');
  const at = new Date();
  const refund = { id: newId('ref'), amountMinor: 60, reason: '', state: 'in_doubt', by: owner.userId, at };
  await test.app
    .get(Database)
    .collection('payments')
    .updateOne({ _id: new ObjectId(id) }, { $set: { 'flow.refunds': [refund], 'flow.review': { reason: 'unresolved', at } } });
  return { path: `/api/v1/payments/pay_${id}/refunds/${refund.id}`, paymentId: id };
}
