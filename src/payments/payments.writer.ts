import { Injectable } from '@nestjs/common';
import { type AnyBulkWriteOperation, type ClientSession, type Collection, ObjectId } from 'mongodb';
import { AuditService } from '../audit/audit.service.js';
import { EventsService } from '../events/events.service.js';
import type { ObjectIdHex } from '../kernel/ids.js';
import { Database } from '../kernel/mongo/database.js';
import type { Payment } from './payment.js';
import { BucketChanges, type Counting } from './payment-buckets.js';
import { PaymentBuckets } from './payment-buckets.repository.js';
import type { PaymentRecord } from './payment-record.js';
import { type PaymentDocument, paymentsCollection, toDocument } from './payment.schema.js';

/** A payment before and after a batch; `before` is null for a new one, `after` for a deleted one. */
export interface PaymentWrite {
  readonly before: PaymentDocument | null;
  readonly after: Payment | null;
}

export interface BatchWrites {
  readonly tenantId: string;
  readonly writes: readonly PaymentWrite[];
  readonly records: readonly PaymentRecord[];
}

/** Writes changed payments with their counts, events and audit, in the caller's transaction. */
@Injectable()
export class PaymentsWriter {
  private readonly payments: Collection<PaymentDocument>;

  constructor(
    database: Database,
    private readonly buckets: PaymentBuckets,
    private readonly events: EventsService,
    private readonly audit: AuditService,
  ) {
    this.payments = database.collection<PaymentDocument>(paymentsCollection.name);
  }

  async load(session: ClientSession, tenantId: string, ids: readonly ObjectIdHex[]): Promise<PaymentDocument[]> {
    if (ids.length === 0) return [];
    const wanted = { tenantId, live: true as const, _id: { $in: ids.map((id) => new ObjectId(id)) } };
    return this.payments.find(wanted, { session }).toArray();
  }

  /** The buckets come first: their lock is what makes two nodes take turns. @throws TryAgain */
  async write(session: ClientSession, counting: Counting, { tenantId, writes, records }: BatchWrites): Promise<void> {
    const changes = new BucketChanges(tenantId, counting);
    for (const { before, after } of writes) {
      if (before) changes.uncount(before, before.generation);
      if (after) changes.count(after);
    }
    await this.buckets.apply(session, changes);
    const operations = writes.flatMap((write) => this.operation(write, counting.generation));
    const { insertedCount, matchedCount } = await this.payments.bulkWrite(operations, { session, ordered: false });
    if (insertedCount + matchedCount !== operations.length) throw new Error('A payment moved on inside a transaction');
    await this.events.record(
      session,
      records.flatMap(({ events }) => events),
    );
    await this.audit.record(
      session,
      records.map(({ audit }) => audit),
    );
  }

  /** A whole document may be replaced because the batch read it in this transaction and compares its revision. */
  private operation({ before, after }: PaymentWrite, generation: number): AnyBulkWriteOperation<PaymentDocument>[] {
    if (!before) return after ? [{ insertOne: { document: toDocument(after, generation) } }] : [];
    const filter = { _id: before._id, rev: before.rev };
    if (after) return [{ replaceOne: { filter, replacement: toDocument(after, generation) } }];
    return [{ updateOne: { filter, update: { $unset: { live: '' }, $inc: { rev: 1 }, $set: { updatedAt: new Date() } } } }];
  }
}
