import { isCurrency } from '../kernel/money/currencies.js';
import { binOf, type Sketch } from './latency-sketch.js';
import { type Attempt, type Payment, type PaymentStatus, statusOf } from './payment.js';

/** Of one status on one day: `n` payments, sums by currency in minor units, attempts by provider (`ms` in all, `ok` succeeded). */
export interface Tally {
  readonly n?: number;
  readonly volume?: Readonly<Record<string, { readonly n: number; readonly sum: number }>>;
  readonly providers?: Readonly<Record<string, { readonly n: number; readonly ms: number; readonly ok: number }>>;
  /** Of successful payments: `n` with attempts, `recovered` by one that came after a failed one. */
  readonly failover?: { readonly n: number; readonly recovered: number };
  /** Failed attempts by provider and code. */
  readonly declines?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** By provider; kept beside the tallies, because hardly anybody reads it. */
  readonly latencies?: ProviderLatencies;
}
export type TallyPart = keyof Tally;
export type DayTallies = Partial<Record<PaymentStatus, Tally>>;
export type ProviderLatencies = Readonly<Record<string, Sketch>>;
export type DayLatencies = Partial<Record<PaymentStatus, ProviderLatencies>>;

type Tallied = Pick<Payment, 'state' | 'amountMinor' | 'currency' | 'attempts'>;
type Increment = readonly [path: string, by: number];

/** Attempts that do not say why they failed; the `code` of others is a category of declines, such as `insufficient_funds`. */
export const unspecified = 'unspecified';

export function* tallyOf({ state, currency, amountMinor, attempts }: Tallied, sign: 1 | -1): Generator<Increment> {
  yield ['n', sign];
  // A currency that is none stays out of sums; it is shown as it was sent.
  if (isCurrency(currency)) {
    yield [`volume.${currency}.n`, sign];
    yield [`volume.${currency}.sum`, sign * amountMinor];
  }
  for (const { provider, result, latencyMs, code } of attempts) {
    yield [`providers.${provider}.n`, sign];
    yield [`providers.${provider}.ms`, sign * latencyMs];
    if (result === 'success') yield [`providers.${provider}.ok`, sign];
    else yield [`declines.${provider}.${code ?? unspecified}`, sign];
  }
  if (statusOf[state] !== 'success' || attempts.length === 0) return;
  yield ['failover.n', sign];
  if (isRecovered(attempts)) yield ['failover.recovered', sign];
}

export function* latenciesOf({ attempts }: Tallied, sign: 1 | -1): Generator<Increment> {
  for (const { provider, latencyMs } of attempts) yield [`${provider}.${binOf(latencyMs)}`, sign];
}

function isRecovered(attempts: readonly Attempt[]): boolean {
  const failed = attempts.findIndex(({ result }) => result === 'failure');
  return failed !== -1 && attempts.slice(failed).some(({ result }) => result === 'success');
}
