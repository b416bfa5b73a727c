import type { Decline } from '../providers/decline.js';
import type { Outcome, ProviderPayment } from '../providers/payment-provider.js';
import type { Payment } from '../payments/payment.js';
import type { Confirmation } from '../payments/payment-confirmer.js';
import {
  type FlowAccount,
  type FlowOperation,
  isUnderWay,
  type LastOperation,
  type OperationKind,
  type ReturnedWith,
  type ReviewReason,
  tokenless,
} from '../payments/payment-flow.js';
import { type PaymentEvent, stateAfter } from '../payments/payment-states.js';
import { mismatchOf, provesDone } from './books.js';
import { followUpOf } from './failover.js';
import { awaitsCustomer, type FlowPayment, type Moment, referenceOf } from './flow-payment.js';
import { counted, withRefunds } from './refund-rows.js';

export interface Routed {
  readonly confirmation: Confirmation;
  /** Who is tried, one after the other; one at least. */
  readonly order: readonly FlowAccount[];
  readonly route: Readonly<Record<string, unknown>>;
}

/** Sent to the first of the order. */
export function confirmed(payment: Payment, { confirmation, order: ahead, route }: Routed, moment: Moment): FlowPayment {
  const nothing = {
    authorizedMinor: 0,
    capturedMinor: 0,
    refunds: [],
    tries: [],
    operations: 0,
    operation: null,
    last: null,
    review: null,
  };
  return sentToNext({ ...payment, flow: { ...confirmation, ...nothing, ahead, route } }, moment);
}

/** The operation under way from now on; the caller has seen that it may be. */
export function begun(payment: FlowPayment, kind: OperationKind, amountMinor: number, { at, requestId }: Moment): FlowPayment {
  const { flow, state: from } = payment;
  const operations = flow.operations + 1;
  const key = `${referenceOf(payment)}-${kind}-${operations}`;
  const operation: FlowOperation = {
    kind,
    key,
    amountMinor,
    phase: 'sent',
    from,
    since: at,
    ...(requestId !== undefined && { requestId }),
  };
  return { ...payment, flow: { ...flow, operations, operation } };
}

/** With what the customer came back with, where the operation still waits for them; its end is the answer to their return. */
export function withReturn(payment: FlowPayment, key: string, returned: ReturnedWith, { requestId }: Moment): FlowPayment {
  const { operation } = payment.flow;
  if (operation?.key !== key || !awaitsCustomer(payment)) return payment;
  const asked = { ...operation, returned, ...(requestId !== undefined && { requestId }) };
  return { ...payment, flow: { ...payment.flow, operation: asked } };
}

/** With the provider's name for the payment, which is known before anything else of it. */
export function named(payment: FlowPayment, key: string, providerId: string): FlowPayment {
  return payment.flow.operation?.key === key ? withTry(payment, { providerId }) : payment;
}

export interface Answered {
  /** Of the operation that was answered. */
  readonly key: string;
  readonly outcome: Outcome;
  /** Of the call; absent where the outcome was found out some other way. */
  readonly latencyMs?: number;
}

/** After an answer to the operation under way; of one that is over nothing is taken. */
export function answered(payment: FlowPayment, { key, outcome, latencyMs }: Answered, moment: Moment): FlowPayment {
  const { operation } = payment.flow;
  if (operation?.key !== key) return payment;
  const isFirst = latencyMs !== undefined;
  const timed = isFirst ? withTry(payment, { latencyMs }) : payment;
  // Not taken the first time proves nothing once somebody else may have said it again.
  if (isFirst && operation.phase !== 'sent' && outcome.outcome === 'none' && !outcome.payment) return timed;
  if (outcome.outcome === 'unknown') return doubted(timed, operation, outcome.because, moment);
  if (outcome.outcome === 'applied') return known(timed, outcome.payment, moment);
  const { payment: books } = outcome;
  if (books && provesDone(operation, books)) return known(timed, books, moment);
  const seen = books ? withTry(timed, { providerId: books.providerId }) : timed;
  return lifted(refused(seen, operation, outcome.decline, moment, books));
}

/** After what the provider's books say, of what is under way and of what has long been over. */
export function known(payment: FlowPayment, books: ProviderPayment, moment: Moment): FlowPayment {
  // Asked about an attempt after which somebody else has sent the payment on.
  if (books.reference !== referenceOf(payment)) return holdsMoney(books) ? reviewed(payment, 'unexpected_charge', moment) : payment;
  const seen = withRefunds(withTry(payment, { providerId: books.providerId }), books.refunds);
  if (mismatchOf(payment, books)) return reviewed(seen, 'amount_mismatch', moment);
  return lifted(counted(stepped(seen, books, moment)));
}

