import { type PaymentState, transitions } from '../../payments/payment-states.js';
import type { Finding } from './finding.js';
import { grouped } from './grouped.js';
import { isOpen, type OwnPayment, type Step } from './own-books.js';

const beginnings: readonly PaymentState[] = ['created', 'authorizing'];

/** Whether every payment has come to rest, by steps that there are. */
export function stateFindings(payments: readonly OwnPayment[], steps: readonly Step[]): Finding[] {
  const stepsOf = grouped(steps, ({ paymentId }) => paymentId);
  return payments.flatMap((payment) => [...restOf(payment), ...wayOf(payment, stepsOf.get(payment.id) ?? [])]);
}

function* restOf(payment: OwnPayment): Generator<Finding> {
  const { id: about, state, flow } = payment;
  const { operation, refunds, review } = flow;
  if (review) yield { kind: 'in_review', about, detail: `${review.reason} (${state})` };
  else if (isOpen(payment)) {
    const doing = operation ? `${operation.kind} ${operation.phase}` : refunds.map((refund) => refund.state).join(' ');
    yield { kind: 'stuck', about, detail: `${state}, ${flow.tries.at(-1)?.account}, ${doing || 'nothing under way'}` };
  }
}

function* wayOf({ id: about, state }: OwnPayment, steps: readonly Step[]): Generator<Finding> {
  for (const { from, to } of steps) {
    const isThere = from === null ? beginnings.includes(to) : Object.values(transitions[from]).includes(to);
    if (!isThere) yield { kind: 'step_backward', about, detail: `${from} to ${to}` };
  }
  if (!isOneWay(steps, state)) yield { kind: 'steps_broken', about, detail: steps.map(({ from, to }) => `${from}-${to}`).join(' ') };
}

/** Entries of one moment have no order, but each state must be left as often as it was come to, and the last one once less. */
function isOneWay(steps: readonly Step[], last: PaymentState): boolean {
  const left = new Map<PaymentState, number>([[last, 1]]);
  const count = (state: PaymentState, by: number) => left.set(state, (left.get(state) ?? 0) + by);
  for (const { from, to } of steps) {
    count(to, -1);
    if (from !== null) count(from, 1);
  }
  return steps.filter(({ from }) => from === null).length === 1 && [...left.values()].every((balance) => balance === 0);
}

/** Every state to which one can lead, itself included. */
export function reachableFrom(state: PaymentState): ReadonlySet<PaymentState> {
  const seen = new Set<PaymentState>([state]);
  for (const one of seen) for (const next of Object.values(transitions[one])) seen.add(next);
  return seen;
}
