import { isAdmin, type Role } from '../kernel/actor/permissions.js';
import type { ObjectIdHex } from '../kernel/ids.js';

export const states = [
  'created',
  'authorizing',
  'unknown',
  'requires_action',
  'authorized',
  'captured',
  'partially_refunded',
  'refunded',
  'declined',
  'cancelled',
  'expired',
] as const;
export type PaymentState = (typeof states)[number];

export const statuses = ['success', 'pending', 'failed'] as const;
/** What surfaces that know three outcomes show of a state. */
export type PaymentStatus = (typeof statuses)[number];
export const isStatus = (text: unknown): text is PaymentStatus => statuses.includes(text as PaymentStatus);

export const statusOf: Readonly<Record<PaymentState, PaymentStatus>> = {
  created: 'pending',
  authorizing: 'pending',
  unknown: 'pending',
  requires_action: 'pending',
  authorized: 'pending',
  captured: 'success',
  partially_refunded: 'success',
  refunded: 'success',
  declined: 'failed',
  cancelled: 'failed',
  expired: 'failed',
};

export interface Customer {
  readonly name: string;
  readonly email: string;
  readonly country: string;
}
export const providers = ['Stripe', 'PayPal', 'Adyen'] as const;
export type Provider = (typeof providers)[number];

/** One try at a provider; `latencyMs` in whole milliseconds. */
export interface Attempt {
  readonly provider: Provider;
  readonly result: 'success' | 'failure';
  readonly latencyMs: number;
  readonly code?: string;
}

/** A status that a person set; never mistaken for a provider's answer. */
export interface ManualDecision {
  readonly from: PaymentStatus;
  readonly to: PaymentStatus;
  readonly by: string;
  readonly reason: string;
  readonly at: Date;
}

/** What the gateway knows of a payment that was charged through it. */
export interface Charge {
  /** `txn_` and twelve hex digits. */
  readonly id: string;
  readonly details: string;
  /** Told when the payment is completed. */
  readonly webhookUrl: string | null;
  /** As it was sent; the payment has it in capitals, where there is such a currency. */
  readonly currency: string;
}

export interface Payment {
  readonly id: ObjectIdHex;
  readonly tenantId: string;
  readonly ownerId: string;
  /** The owner's e-mail when the payment was made; shown, never used for access. */
  readonly createdBy: string;
  readonly merchant: string;
  readonly paymentType: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly region: string;
  readonly state: PaymentState;
  readonly customer: Customer;
  readonly attempts: readonly Attempt[];
  readonly decisions: readonly ManualDecision[];
  readonly initiatedAt: Date;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Counts the changes; every write compares it. */
  readonly rev: number;
  readonly charge?: Charge;
}

/** The longest texts and histories a payment holds. */
export const limits = {
  name: 200,
  email: 254,
  amountMinor: 999_999_999_999,
  attemptsARequest: 20,
  attempts: 100,
  decisions: 100,
  reason: 500,
};

type Who = 'staff' | 'admins' | 'nobody';
/** Who may correct a status by hand. The same status again is accepted and records nothing. */
export const manualTransitions: Readonly<Record<PaymentStatus, Readonly<Record<PaymentStatus, Who>>>> = {
  pending: { pending: 'staff', success: 'staff', failed: 'staff' },
  failed: { pending: 'staff', success: 'admins', failed: 'staff' },
  success: { pending: 'nobody', success: 'staff', failed: 'admins' },
};

/** States in which no provider holds money or an open intent, so that a person may decide. */
const decidable: ReadonlySet<PaymentState> = new Set(['created', 'captured', 'declined', 'cancelled', 'expired']);
const stateOf: Readonly<Record<PaymentStatus, PaymentState>> = { pending: 'created', success: 'captured', failed: 'declined' };

/** The state a person's decision leads to, or null where the person may not decide so. */
export function decideManually(state: PaymentState, to: PaymentStatus, role: Role): PaymentState | null {
  const from = statusOf[state];
  if (from === to) return state;
  const who = manualTransitions[from][to];
  const allowed = isAdmin(role) || (role === 'finance' && who === 'staff');
  return who !== 'nobody' && allowed && decidable.has(state) ? stateOf[to] : null;
}
