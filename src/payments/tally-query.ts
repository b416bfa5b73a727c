import type { Document } from 'mongodb';
import { isCurrency } from '../kernel/money/currencies.js';
import { binExpression } from './latency-sketch.js';
import { type DayTallies, type TallyPart, unspecified } from './payment-tally.js';

export interface TallyRows {
  readonly payments: readonly (Group<'status' | 'currency'> & { readonly sum: number })[];
  readonly providers?: readonly (Group<'status' | 'provider'> & { readonly ms: number; readonly ok: number })[];
  readonly failover?: readonly { readonly n: number; readonly recovered: number }[];
  readonly declines?: readonly Group<'status' | 'provider' | 'code'>[];
  readonly latencies?: readonly Group<'status' | 'provider' | 'bin'>[];
}
interface Group<Key extends string> {
  readonly _id: Readonly<Record<Key, string>>;
  readonly n: number;
}
interface MutableTally {
  n: number;
  failover?: { readonly n: number; readonly recovered: number };
  readonly volume: Record<string, { n: number; sum: number }>;
  readonly providers: Record<string, { n: number; ms: number; ok: number }>;
  readonly declines: Record<string, Record<string, number>>;
  readonly latencies: Record<string, Record<string, number>>;
}

const ofAttempt = { status: '$status', provider: '$attempts.provider' };
const count = (yes: Document): Document => ({ $sum: { $cond: [yes, 1, 0] } });
const firstFailure = { $indexOfArray: ['$attempts.result', 'failure'] };
const lastSuccess = { $indexOfArray: [{ $reverseArray: '$attempts.result' }, 'success'] };
/** Both places are -1 where there is none; the last success is counted from the end. */
const isRecovered = {
  $and: [
    { $gte: [firstFailure, 0] },
    { $gte: [lastSuccess, 0] },
    { $lt: [{ $add: [firstFailure, lastSuccess] }, { $subtract: [{ $size: '$attempts' }, 1] }] },
  ],
};

const payments: Document[] = [
  { $group: { _id: { status: '$status', currency: '$currency' }, n: { $sum: 1 }, sum: { $sum: { $toLong: '$amountMinor' } } } },
];
const facets: Readonly<Partial<Record<TallyPart, Document[]>>> = {
  providers: [
    { $unwind: '$attempts' },
    {
      $group: {
        _id: ofAttempt,
        n: { $sum: 1 },
        ms: { $sum: { $toLong: '$attempts.latencyMs' } },
        ok: count({ $eq: ['$attempts.result', 'success'] }),
      },
    },
  ],
  failover: [
    { $match: { status: 'success', 'attempts.0': { $exists: true } } },
    { $group: { _id: null, n: { $sum: 1 }, recovered: count(isRecovered) } },
  ],
  declines: [
    { $unwind: '$attempts' },
    { $match: { 'attempts.result': 'failure' } },
    { $group: { _id: { ...ofAttempt, code: { $ifNull: ['$attempts.code', unspecified] } }, n: { $sum: 1 } } },
  ],
  latencies: [
    { $unwind: '$attempts' },
    { $group: { _id: { ...ofAttempt, bin: { $toString: { $toInt: binExpression('$attempts.latencyMs') } } }, n: { $sum: 1 } } },
  ],
};

/** What the buckets hold of the payments that match, counted from themselves; numbers of payments and volume always. */
export function tallyStages(parts: readonly TallyPart[]): Document[] {
  const wanted = parts.flatMap((part) => (facets[part] ? [[part, facets[part]]] : []));
  return [
    { $project: { status: 1, currency: 1, amountMinor: 1, attempts: 1 } },
    { $facet: { payments, ...(Object.fromEntries(wanted) as Document) } },
  ];
}

export function talliesOf({ payments, providers = [], failover = [], declines = [], latencies = [] }: TallyRows): DayTallies {
  const tallies: Record<string, MutableTally> = {};
  const tallyAt = (status: string) => (tallies[status] ??= { n: 0, volume: {}, providers: {}, declines: {}, latencies: {} });
  for (const { _id, n, sum } of payments) {
    const tally = tallyAt(_id.status);
    tally.n += n;
    if (isCurrency(_id.currency)) tally.volume[_id.currency] = { n, sum };
  }
  for (const { _id, n, ms, ok } of providers) tallyAt(_id.status).providers[_id.provider] = { n, ms, ok };
  for (const { n, recovered } of failover) tallyAt('success').failover = { n, recovered };
  for (const { _id, n } of declines) (tallyAt(_id.status).declines[_id.provider] ??= {})[_id.code] = n;
  for (const { _id, n } of latencies) (tallyAt(_id.status).latencies[_id.provider] ??= {})[_id.bin] = n;
  return tallies;
}
