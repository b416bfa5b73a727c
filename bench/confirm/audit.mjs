import { ObjectId } from 'mongodb';
import { until } from '../until.mjs';
import { amountMinor } from './requests.mjs';

/** What the payments of one program must be, against the books of the sandbox. */
export class PaymentsAudit {
  last = new ObjectId('0'.repeat(24));

  /**
   * @param {import('mongodb').Db} db
   * @param {string} name of the collection of payments
   */
  constructor(db, name) {
    this.payments = db.collection(name);
    this.name = name;
  }

  /**
   * Nothing that was acknowledged is missing, and each payment was captured, here and in the books, once.
   * @param {number} acknowledged
   * @param {Map<string, { captures: number, captured: number }[]>} books
   */
  async assertMore(acknowledged, books) {
    const fields = { projection: { state: 1, attempts: 1 }, sort: { _id: 1 } };
    const found = await this.payments.find({ _id: { $gt: this.last }, flow: { $exists: true } }, fields).toArray();
    if (found.length < acknowledged) throw new Error(`${this.name}: ${acknowledged} were acknowledged, ${found.length} are there`);
    for (const { _id, state, attempts } of found) {
      const reference = `pay_${_id.toHexString()}-1`;
      const [entry, another] = books.get(reference) ?? [];
      const isBooked = entry?.captures === 1 && entry.captured === amountMinor && !another;
      if (state !== 'captured' || attempts.length !== 1 || !isBooked)
        throw new Error(`${this.name} ${reference}: ${state}, ${JSON.stringify(entry)}`);
    }
    this.last = found.at(-1)?._id ?? this.last;
    return found.length;
  }
}

/** The books of the sandbox. */
export class Books {
  /** @param {string} sandboxUrl */
  constructor(sandboxUrl) {
    this.url = sandboxUrl;
  }

  /**
   * What came since the last time, by reference; then the sandbox forgets it, so that it is as fast as before.
   * @returns {Promise<Map<string, { captures: number, captured: number }[]>>}
   */
  async take() {
    const { payments } = await (await fetch(`${this.url}/sandbox/books`)).json();
    await fetch(`${this.url}/sandbox/reset`, { method: 'POST' });
    const byReference = new Map();
    for (const payment of payments) byReference.set(payment.reference, [...(byReference.get(payment.reference) ?? []), payment]);
    return byReference;
  }
}

/**
 * What one load left to do is not done at the expense of the next.
 * @param {import('mongodb').Db} db
 */
export function settled(db) {
  const [payments, jobs, events] = [db.collection('payments'), db.collection('jobs'), db.collection('events')];
  const one = { limit: 1 };
  return until('payments are settled', async () => {
    const left = await Promise.all([
      payments.countDocuments({ state: { $ne: 'captured' } }, one),
      jobs.countDocuments({ kind: 'payments.resolve' }, one),
      events.countDocuments({ position: null }, one),
    ]);
    return left.every((count) => count === 0);
  });
}
