import { Injectable } from '@nestjs/common';
import { Decimal128, type Filter } from 'mongodb';
import type { Scope } from '../kernel/actor/scope.js';
import type { Decimal } from '../kernel/money/decimal.js';
import { Database } from '../kernel/mongo/database.js';
import type { ScopedCollection } from '../kernel/mongo/scoped-collection.js';
import type { ChargedPayment, ChargeField, ChargeQuery } from './charge.js';
import type { ChargePlace } from './charge-place.js';
import { fromDocument, isCharge, type PaymentDocument, paymentsCollection } from './payment.schema.js';

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

  async sorted(
    scope: Scope,
    { sortBy, descending, ...bounds }: ChargeQuery,
    limit: number,
    after?: ChargePlace,
  ): Promise<ChargedPayment[]> {
    const [field, direction, beyond] = [stored[sortBy], descending ? -1 : 1, descending ? '$lt' : '$gt'] as const;
    const behind: Filter<PaymentDocument> = after
      ? { $or: [{ [field]: { [beyond]: after.value } }, { [field]: after.value, 'charge.id': { [beyond]: after.id } }] }
      : {};
    const sort = { [field]: direction, 'charge.id': direction } as const;
    const documents = await this.payments.find(scope, { ...matching(bounds), ...behind }, { sort, limit });
    return documents.map((document) => fromDocument(document) as ChargedPayment);
  }

  count(scope: Scope, bounds: Bounds = {}): Promise<number> {
    return this.payments.count(scope, matching(bounds));
  }
}

function matching({ least, most }: Bounds): Filter<PaymentDocument> {
  const bounds = { ...(least && { $gte: stepOf(least) }), ...(most && { $lte: stepOf(most) }) };
  return { live: true, ...isCharge, ...(Object.keys(bounds).length > 0 && { 'charge.amount': bounds }) };
}

/** The server compares decimals exactly; past its 34 digits no amount has any. */
const stepOf = ({ digits, exponent }: Decimal): Decimal128 => Decimal128.fromStringWithRounding(`${digits}E${exponent}`);
