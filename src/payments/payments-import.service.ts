import { Injectable } from '@nestjs/common';
import { MongoServerError } from 'mongodb';
import { UnitOfWork } from '../kernel/mongo/unit-of-work.js';
import type { Payment } from './payment.js';
import { PaymentBuckets } from './payment-buckets.repository.js';
import { PaymentsWriter } from './payments.writer.js';

/** Takes in payments that were made elsewhere: they are counted, but this installation has no event or audit entry of them. */
@Injectable()
export class PaymentsImport {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly buckets: PaymentBuckets,
    private readonly writer: PaymentsWriter,
  ) {}

  /** All of them in one transaction, or none because one of them is there already (false). */
  async insert(tenantId: string, payments: readonly Payment[]): Promise<boolean> {
    const writes = payments.map((after) => ({ before: null, after }));
    try {
      await this.unitOfWork.transact(async (session) => {
        const counting = await this.buckets.counting(tenantId);
        await this.writer.write(session, counting, { tenantId, writes, records: [] });
      });
      return true;
    } catch (error) {
      if (error instanceof MongoServerError && error.code === 11000) return false;
      throw error;
    }
  }
}
