import { DateTime } from 'luxon';

/** A date of a calendar, without a time: `2026-01-03`. */
export type Day = string & { readonly __brand: 'Day' };

/** On which date of the zone a moment lies. */
export function dayOf(moment: Date, zone: string): Day {
  if (zone === 'UTC') return moment.toISOString().slice(0, 10) as Day;
  return DateTime.fromJSDate(moment, { zone }).toISODate() as Day;
}

/** The first moment of a date; where the clocks skip midnight, the first moment after it. */
export function startOfDay(day: Day, zone: string): Date {
  return DateTime.fromISO(day, { zone }).startOf('day').toJSDate();
}

export function plusDays(day: Day, days: number): Day {
  return DateTime.fromISO(day, { zone: 'UTC' }).plus({ days }).toISODate() as Day;
}

/** How many dates from the first to the last, both included; none or less where the last comes first. */
export function countDays(first: Day, last: Day): number {
  return (Date.parse(last) - Date.parse(first)) / 86_400_000 + 1;
}

/** All dates from the first to the last, both included. */
export function daysBetween(first: Day, last: Day): Day[] {
  return Array.from({ length: Math.max(0, countDays(first, last)) }, (_, days) => plusDays(first, days));
}

const dateOnly = /^(\d{4})-(\d{2})-(\d{2})$/;
const iso = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/;

export interface ReadMoment {
  readonly at: Date;
  /** Only a date was given: as an upper bound it means that whole day. */
  readonly dateOnly: boolean;
}

/** `YYYY-MM-DD` or ISO 8601 without a zone meaning UTC; years 1970 to 9999. `undefined` where it is neither. */
export function readMoment(text: unknown): ReadMoment | undefined {
  if (typeof text !== 'string' || text.length > 40) return undefined;
  const trimmed = text.trim();
  const plain = dateOnly.test(trimmed);
  if (!plain && !iso.test(trimmed)) return undefined;
  const parsed = DateTime.fromISO(trimmed.replace(' ', 'T'), { zone: 'UTC' });
  return parsed.isValid && parsed.year >= 1970 && parsed.year <= 9999 ? { at: parsed.toJSDate(), dateOnly: plain } : undefined;
}

/** The bounds of a filter, both inclusive; a date as `to` includes that day of the zone. */
export interface MomentRange {
  readonly from?: Date;
  /** Exclusive, so that the last moment of a day needs no special digit. */
  readonly before?: Date;
}

/** `from` and `to` as read; a date means midnight in UTC unless a zone is given. */
export function rangeOf(from: ReadMoment | undefined, to: ReadMoment | undefined, zone = 'UTC'): MomentRange {
  const atStart = ({ at, dateOnly: plain }: ReadMoment) => (plain && zone !== 'UTC' ? startOfDay(dayOf(at, 'UTC'), zone) : at);
  const pastEnd = ({ at, dateOnly: plain }: ReadMoment) =>
    plain ? startOfDay(plusDays(dayOf(at, 'UTC'), 1), zone) : new Date(at.getTime() + 1);
  return { ...(from && { from: atStart(from) }), ...(to && { before: pastEnd(to) }) };
}