/** Once everything is known, nobody need look at what was not. */
export function lifted(payment: FlowPayment): FlowPayment {
  const { flow, state } = payment;
  const isOver = flow.review?.reason === 'unresolved' && state !== 'requires_action' && !isUnderWay(flow);
  return isOver ? { ...payment, flow: { ...flow, review: null } } : payment;
}

export const holdsMoney = ({ state }: ProviderPayment): boolean => state === 'captured' || state === 'authorized';

/** Waits for a person. */
export function reviewed(payment: FlowPayment, reason: ReviewReason, { at }: Moment): FlowPayment {
  if (payment.flow.review) return payment;
  const state = payment.flow.operation ? after(payment, 'doubted') : payment.state;
  return { ...payment, state, flow: { ...payment.flow, review: { reason, at } } };
}

function stepped(payment: FlowPayment, books: ProviderPayment, moment: Moment): FlowPayment {
  const { flow } = payment;
  const { operation } = flow;
  const authorizes = operation?.kind === 'authorize';
  switch (books.state) {
    case 'processing':
      return operation ? accepted(payment, operation, authorizes ? 'sent' : backTo(operation), moment) : payment;
    case 'requires_action':
      return authorizes ? challenged(payment, operation, books.actionUrl, moment) : payment;
    case 'authorized':
      if (payment.state === 'declined' || isGivenUpEarly(payment)) return reviewed(payment, 'unexpected_charge', moment);
      if (!authorizes) return payment;
      return approved({ ...payment, flow: { ...flow, authorizedMinor: books.authorizedMinor } }, operation, 'authorized', moment);
    case 'captured':
      return captured(payment, books, moment);
    case 'declined':
      return authorizes ? refused(payment, operation, books.decline ?? unexplained, moment) : payment;
    default:
      return released(payment, books.state, moment);
  }
}

/** Before anything was held for it. */
const isGivenUpEarly = ({ state, flow }: FlowPayment): boolean => state === 'cancelled' && flow.authorizedMinor === 0;

const unexplained: Decline = { category: 'other', code: 'declined', message: '' };
const gone = (code: string): Decline => ({ category: 'refused', code, message: `The provider holds nothing any more: ${code}` });

function captured(payment: FlowPayment, { authorizedMinor, capturedMinor }: ProviderPayment, moment: Moment): FlowPayment {
  const { flow, state } = payment;
  const { operation } = flow;
  if (!stateAfter(state, 'captured')) return reviewed(payment, 'unexpected_charge', moment);
  if (stateAfter(state, 'captured') === state && !operation) return payment;
  const booked = { ...payment, flow: { ...flow, capturedMinor, authorizedMinor: Math.max(flow.authorizedMinor, authorizedMinor) } };
  if (operation?.kind === 'void') return failed(booked, operation, gone('captured'), moment, 'captured');
  if (!operation) return { ...booked, state: after(payment, 'captured') };
  return approved(booked, operation, 'captured', moment);
}

/** The authorization is given up, or has run out. */
function released(payment: FlowPayment, state: 'voided' | 'expired', moment: Moment): FlowPayment {
  const { operation } = payment.flow;
  if (operation?.kind === 'authorize') return failed(tried(payment, operation, moment, gone(state)), operation, gone(state), moment, state);
  if (operation?.kind === 'capture' || (operation && state === 'expired')) return failed(payment, operation, gone(state), moment, state);
  if (operation) return approved(payment, operation, state, moment);
  return { ...payment, state: after(payment, state) };
}

function approved(payment: FlowPayment, operation: FlowOperation, event: PaymentEvent, moment: Moment): FlowPayment {
  const attempted = operation.kind === 'authorize' ? tried(payment, operation, moment) : payment;
  return ended(attempted, event, { kind: operation.kind, outcome: 'applied', at: moment.at });
}

