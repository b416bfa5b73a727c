import { Decimal128 } from 'mongodb';
import { decodeCursor, encodeCursor, UnknownCursor } from '../kernel/http/page.js';
import { amountText, type ChargedPayment, type ChargeField, type ChargeQuery, chargeStatusOf } from './charge.js';

type Order = Pick<ChargeQuery, 'sortBy' | 'descending'>;
/** The last charge of a part of a list, by what the list is sorted by. */
export interface ChargePlace {
  readonly value: Date | Decimal128 | string;
  readonly id: string;
}

const written: Readonly<Record<ChargeField, (charge: ChargedPayment) => string | number>> = {
  createdAt: ({ createdAt }) => createdAt.getTime(),
  amount: amountText,
  status: chargeStatusOf,
  customerName: ({ customer }) => customer.name,
};

/** Reads on behind this charge, in a list of the same order. */
export const cursorBehind = (charge: ChargedPayment, { sortBy, descending }: Order): string =>
  encodeCursor([sortBy, Number(descending), written[sortBy](charge), charge.charge.id]);

/** @throws UnknownCursor on one of another list, or of another order */
export function placeOf(cursor: string, { sortBy, descending }: Order): ChargePlace {
  const kind = sortBy === 'createdAt' ? 'moment' : 'text';
  const [field, direction, value, id] = decodeCursor(cursor, ['text', 'integer', kind, 'text']);
  if (field !== sortBy || direction !== Number(descending)) throw new UnknownCursor();
  return { value: sortBy === 'amount' ? amountOf(value) : value, id };
}

function amountOf(value: string | Date): Decimal128 {
  try {
    return Decimal128.fromString(String(value));
  } catch {
    throw new UnknownCursor();
  }
}
