import type { Actor } from '../kernel/actor/actor.js';
import type { ObjectIdHex } from '../kernel/ids.js';
import { type Attempt, type Charge, type Customer, decideManually, limits, type Payment, type PaymentStatus, statusOf } from './payment.js';
import { isUnderWay, type PaymentFlow, tokenless } from './payment-flow.js';
import type { PaymentState } from './payment-states.js';
import { NothingToUpdate, TooManyAttempts, TransitionRefused } from './payment.faults.js';

export interface NewPayment {
  readonly merchant: string;
  readonly paymentType: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly region: string;
  readonly customer: Customer;
  readonly attempts: readonly Attempt[];
  readonly charge?: Charge;
}
/** Fields that say what was sold to whom; finance may not touch them. */
export type CoreChange = Partial<Omit<NewPayment, 'attempts' | 'charge'>> & { readonly initiatedAt?: Date };
export interface PaymentChange {
  readonly core: CoreChange;
  readonly status?: PaymentStatus;
  readonly reason?: string;
  /** Added to the history, never in its place. */
  readonly attempts?: readonly Attempt[];
}

/** @throws TooManyAttempts */
export function newPayment(id: ObjectIdHex, actor: Actor, given: NewPayment, now: Date): Payment {
  assertFew(given.attempts, 0);
  return {
    id,
    tenantId: actor.tenantId,
    ownerId: actor.userId,
    createdBy: actor.email,
    ...given,
    state: 'created',
    decisions: [],
    initiatedAt: now,
    createdAt: now,
    updatedAt: now,
    rev: 1,
  };
}

/** @throws NothingToUpdate */
export function assertChangesSomething({ core, status, attempts }: PaymentChange): void {
  if (Object.keys(core).length === 0 && status === undefined && attempts === undefined) throw new NothingToUpdate();
}

/** The payment after the change; the same payment where nothing of it differs. @throws TransitionRefused, TooManyAttempts */
export function changePayment(payment: Payment, actor: Actor, change: PaymentChange, now: Date): Payment {
  const state = change.status === undefined ? payment.state : decidedState(payment, change.status, actor);
  if (state === null || isSettledElsewhere(payment, change, state)) throw new TransitionRefused();
  const added = fresh(payment, change);
  assertFew(added, payment.attempts.length);
  const attempts = [...payment.attempts, ...added];
  const isDecided = state !== payment.state;
  const from = statusOf[payment.state];
  const decision = { from, to: statusOf[state], by: actor.userId, reason: change.reason ?? '', at: now };
  const decisions = isDecided ? [...payment.decisions, decision].slice(-limits.decisions) : payment.decisions;
  const seen = payment.flow?.review && change.status !== undefined ? { ...payment.flow, review: null } : payment.flow;
  const flow = seen && isDecided ? decidedFlow(seen, state, payment.amountMinor) : seen;
  const after = { ...payment, ...change.core, state, attempts, decisions, ...(flow && { flow }) };
  return stamped(payment, after, now);
}

/** As the next revision, or as it was where nothing differs. */
export function stamped(before: Payment, after: Payment, now: Date): Payment {
  return changedFields(before, after).length === 0 ? before : { ...after, updatedAt: now, rev: before.rev + 1 };
}

/** Of what waits for a person, a person decides whatever else it waits for; the same status again says that it has been looked at. */
function decidedState({ state, flow }: Payment, to: PaymentStatus, { role }: Actor): PaymentState | null {
  const isOpen = flow?.review && statusOf[state] === 'pending';
  if (isOpen && to === 'pending') return state;
  return decideManually(isOpen ? 'created' : state, to, role);
}

/** What a provider has been told, or has told, is not for anybody here to change, unless nobody else can say. */
function isSettledElsewhere({ flow, state: before }: Payment, { core }: PaymentChange, after: PaymentState): boolean {
  if (!flow) return false;
  return (after !== before && !flow.review) || core.amountMinor !== undefined || core.currency !== undefined;
}

function decidedFlow(flow: PaymentFlow, state: PaymentState, amountMinor: number): PaymentFlow {
  const capturedMinor = statusOf[state] === 'success' ? flow.capturedMinor || amountMinor : flow.capturedMinor;
  const { actionUrl: _url, ...rest } = tokenless(flow);
  return { ...rest, ahead: [], operation: null, capturedMinor };
}

/** @throws TransitionRefused where a provider may still do something about it */
export function assertRemovable({ flow }: Payment): void {
  if (flow && isUnderWay(flow)) throw new TransitionRefused();
}

function assertFew(added: readonly Attempt[], stored: number): void {
  if (added.length > limits.attemptsARequest) throw new TooManyAttempts('request', limits.attemptsARequest);
  if (stored + added.length > limits.attempts) throw new TooManyAttempts('payment', limits.attempts);
}

/**
 * The attempts to append. A client's edit form sends the whole stored history back together with the core fields; then only
 * what follows that history is new. A body with attempts alone always appends.
 */
function fresh(payment: Payment, { core, attempts = [] }: PaymentChange): readonly Attempt[] {
  const stored = payment.attempts;
  const resent =
    Object.keys(core).length > 0 && stored.length <= attempts.length && stored.every((one, at) => same(sent(one), attempts[at]));
  return resent ? attempts.slice(stored.length) : attempts;
}

/** What of an attempt clients send. */
const sent = ({ provider, result, latencyMs }: Attempt): Attempt => ({ provider, result, latencyMs });

const compared = [
  'merchant',
  'paymentType',
  'amountMinor',
  'currency',
  'region',
  'state',
  'customer',
  'attempts',
  'decisions',
  'initiatedAt',
  'flow',
] as const;
export type ComparedField = (typeof compared)[number];

export function changedFields(before: Payment, after: Payment): ComparedField[] {
  return compared.filter((field) => !same(before[field], after[field]));
}

const same = (one: unknown, other: unknown): boolean => one === other || JSON.stringify(one) === JSON.stringify(other);
