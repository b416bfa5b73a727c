import type { Actor } from '../kernel/actor/actor.js';
import type { ObjectIdHex } from '../kernel/ids.js';
import { type Attempt, type Charge, type Customer, decideManually, limits, type Payment, type PaymentStatus, statusOf } from './payment.js';
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
  const state = change.status === undefined ? payment.state : decideManually(payment.state, change.status, actor.role);
  if (state === null) throw new TransitionRefused();
  const added = fresh(payment, change);
  assertFew(added, payment.attempts.length);
  const attempts = [...payment.attempts, ...added];
  const from = statusOf[payment.state];
  const decision = { from, to: statusOf[state], by: actor.userId, reason: change.reason ?? '', at: now };
  const decisions = state === payment.state ? payment.decisions : [...payment.decisions, decision].slice(-limits.decisions);
  const after = { ...payment, ...change.core, state, attempts, decisions };
  return changedFields(payment, after).length === 0 ? payment : { ...after, updatedAt: now, rev: payment.rev + 1 };
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
  const resent = Object.keys(core).length > 0 && stored.length <= attempts.length && stored.every((one, at) => same(one, attempts[at]));
  return resent ? attempts.slice(stored.length) : attempts;
}

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
] as const;
export type ComparedField = (typeof compared)[number];

export function changedFields(before: Payment, after: Payment): ComparedField[] {
  return compared.filter((field) => !same(before[field], after[field]));
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
