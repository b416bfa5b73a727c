import { Injectable } from '@nestjs/common';
import { type Filter, ObjectId } from 'mongodb';
import type { Scope } from '../kernel/actor/scope.js';
import type { ObjectIdHex } from '../kernel/ids.js';
import { Database } from '../kernel/mongo/database.js';
import type { ScopedCollection } from '../kernel/mongo/scoped-collection.js';
import type { Payment } from './payment.js';
import type { PaymentFilter } from './payment-filter.js';
import type { DayTallies, TallyPart } from './payment-tally.js';
import { fromDocument, isInReview, type PaymentDocument, paymentsCollection } from './payment.schema.js';
import { talliesOf, type TallyRows, tallyStages } from './tally-query.js';

/** Where a page begins: after a payment, or a number of payments past a moment. */
export interface PageStart {
  readonly skip?: number;
  readonly before?: Date;
  /** The skipped ones are the oldest since this moment, so the page ends there; it must be a whole one. */
  readonly since?: Date;
  readonly after?: { readonly initiatedAt: Date; readonly id: ObjectIdHex };
}

/** Reads payments; every list is newest first, then by id. */
@Injectable()
export class PaymentsRepository {
  private readonly payments: ScopedCollection<PaymentDocument>;

  constructor(database: Database) {
    this.payments = database.scoped<PaymentDocument>(paymentsCollection.name);
  }

  async find(scope: Scope, id: ObjectIdHex): Promise<Payment | null> {
    const document = await this.payments.findOne(scope, { _id: new ObjectId(id), live: true });
    return document && fromDocument(document);
  }

  /** By the provider's name for it, at one of the tenant's accounts. */
  async findAtProvider(scope: Scope, accountId: string, providerId: string): Promise<Payment | null> {
    const at = { 'flow.tries': { $elemMatch: { accountId, providerId } } };
    const document = await this.payments.findOne(scope, { 'flow.tries.providerId': { $eq: providerId, $gt: '' }, ...at, live: true });
    return document && fromDocument(document);
  }

  async list(scope: Scope, filter: PaymentFilter, { skip = 0, before, since, after }: PageStart, limit: number): Promise<Payment[]> {
    const narrowed = { ...filter, range: { ...filter.range, ...(before && { before }), ...(since && { from: since }) } };
    const where = after ? { $and: [matching(narrowed), beyond(after)] } : matching(narrowed);
    const direction = since ? 1 : -1;
    const documents = await this.payments.find(scope, where, { sort: { initiatedAt: direction, _id: direction }, skip, limit });
    return (since ? documents.reverse() : documents).map(fromDocument);
  }

  count(scope: Scope, filter: PaymentFilter): Promise<number> {
    return this.payments.count(scope, matching(filter));
  }

  /** Counts from the payments themselves what a bucket holds; for days that a range cuts, and while buckets are rebuilt. */
  async tally(scope: Scope, filter: PaymentFilter, parts: readonly TallyPart[]): Promise<DayTallies> {
    const [rows] = await this.payments.aggregate<TallyRows>(scope, matching(filter), tallyStages(parts));
    return talliesOf(rows ?? { payments: [] });
  }
}

function matching({ status, range, isInReview: inReview }: PaymentFilter): Filter<PaymentDocument> {
  const bounds = { ...(range.from && { $gte: range.from }), ...(range.before && { $lt: range.before }) };
  return {
    live: true,
    ...(status && { status }),
    ...(inReview && isInReview),
    ...(Object.keys(bounds).length > 0 && { initiatedAt: bounds }),
  };
}

/** `{$or}` alone would scan from the newest; the bound on the date lets the index begin at the page. */
function beyond({ initiatedAt, id }: NonNullable<PageStart['after']>): Filter<PaymentDocument> {
  return {
    initiatedAt: { $lte: initiatedAt },
    $or: [{ initiatedAt: { $lt: initiatedAt } }, { initiatedAt, _id: { $lt: new ObjectId(id) } }],
  };
}
