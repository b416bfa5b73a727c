import type { BookEntry } from '../../sandbox/engine/books.js';
import type { Finding } from './finding.js';
import { moneyFindings } from './findings-money.js';
import { requestFindings } from './findings-requests.js';
import { stateFindings } from './findings-states.js';
import type { AskedOnce } from './history.js';
import type { DeadJob, OwnPayment, Step } from './own-books.js';

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
