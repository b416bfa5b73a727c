import { Decimal128, ObjectId } from 'mongodb';
import type { CollectionSpec } from '../kernel/mongo/collection-spec.js';
import type { ObjectIdHex } from '../kernel/ids.js';
import { amountText, type ChargeStatus, chargeStatusOf } from './charge.js';
import { type Charge, type Payment, type PaymentStatus, statusOf } from './payment.js';

/** A payment at rest. `status` follows from `state`; it is kept because lists are filtered and indexed by it. */
export interface PaymentDocument extends Omit<Payment, 'id' | 'charge'> {
  readonly _id: ObjectId;
  readonly status: PaymentStatus;
  /** Absent on a tombstone, so that the indexes of lists hold no deleted payment. */
  readonly live?: true;
  /** The generation of the tenant's buckets in which this payment is counted. */
  readonly generation: number;
  readonly charge?: StoredCharge;
}
/** With what lists of charges are compared and sorted by; both follow from the payment. */
interface StoredCharge extends Charge {
  readonly amount: Decimal128;
  readonly status: ChargeStatus;
}

/** Also in the keys: an index that answers the whole filter skips rows without reading them. */
const live = { partialFilterExpression: { live: true } };
/** Also to be said by every query that is to be answered from the indexes of charges. */
export const isCharge = { 'charge.id': { $gt: '' } };
/** The same of those that wait for a person. */
export const isInReview = { 'flow.review.at': { $gt: new Date(0) } };

export const paymentsCollection: CollectionSpec = {
  name: 'payments',
  indexes: [
    { name: 'newest', key: { tenantId: 1, live: 1, initiatedAt: -1, _id: -1 }, ...live },
    { name: 'newest_by_status', key: { tenantId: 1, live: 1, status: 1, initiatedAt: -1, _id: -1 }, ...live },
    { name: 'newest_of_owner', key: { tenantId: 1, live: 1, ownerId: 1, initiatedAt: -1, _id: -1 }, ...live },
    { name: 'newest_of_owner_by_status', key: { tenantId: 1, live: 1, ownerId: 1, status: 1, initiatedAt: -1, _id: -1 }, ...live },
    { name: 'charge', key: { 'charge.id': 1 }, unique: true, partialFilterExpression: isCharge },
    {
      name: 'newest_charges_of_owner',
      key: { tenantId: 1, live: 1, ownerId: 1, createdAt: -1, 'charge.id': -1 },
      partialFilterExpression: { live: true, ...isCharge },
    },
    { name: 'at_provider', key: { 'flow.tries.providerId': 1 }, partialFilterExpression: { 'flow.tries.providerId': { $gt: '' } } },
    { name: 'in_review', key: { tenantId: 1, live: 1, initiatedAt: -1, _id: -1 }, partialFilterExpression: { live: true, ...isInReview } },
  ],
};

export function toDocument({ id, charge, flow, ...payment }: Payment, generation: number): PaymentDocument {
  const stored = charge && { charge: { ...charge, amount: Decimal128.fromString(amountText(payment)), status: chargeStatusOf(payment) } };
  return { _id: new ObjectId(id), ...payment, ...stored, ...(flow && { flow }), status: statusOf[payment.state], live: true, generation };
}

/** Field by field: leaving some out of a copy costs more than naming the rest, and lists do this for every row. */
export function fromDocument(document: PaymentDocument): Payment {
  return {
    id: document._id.toHexString() as ObjectIdHex,
    tenantId: document.tenantId,
    ownerId: document.ownerId,
    createdBy: document.createdBy,
    merchant: document.merchant,
    paymentType: document.paymentType,
    amountMinor: document.amountMinor,
    currency: document.currency,
    region: document.region,
    state: document.state,
    customer: document.customer,
    attempts: document.attempts,
    decisions: document.decisions,
    initiatedAt: document.initiatedAt,
    createdAt: document.createdAt,
    updatedAt: document.updatedAt,
    rev: document.rev,
    charge: document.charge,
    flow: document.flow,
  };
}
