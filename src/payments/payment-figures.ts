import { statuses, type PaymentStatus } from './payment.js';
import type { StatusCounts } from './payment-buckets.js';
import type { DayTallies, Tally } from './payment-tally.js';

/** Sums tallies of several days; only the wanted status where one is given. Groups that came to nothing are left out. */
export function sumTallies(days: Iterable<DayTallies>, wanted?: PaymentStatus): DayTallies {
  const sums: Partial<Record<PaymentStatus, Sums>> = {};
  for (const day of days) {
    for (const status of wanted ? [wanted] : statuses) {
      const tally = day[status];
      if (tally) addTo((sums[status] ??= nothing()), tally);
    }
  }
  return Object.fromEntries(Object.entries(sums).map(([status, sum]) => [status, withoutEmpty(sum)]));
}

/** The statuses together. */
export function sumStatuses(tallies: DayTallies): Required<Tally> {
  const sum = nothing();
  for (const tally of Object.values(tallies)) addTo(sum, tally);
  return sum;
}

type Counts = Readonly<Record<string, number>>;
/** Added to in place: a year of latencies is a hundred thousand numbers. */
interface Sums extends Required<Tally> {
  n: number;
  failover: { n: number; recovered: number };
  readonly volume: Record<string, { n: number; sum: number }>;
  readonly providers: Record<string, { n: number; ms: number; ok: number }>;
  readonly declines: Record<string, Record<string, number>>;
  readonly latencies: Record<string, Record<string, number>>;
}
const nothing = (): Sums => ({ n: 0, volume: {}, providers: {}, failover: { n: 0, recovered: 0 }, declines: {}, latencies: {} });

/** A number to which nothing but zero was ever added is not stored. */
function addTo(sum: Sums, { n, volume = {}, providers = {}, failover, declines = {}, latencies = {} }: Tally): void {
  sum.n += n ?? 0;
  sum.failover.n += failover?.n ?? 0;
  sum.failover.recovered += failover?.recovered ?? 0;
  for (const [currency, more] of Object.entries(volume)) {
    const its = (sum.volume[currency] ??= { n: 0, sum: 0 });
    its.n += more.n;
    its.sum += more.sum ?? 0;
  }
  for (const [provider, more] of Object.entries(providers)) {
    const its = (sum.providers[provider] ??= { n: 0, ms: 0, ok: 0 });
    its.n += more.n;
    its.ms += more.ms ?? 0;
    its.ok += more.ok ?? 0;
  }
  for (const [provider, counts] of Object.entries(declines)) addCounts((sum.declines[provider] ??= {}), counts);
  for (const [provider, sketch] of Object.entries(latencies)) addCounts((sum.latencies[provider] ??= {}), sketch);
}

function addCounts(sum: Record<string, number>, counts: Counts): void {
  for (const key in counts) sum[key] = (sum[key] ?? 0) + (counts[key] ?? 0);
}

function withoutEmpty(tally: Sums): Tally {
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