function refused(payment: FlowPayment, operation: FlowOperation, decline: Decline, moment: Moment, books?: ProviderPayment): FlowPayment {
  if (operation.kind !== 'authorize') {
    const isGone = books?.state === 'voided' || books?.state === 'expired';
    const isEarly = operation.from === 'requires_action' && !isGone;
    if (isEarly && !books) {
      // Nothing was held yet that could be let go of. Whatever the customer does nonetheless is found to be unexpected.
      if (decline.category === 'refused') return approved(payment, operation, 'voided', moment);
      // It was not taken this time, and the customer may act at any moment: it is said again until the provider has taken it.
      return doubted(payment, operation, decline.message || decline.code, moment);
    }
    const done = failed(payment, operation, decline, moment, isGone ? books.state : backTo(operation));
    // What was to be given up in the middle of an authorization can be taken up by nobody else.
    return isEarly ? reviewed(done, 'unresolved', moment) : done;
  }
  const attempted = tried(payment, operation, moment, decline);
  const mayFollow = followUpOf({ outcome: 'none', decline }) === 'another' && payment.flow.ahead.length > 0;
  return mayFollow
    ? sentToNext(attempted, { at: moment.at, requestId: operation.requestId })
    : failed(attempted, operation, decline, moment, 'declined');
}

function failed(
  payment: FlowPayment,
  { kind }: FlowOperation,
  { category, message, code }: Decline,
  { at }: Moment,
  event: PaymentEvent,
): FlowPayment {
  return ended(payment, event, { kind, outcome: 'none', code: category, message: message || code, at });
}

/** Nothing is under way any more, and with it goes what only an authorization needs. */
function ended(payment: FlowPayment, event: PaymentEvent, last: LastOperation): FlowPayment {
  const { actionUrl: _url, ...flow } = payment.flow;
  return { ...payment, state: after(payment, event), flow: { ...tokenless(flow), ahead: [], operation: null, last } };
}

/** Of what the provider has taken on and will tell, an unanswered question says nothing new. */
function doubted(payment: FlowPayment, operation: FlowOperation, message: string, { at }: Moment): FlowPayment {
  if (operation.phase !== 'sent') return payment;
  const last: LastOperation = { kind: operation.kind, outcome: 'unknown', message, at };
  return { ...payment, state: after(payment, 'doubted'), flow: { ...payment.flow, operation: { ...operation, phase: 'in_doubt' }, last } };
}

function accepted(payment: FlowPayment, operation: FlowOperation, event: PaymentEvent, { at }: Moment): FlowPayment {
  if (operation.phase === 'accepted') return payment;
  const last: LastOperation = { kind: operation.kind, outcome: 'pending', at };
  return { ...payment, state: after(payment, event), flow: { ...payment.flow, operation: { ...operation, phase: 'accepted' }, last } };
}

function challenged(payment: FlowPayment, operation: FlowOperation, actionUrl: string | undefined, moment: Moment): FlowPayment {
  const waiting = accepted(payment, operation, 'challenged', moment);
  const { actionUrl: _old, ...flow } = waiting.flow;
  const state = after(payment, 'challenged');
  return { ...waiting, state, flow: { ...flow, ...(actionUrl !== undefined && { actionUrl }) } };
}

function sentToNext(payment: FlowPayment, moment: Moment): FlowPayment {
  const [next, ...ahead] = payment.flow.ahead;
  if (!next || !stateAfter(payment.state, 'sent')) throw new Error('The payment cannot be sent to anybody');
  const { actionUrl: _url, ...flow } = payment.flow;
  const sent = begun({ ...payment, flow: { ...flow, ahead, tries: [...flow.tries, next] } }, 'authorize', payment.amountMinor, moment);
  return { ...sent, state: after(payment, 'sent') };
}

/** With the attempt in its history; its time is that of the call, or all that it took to find out. */
function tried(payment: FlowPayment, { since }: FlowOperation, { at }: Moment, decline?: Decline): FlowPayment {
  const latest = payment.flow.tries.at(-1);
  if (!latest) return payment;
  const { provider, account } = latest;
  const latencyMs = Math.min(Math.max(0, latest.latencyMs ?? at.getTime() - since.getTime()), longestMs);
  const told = decline && { code: decline.category, providerCode: decline.code };
  const attempt = { provider, result: decline ? ('failure' as const) : ('success' as const), latencyMs, account, at, ...told };
  return { ...payment, attempts: [...payment.attempts, attempt] };
}

const longestMs = 86_400_000;
const after = ({ state }: FlowPayment, event: PaymentEvent) => stateAfter(state, event) ?? state;
const backTo = ({ from }: FlowOperation): PaymentEvent => (from === 'requires_action' ? 'challenged' : 'authorized');

function withTry(payment: FlowPayment, news: { readonly providerId?: string; readonly latencyMs?: number }): FlowPayment {
  const { tries } = payment.flow;
  const last = tries.at(-1);
  return last ? { ...payment, flow: { ...payment.flow, tries: [...tries.slice(0, -1), { ...last, ...news }] } } : payment;
}
