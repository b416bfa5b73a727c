import type { BookEntry } from '../../sandbox/engine/books.js';
import { moneyFindings } from './findings-money.js';
import { requestFindings } from './findings-requests.js';
import { stateFindings } from './findings-states.js';
import type { AskedOnce } from './history.js';
import type { DeadJob, OwnPayment, Step } from './own-books.js';

/** What should not be, in a word that can be counted. */
export const findingKinds = [
  'captured_twice',
  'capture_lost',
  'capture_unbacked',
  'amount_differs',
  'hold_left',
  'hold_unbacked',
  'refund_lost',
  'refund_unbacked',
  'refunded_twice',
  'refunded_too_much',
  'payment_unknown',
  'stuck',
  'in_review',
  'dead_job',
  'step_backward',
  'steps_broken',
  'acknowledged_lost',
  'effect_lost',
  'effect_twice',
  'effect_of_refusal',
  'answers_differ',
] as const;
export type FindingKind = (typeof findingKinds)[number];
export interface Finding {
  readonly kind: FindingKind;
  /** The payment, or whatever it is about. */
  readonly about: string;
  readonly detail: string;
}

/** Everything that is compared: the sandbox's books, which are right by definition, ours, and what clients were told. */
export interface Evidence {
  readonly books: readonly BookEntry[];
  readonly payments: readonly OwnPayment[];
  readonly steps: readonly Step[];
  readonly deadJobs: readonly DeadJob[];
  readonly history: readonly AskedOnce[];
}

export function findingsOf({ books, payments, steps, deadJobs, history }: Evidence): Finding[] {
  const dead = deadJobs.map(({ kind: about, error: detail }) => ({ kind: 'dead_job', about, detail }) as const);
  return [...moneyFindings(books, payments), ...stateFindings(payments, steps), ...dead, ...requestFindings(payments, history)];
}
