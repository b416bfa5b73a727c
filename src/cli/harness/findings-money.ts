import type { BookEntry, Movement } from '../../sandbox/engine/books.js';
import type { Finding, FindingKind } from './finding.js';
import { grouped } from './grouped.js';
import type { OwnPayment } from './own-books.js';

const captured = ['captured', 'partially_refunded', 'refunded'];
const attempt = /-\d+$/;

/** Whether both sides hold the same money. */
export function moneyFindings(books: readonly BookEntry[], payments: readonly OwnPayment[]): Finding[] {
  const byPayment = grouped(books, ({ reference }) => reference.replace(attempt, ''));
  const known = new Set(payments.map(({ id }) => id));
  const strange = [...byPayment.keys()].filter((id) => !known.has(id));
  return [
    ...strange.map((about) => ({ kind: 'payment_unknown', about, detail: 'A provider has it, and we do not' }) as const),
    ...payments.flatMap((payment) => [...compared(payment, byPayment.get(payment.id) ?? [])]),
  ];
}

function* compared(payment: OwnPayment, entries: readonly BookEntry[]): Generator<Finding> {
  const found = (kind: FindingKind, detail: string): Finding => ({
    kind,
    about: payment.id,
    detail: `${detail} (${payment.state}, ${providersOf(entries)})`,
  });
  yield* capturesOf(payment, entries, found);
  yield* holdsOf(payment, entries, found);
  yield* refundsOf(payment, entries, found);
}

const providersOf = (entries: readonly BookEntry[]): string => entries.map(({ provider, status }) => `${provider} ${status}`).join(', ');

type Found = (kind: FindingKind, detail: string) => Finding;
const lasting = (entries: readonly BookEntry[], kind: Movement['kind']): Movement[] =>
  entries.flatMap(({ movements }) => movements.filter((one) => one.kind === kind && one.hasFailed !== true));

const sumOf = (movements: readonly Movement[]): number => movements.reduce((sum, { amount }) => sum + amount, 0);

function* capturesOf({ state, amountMinor, currency, flow }: OwnPayment, entries: readonly BookEntry[], found: Found): Generator<Finding> {
  const captures = lasting(entries, 'capture');
  const theirs = sumOf(captures);
  const ours = captured.includes(state) ? flow.capturedMinor : 0;
  if (captures.length > 1) yield found('captured_twice', `${captures.length} captures, together ${theirs}`);
  if (theirs > 0 && ours === 0) yield found('capture_lost', `The provider has captured ${theirs}`);
  else if (theirs === 0 && ours > 0) yield found('capture_unbacked', `We have captured ${ours}, and the provider nothing`);
  else if (theirs !== ours) yield found('amount_differs', `The provider has captured ${theirs}, and we ${ours}`);
  if (flow.capture === 'now' && ours > 0 && ours !== amountMinor) yield found('amount_differs', `${ours} of ${amountMinor} are captured`);
  const foreign = entries.find((entry) => entry.currency.toUpperCase() !== currency);
  if (foreign) yield found('amount_differs', `The provider has it in ${foreign.currency}, and we in ${currency}`);
}

/** Money that is held, and neither captured nor given up, on both sides or on none. */
function* holdsOf({ state, flow }: OwnPayment, entries: readonly BookEntry[], found: Found): Generator<Finding> {
  const held = entries.filter((entry) => entry.authorized > 0 && entry.captured === 0 && !entry.isVoided);
  const theirs = held.reduce((sum, { authorized }) => sum + authorized, 0);
  const ours = state === 'authorized' ? flow.authorizedMinor : 0;
  if (theirs > ours) yield found('hold_left', `The provider holds ${theirs}, and we know of ${ours}`);
  if (theirs < ours) yield found('hold_unbacked', `We have authorized ${ours}, and the provider holds ${theirs}`);
}

function* refundsOf({ flow }: OwnPayment, entries: readonly BookEntry[], found: Found): Generator<Finding> {
  const given = lasting(entries, 'refund');
  const theirs = sumOf(given);
  for (const { id, amountMinor, state } of flow.refunds) {
    const times = given.filter(({ reference }) => reference === id);
    if (times.length > 1) yield found('refunded_twice', `${id} was given back ${times.length} times`);
    if (state === 'succeeded' && times.length === 0) yield found('refund_unbacked', `${id} is not in the provider's books`);
    if (state === 'failed' && times.length > 0) yield found('refund_lost', `${id} has failed here, and was given back`);
    if (times.some(({ amount }) => amount !== amountMinor)) yield found('amount_differs', `${id} was given back with another amount`);
  }
  const known = new Set<string | null>(flow.refunds.map(({ id }) => id));
  for (const { id, reference } of given) if (!known.has(reference)) yield found('refund_lost', `Nobody here knows the refund ${id}`);
  const ours = flow.refunds.reduce((sum, { state, amountMinor }) => (state === 'failed' ? sum : sum + amountMinor), 0);
  if (theirs !== ours) yield found('amount_differs', `The provider has given back ${theirs}, and we ${ours}`);
  const most = Math.min(flow.capturedMinor, sumOf(lasting(entries, 'capture')));
  if (Math.max(theirs, ours) > most) yield found('refunded_too_much', `${Math.max(theirs, ours)} of ${most} are given back`);
}
