import { ValidationFailed } from '../kernel/fault/common-faults.js';
import { raise } from '../kernel/fault/fault.js';
import { type MomentRange, rangeOf, readMoment } from '../kernel/time/calendar.js';

/** @throws ValidationFailed */
export function readRange({ from, to }: { readonly from?: string | undefined; readonly to?: string | undefined }): MomentRange {
  const moment = (field: string, text: string) =>
    readMoment(text) ?? raise(new ValidationFailed([{ field, message: `${field} must be a date or a date with time` }]));
  return rangeOf(from === undefined ? undefined : moment('from', from), to === undefined ? undefined : moment('to', to));
}
