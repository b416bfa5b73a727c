import { refundStates, type RefundState } from '../../payments/payment-flow.js';
import { type PaymentState, states } from '../../payments/payment-states.js';
import type { Finding, FindingKind } from './finding.js';
import { grouped } from './grouped.js';
import { reachableFrom } from './findings-states.js';
import { type AskedOnce, isRefused, type Told } from './history.js';
import type { OwnPayment } from './own-books.js';

type Found = (kind: FindingKind, detail: string) => Finding;
type Refund = OwnPayment['flow']['refunds'][number];

/** Whether what clients were told is what there is: once for each key. */
export function requestFindings(payments: readonly OwnPayment[], history: readonly AskedOnce[]): Finding[] {
  const made = grouped(payments, ({ name }) => name);
  const byId = new Map(payments.map((payment) => [payment.id, payment]));
  return history.flatMap((asked) => {
    const found: Found = (kind, detail) => ({ kind, about: `${asked.kind} ${asked.key}`, detail });
    if (asked.kind === 'create') return [...aboutMaking(asked, made.get(asked.key) ?? [], found)];
    const payment = byId.get(asked.paymentId ?? '');
    if (!payment) return [found('acknowledged_lost', `There is no payment ${asked.paymentId}`)];
    return [...(asked.kind === 'refund' ? aboutRefunding(asked, payment, found) : aboutMoving(asked, payment, found))];
  });
}

const toldWell = ({ told }: AskedOnce): Told[] => told.filter(({ status }) => status < 300);
const idsOf = (told: readonly Told[]): string[] => [...new Set(told.map(({ id }) => String(id)))];

function* aboutMaking(asked: AskedOnce, made: readonly OwnPayment[], found: Found): Generator<Finding> {
  const told = toldWell(asked);
  const ids = idsOf(told);
  if (ids.length > 1) yield found('answers_differ', `It was told ${ids.join(' and ')}`);
  if (made.length > 1) yield found('effect_twice', `It has made ${made.map(({ id }) => id).join(' and ')}`);
  if (isRefused(asked) && made.length > 0) yield found('effect_of_refusal', `It was refused, and has made ${made[0]?.id}`);
  const payment = made.find(({ id }) => id === ids[0]);
  if (told.length > 0 && !payment) yield found('acknowledged_lost', `There is no payment ${ids[0]}`);
  if (payment) for (const one of told) yield* ofState(one, payment, found);
}

function* aboutMoving(asked: AskedOnce, payment: OwnPayment, found: Found): Generator<Finding> {
  const told = toldWell(asked);
  const others = idsOf(told).filter((id) => id !== asked.paymentId);
  if (others.length > 0) yield found('answers_differ', `It was about ${asked.paymentId}, and was told ${others.join(' and ')}`);
  for (const one of told) yield* ofState(one, payment, found);
}

/** What was told may have gone on since, as states do. */
function* ofState({ state, capturedMinor = 0 }: Told, payment: OwnPayment, found: Found): Generator<Finding> {
  const from = states.find((one) => one === state) as PaymentState;
  if (!reachableFrom(from).has(payment.state)) yield found('effect_lost', `It was told ${state}, and is ${payment.state}`);
  if (capturedMinor > 0 && capturedMinor !== payment.flow.capturedMinor) {
    yield found('effect_lost', `It was told that ${capturedMinor} are captured, and it is ${payment.flow.capturedMinor}`);
  }
}

function* aboutRefunding(asked: AskedOnce, { flow }: OwnPayment, found: Found): Generator<Finding> {
  const told = toldWell(asked);
  const ids = idsOf(told);
  const made = flow.refunds.filter(({ reason }) => reason === asked.key);
  if (ids.length > 1) yield found('answers_differ', `It was told ${ids.join(' and ')}`);
  if (made.length > 1) yield found('effect_twice', `It has made ${made.map(({ id }) => id).join(' and ')}`);
  if (isRefused(asked) && made.length > 0) yield found('effect_of_refusal', `It was refused, and has made ${made[0]?.id}`);
  const refund = made.find(({ id }) => id === ids[0]);
  if (told.length > 0 && !refund) yield found('acknowledged_lost', `There is no refund ${ids[0]}`);
  if (refund) for (const one of told) yield* ofRefund(one, asked, refund, found);
}

function* ofRefund({ state }: Told, { amountMinor }: AskedOnce, refund: Refund, found: Found): Generator<Finding> {
  const rank = (one: RefundState) => refundStates.indexOf(one);
  if (rank(refund.state) < rank(state as RefundState)) yield found('effect_lost', `It was told ${state}, and is ${refund.state}`);
  if (refund.amountMinor !== amountMinor) yield found('effect_lost', `It was about ${amountMinor}, and is ${refund.amountMinor}`);
}
