import { statuses, type PaymentStatus } from './payment.js';
import type { DayTallies, StatusCounts, Tally } from './payment-buckets.js';

/** Sums tallies of several days; only the wanted status where one is given. Groups that came to nothing are left out. */
export function sumTallies(days: Iterable<DayTallies>, only?: PaymentStatus): DayTallies {
  const sums: Partial<Record<PaymentStatus, Tally>> = {};
  for (const day of days) {
    for (const status of only ? [only] : statuses) {
      const tally = day[status];
      if (tally) sums[status] = plus(sums[status], tally);
    }
  }
  return Object.fromEntries(Object.entries(sums).map(([status, tally]) => [status, withoutEmpty(tally)]));
}

/** A number to which nothing but zero was ever added is not stored. */
function plus(sum: Tally = {}, tally: Tally): Tally {
  return {
    n: (sum.n ?? 0) + (tally.n ?? 0),
    volume: merge(sum.volume, tally.volume, (one, other) => ({ n: one.n + other.n, sum: one.sum + (other.sum ?? 0) }), { n: 0, sum: 0 }),
    providers: merge(
      sum.providers,
      tally.providers,
      (one, other) => ({ n: one.n + other.n, ms: one.ms + (other.ms ?? 0), ok: one.ok + (other.ok ?? 0) }),
      { n: 0, ms: 0, ok: 0 },
    ),
  };
}

function merge<Value>(
  sum: Readonly<Record<string, Value>> = {},
  more: Readonly<Record<string, Value>> = {},
  add: (one: Value, other: Value) => Value,
  zero: Value,
): Record<string, Value> {
  const merged = { ...sum };
  for (const [key, value] of Object.entries(more)) merged[key] = add(merged[key] ?? zero, value);
  return merged;
}

function withoutEmpty({ n = 0, volume = {}, providers = {} }: Tally): Tally {
  return { n, volume: nonEmpty(volume), providers: nonEmpty(providers) };
}

const nonEmpty = <Value extends { readonly n: number }>(groups: Readonly<Record<string, Value>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(groups).filter(([, { n }]) => n > 0));

/** Only the wanted status where one is given. */
export function sumCounts(all: readonly StatusCounts[], only?: PaymentStatus): StatusCounts {
  const wanted: readonly PaymentStatus[] = only ? [only] : statuses;
  return Object.fromEntries(wanted.map((status) => [status, all.reduce((sum, counts) => sum + (counts[status] ?? 0), 0)]));
}

export function countOf(counts: StatusCounts = {}, only?: PaymentStatus): number {
  const wanted: readonly PaymentStatus[] = only ? [only] : statuses;
  return wanted.reduce((sum, status) => sum + (counts[status] ?? 0), 0);
}

export const countsOf = (tallies: DayTallies = {}): StatusCounts =>
  Object.fromEntries(Object.entries(tallies).map(([status, tally]) => [status, tally.n ?? 0]));
