import { Injectable } from '@nestjs/common';
import type { ClientSession, Collection } from 'mongodb';
import { Database } from '../kernel/mongo/database.js';
import { BucketChanges } from './payment-buckets.js';
import { PaymentBuckets } from './payment-buckets.repository.js';
import { type PaymentDocument, paymentsCollection } from './payment.schema.js';

/** Takes an erased user's payments out of sight; the financial rows stay, under a pseudonym and without personal data. */
@Injectable()
export class PaymentsErasure {
  private readonly payments: Collection<PaymentDocument>;

  constructor(
    database: Database,
    private readonly buckets: PaymentBuckets,
  ) {
    this.payments = database.collection<PaymentDocument>(paymentsCollection.name);
  }

  /** In the caller's transaction, which conflicts with every batch that touches the tenant's payments meanwhile. */
  async erase(session: ClientSession, tenantId: string, ownerId: string, pseudonym: string): Promise<void> {
    const counting = await this.buckets.totals(tenantId);
    const changes = new BucketChanges(tenantId, counting);
    const counted = this.payments.find({ tenantId, ownerId, live: true }, { session, projection: { customer: 0, decisions: 0 } });
    for await (const payment of counted) changes.uncount(payment, payment.generation);
    await this.buckets.apply(session, changes);
    await this.buckets.shutOut(session, tenantId, ownerId);
    const nobody = { ownerId: pseudonym, createdBy: pseudonym, customer: { name: '', email: '', country: '' } };
    const written = { live: '', 'charge.details': '', 'charge.webhookUrl': '' } as const;
    await this.payments.updateMany({ tenantId, ownerId }, { $set: nobody, $unset: written, $inc: { rev: 1 } }, { session });
  }
}
