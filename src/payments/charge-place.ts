import { Decimal128 } from 'mongodb';
import { raise } from '../kernel/fault/fault.js';
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
  const [field, direction, value = '', id] = decodeCursor(cursor, 4);
  if (field !== sortBy || direction !== Number(descending)) throw new UnknownCursor();
  return { value: valueOf(sortBy, value), id: String(id) };
}

function valueOf(sortBy: ChargeField, value: string | number): ChargePlace['value'] {
  if (sortBy === 'createdAt') return Number.isSafeInteger(value) ? new Date(value) : raise(new UnknownCursor());
  if (sortBy !== 'amount') return String(value);
  try {
    return Decimal128.fromString(String(value));
  } catch {
    throw new UnknownCursor();
  }
}
