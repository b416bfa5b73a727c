import { Injectable } from '@nestjs/common';
import type { ClientSession, Collection, Filter } from 'mongodb';
import { JobQueue } from '../kernel/jobs/job-queue.js';
import { Database } from '../kernel/mongo/database.js';
import { noticeKind } from './charge.js';
import { PaymentsUnderWay } from './payment.faults.js';
import { BucketChanges } from './payment-buckets.js';
import { PaymentBuckets } from './payment-buckets.repository.js';
import { isCharge, type PaymentDocument, paymentsCollection } from './payment.schema.js';

const batchSize = 10_000;
const isOpenAtProvider: Filter<PaymentDocument> = {
  $or: [{ 'flow.operation.key': { $gt: '' } }, { 'flow.refunds.state': { $in: ['sent', 'in_doubt'] } }],
};
/** What a client wrote into a charge. */
const written = { 'charge.details': '', 'charge.webhookUrl': '' } as const;

/** Takes an erased user's payments out of sight; the financial rows stay, under a pseudonym and without personal data. */
@Injectable()
export class PaymentsErasure {
  private readonly payments: Collection<PaymentDocument>;

  constructor(
    database: Database,
    private readonly buckets: PaymentBuckets,
    private readonly queue: JobQueue,
  ) {
    this.payments = database.collection<PaymentDocument>(paymentsCollection.name);
  }

  /**
   * In the caller's transaction, which conflicts with every batch that touches the tenant's payments meanwhile. @throws PaymentsUnderWay
   * where money may still move that nobody would look after any more
   */
  async erase(session: ClientSession, tenantId: string, ownerId: string, pseudonym: string): Promise<void> {
    const underWay = { tenantId, ownerId, live: true as const, ...isOpenAtProvider };
    if (await this.payments.findOne(underWay, { session, projection: { _id: 1 } })) throw new PaymentsUnderWay();
    const counting = await this.buckets.totals(tenantId);
    const changes = new BucketChanges(tenantId, counting);
    const counted = this.payments.find({ tenantId, ownerId, live: true }, { session, projection: { customer: 0, decisions: 0 } });
    for await (const payment of counted) changes.uncount(payment, payment.generation);
    await this.buckets.apply(session, changes);
    await this.buckets.shutOut(session, tenantId, ownerId);
    await this.eraseCharges(session, { tenantId, ownerId, ...isCharge }, pseudonym);
    const nobody = { ownerId: pseudonym, createdBy: pseudonym, customer: { name: '', email: '', country: '' } };
    const gone = { live: '', 'flow.returnUrl': '', 'flow.actionUrl': '' } as const;
    await this.payments.updateMany({ tenantId, ownerId }, { $set: nobody, $unset: gone, $inc: { rev: 1 } }, { session });
  }

  /** The owner's name stands for the merchant there, and what was to be sent of them, or has been, names their customers. */
  private async eraseCharges(session: ClientSession, mine: Filter<PaymentDocument>, pseudonym: string): Promise<void> {
    const found = await this.payments.find(mine, { session, projection: { 'charge.id': 1 } }).toArray();
    const charges = found.flatMap(({ charge }) => charge?.id ?? []);
    for (let at = 0; at < charges.length; at += batchSize) {
      await this.queue.forget(session, noticeKind, charges.slice(at, at + batchSize));
    }
    await this.payments.updateMany(mine, { $set: { merchant: pseudonym }, $unset: written }, { session });
  }
}
