import { Injectable } from '@nestjs/common';
import { Decimal128, type Filter, type Sort } from 'mongodb';
import type { Scope } from '../kernel/actor/scope.js';
import type { Decimal } from '../kernel/money/decimal.js';
import { Database } from '../kernel/mongo/database.js';
import type { ScopedCollection } from '../kernel/mongo/scoped-collection.js';
import type { ChargedPayment, ChargeField, ChargeQuery } from './charge.js';
import { fromDocument, isCharge, type PaymentDocument, paymentsCollection } from './payment.schema.js';

/** The last charge of a part of the list. */
export interface ChargePlace {
  readonly createdAt: Date;
  readonly id: string;
}
type Bounds = Pick<ChargeQuery, 'least' | 'most'>;

const stored: Readonly<Record<ChargeField, string>> = {
  createdAt: 'createdAt',
  amount: 'charge.amount',
  status: 'charge.status',
  customerName: 'customer.name',
};

/** Reads payments that were charged through the gateway. */
@Injectable()
export class ChargesRepository {
  private readonly payments: ScopedCollection<PaymentDocument>;

  constructor(database: Database) {
    this.payments = database.scoped<PaymentDocument>(paymentsCollection.name);
  }

  async find(scope: Scope, id: string): Promise<ChargedPayment | null> {
    const document = await this.payments.findOne(scope, { 'charge.id': { $eq: id, $gt: '' }, live: true });
    return document && (fromDocument(document) as ChargedPayment);
  }

  newest(scope: Scope, limit: number, after?: ChargePlace): Promise<ChargedPayment[]> {
    const older = after && {
      createdAt: { $lte: after.createdAt },
      $or: [{ createdAt: { $lt: after.createdAt } }, { createdAt: after.createdAt, 'charge.id': { $lt: after.id } }],
    };
    return this.list(scope, { ...matching({}), ...older }, { createdAt: -1, 'charge.id': -1 }, limit);
  }

  sorted(scope: Scope, { sortBy, descending, ...bounds }: ChargeQuery, limit: number): Promise<ChargedPayment[]> {
    const direction = descending ? -1 : 1;
    return this.list(scope, matching(bounds), { [stored[sortBy]]: direction, 'charge.id': direction }, limit);
  }

  count(scope: Scope, bounds: Bounds = {}): Promise<number> {
    return this.payments.count(scope, matching(bounds));
  }

  private async list(scope: Scope, filter: Filter<PaymentDocument>, sort: Sort, limit: number): Promise<ChargedPayment[]> {
    const documents = await this.payments.find(scope, filter, { sort, limit });
    return documents.map((document) => fromDocument(document) as ChargedPayment);
  }
}

function matching({ least, most }: Bounds): Filter<PaymentDocument> {
  const bounds = { ...(least && { $gte: stepOf(least) }), ...(most && { $lte: stepOf(most) }) };
  return { live: true, ...isCharge, ...(Object.keys(bounds).length > 0 && { 'charge.amount': bounds }) };
}

/** The server compares decimals exactly; past its 34 digits no amount has any. */
const stepOf = ({ digits, exponent }: Decimal): Decimal128 => Decimal128.fromStringWithRounding(`${digits}E${exponent}`);
