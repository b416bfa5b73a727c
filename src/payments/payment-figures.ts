import { statuses, type PaymentStatus } from './payment.js';
import type { StatusCounts } from './payment-buckets.js';
import type { DayTallies, Tally } from './payment-tally.js';

/** Sums tallies of several days; only the wanted status where one is given. Groups that came to nothing are left out. */
export function sumTallies(days: Iterable<DayTallies>, wanted?: PaymentStatus): DayTallies {
  const sums: Partial<Record<PaymentStatus, Required<Tally>>> = {};
  for (const day of days) {
    for (const status of wanted ? [wanted] : statuses) {
      const tally = day[status];
      if (tally) sums[status] = plus(sums[status], tally);
    }
  }
  return Object.fromEntries(Object.entries(sums).map(([status, tally]) => [status, withoutEmpty(tally)]));
}

/** The statuses together. */
export const sumStatuses = (tallies: DayTallies): Required<Tally> => Object.values(tallies).reduce(plus, nothing);

const nothing: Required<Tally> = { n: 0, volume: {}, providers: {}, failover: { n: 0, recovered: 0 }, declines: {}, latencies: {} };

/** A number to which nothing but zero was ever added is not stored. */
function plus(sum: Required<Tally> = nothing, tally: Tally): Required<Tally> {
  return {
    n: sum.n + (tally.n ?? 0),
    volume: merge(sum.volume, tally.volume, (one, other) => ({ n: one.n + other.n, sum: one.sum + (other.sum ?? 0) }), { n: 0, sum: 0 }),
    providers: merge(
      sum.providers,
      tally.providers,
      (one, other) => ({ n: one.n + other.n, ms: one.ms + (other.ms ?? 0), ok: one.ok + (other.ok ?? 0) }),
      { n: 0, ms: 0, ok: 0 },
    ),
    failover: {
      n: sum.failover.n + (tally.failover?.n ?? 0),
      recovered: sum.failover.recovered + (tally.failover?.recovered ?? 0),
    },
    declines: merge(sum.declines, tally.declines, plusCounts, {}),
    latencies: merge(sum.latencies, tally.latencies, plusCounts, {}),
  };
}

type Counts = Readonly<Record<string, number>>;
const plusCounts = (sum: Counts, counts: Counts): Counts => merge(sum, counts, (one, other) => one + other, 0);

function merge<Value>(
  sum: Readonly<Record<string, Value>>,
  more: Readonly<Record<string, Value>> = {},
  add: (one: Value, other: Value) => Value,
  zero: Value,
): Record<string, Value> {
  const merged = { ...sum };
  for (const [key, value] of Object.entries(more)) merged[key] = add(merged[key] ?? zero, value);
  return merged;
}

function withoutEmpty(tally: Required<Tally>): Tally {
  return {
    ...tally,
    volume: keep(tally.volume, ({ n }) => n > 0),
    providers: keep(tally.providers, ({ n }) => n > 0),
    declines: counted(tally.declines),
    latencies: counted(tally.latencies),
  };
}

function counted(groups: Readonly<Record<string, Counts>>): Record<string, Counts> {
  const positive = Object.entries(groups).map(([key, counts]) => [key, keep(counts, (n) => n > 0)] as const);
  return keep(Object.fromEntries(positive), (counts) => Object.keys(counts).length > 0);
}

const keep = <Value>(groups: Readonly<Record<string, Value>>, wanted: (value: Value) => boolean): Record<string, Value> =>
  Object.fromEntries(Object.entries(groups).filter(([, value]) => wanted(value)));

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
