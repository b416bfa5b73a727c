import { Invalid } from '../kernel/fault/fault.js';
import { type MomentRange, rangeOf, readMoment, type ReadMoment } from '../kernel/time/calendar.js';
import { isStatus, type PaymentStatus } from './payment.js';

export interface PaymentFilter {
  readonly status?: PaymentStatus;
  /** Only those that wait for a person. */
  readonly isInReview?: boolean;
  readonly range: MomentRange;
}

/** The filters that lists and analytics share; an unknown `status` is no filter. @throws Invalid */
export function readFilter(query: { readonly status?: unknown; readonly from?: unknown; readonly to?: unknown }): PaymentFilter {
  const range = rangeOf(momentOf(query.from, 'Invalid from'), momentOf(query.to, 'Invalid to'));
  return { range, ...(isStatus(query.status) && { status: query.status }) };
}

function momentOf(value: unknown, message: string): ReadMoment | undefined {
  if (value === undefined || (typeof value === 'string' && value.trim() === '')) return undefined;
  const moment = readMoment(value);
  if (!moment) throw new Invalid(message);
  return moment;
}
