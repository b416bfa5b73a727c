import { type Day, dayOf, type MomentRange, plusDays, startOfDay } from '../kernel/time/calendar.js';

/** A range as whole days of a zone, read from buckets, and what it cuts off other days, read from the payments themselves. */
export interface RangePlan {
  /** Null where the range holds no whole day; an open end is undefined. */
  readonly days: { readonly first?: Day; readonly last?: Day } | null;
  readonly edges: readonly MomentRange[];
}

export function planRange({ from, before }: MomentRange, zone: string): RangePlan {
  const start = from && lowerEdge(from, zone);
  const end = before && upperEdge(before, zone);
  if (start && end && start.first > end.last) return { days: null, edges: from && before && from < before ? [{ from, before }] : [] };
  const days = { ...(start && { first: start.first }), ...(end && { last: end.last }) };
  return { days, edges: [...(start?.edge ?? []), ...(end?.edge ?? [])] };
}

function lowerEdge(from: Date, zone: string): { first: Day; edge: MomentRange[] } {
  const day = dayOf(from, zone);
  if (startOfDay(day, zone).getTime() === from.getTime()) return { first: day, edge: [] };
  const first = plusDays(day, 1);
  return { first, edge: [{ from, before: startOfDay(first, zone) }] };
}

function upperEdge(before: Date, zone: string): { last: Day; edge: MomentRange[] } {
  const day = dayOf(before, zone);
  const start = startOfDay(day, zone);
  return { last: plusDays(day, -1), edge: start.getTime() === before.getTime() ? [] : [{ from: start, before }] };
}
