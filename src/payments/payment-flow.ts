import type { Id, ObjectIdHex } from '../kernel/ids.js';
import type { PaymentState } from './payment-states.js';
import type { Provider } from './provider.js';

export type OperationKind = 'authorize' | 'capture' | 'void';
/** Sent, and nothing heard yet; in doubt; or taken by the provider, which will tell what comes of it. */
export type OperationPhase = 'sent' | 'in_doubt' | 'accepted';

/** With what a customer came back after an action: the query parameters of the address to which they came. */
export type ReturnedWith = Readonly<Record<string, string>>;

/** What a provider was asked to do, from before it is asked until what became of it is known. A payment has one at a time. */
export interface FlowOperation {
  readonly kind: OperationKind;
  /** The provider's idempotency key. */
  readonly key: string;
  /** Minor units of the payment's currency. */
  readonly amountMinor: number;
  readonly phase: OperationPhase;
  /** The state to which the payment returns where nothing came of it. */
  readonly from: PaymentState;
  readonly since: Date;
  /** The idempotency record of the request that asked for it; the end of the operation is its answer. */
  readonly requestId?: string;
  readonly returned?: ReturnedWith;
}

/** An account by its name and id, and who the provider is. */
export interface FlowAccount {
  readonly account: string;
  readonly accountId: string;
  readonly provider: Provider;
}

/** One authorization at one account; the number of the last one is how many there are. */
export interface FlowTry extends FlowAccount {
  /** The provider's name for the payment, once it is known. */
  readonly providerId?: string;
  /** Of the provider's last answer; milliseconds. */
  readonly latencyMs?: number;
}

export const refundStates = ['sent', 'in_doubt', 'pending', 'succeeded', 'failed'] as const;
export type RefundState = (typeof refundStates)[number];
export interface PaymentRefund {
  readonly id: Id<'ref'>;
  readonly amountMinor: number;
  readonly reason: string;
  readonly state: RefundState;
  /** Why it failed: the category, and the provider's words. */
  readonly code?: string;
  readonly message?: string;
  readonly providerId?: string;
  readonly by: string;
  readonly at: Date;
  readonly requestId?: string;
}

/** Whether its end is not known: of one that is pending a provider that can be asked may never tell. */
export const isRefundOpen = ({ state }: PaymentRefund): boolean => state !== 'succeeded' && state !== 'failed';

/** A refund as whoever asked for it is told. */
export const refundOf = (payment: { readonly id: ObjectIdHex; readonly currency: string }, refund: PaymentRefund) => ({
  ...refund,
  paymentId: payment.id,
  currency: payment.currency,
});
export type RefundOfPayment = ReturnType<typeof refundOf>;

/** How the last operation ended. `none`: nothing was done, for this reason. */
export interface LastOperation {
  readonly kind: OperationKind;
  readonly outcome: 'applied' | 'none' | 'unknown' | 'pending';
  /** The category of a decline, and the provider's words. */
  readonly code?: string;
  readonly message?: string;
  readonly at: Date;
}

/** Why a person has to look at it. */
export const reviewReasons = ['amount_mismatch', 'unresolved', 'capture_failed', 'unexpected_charge'] as const;
export type ReviewReason = (typeof reviewReasons)[number];
export interface Review {
  readonly reason: ReviewReason;
  readonly at: Date;
}

/** How a payment goes through providers; absent where it was only recorded. */
export interface PaymentFlow {
  readonly method: {
    readonly type: string;
    readonly cardBrand: string | null;
    /** By account; forgotten once none can be needed again. */
    readonly tokens: Readonly<Record<string, string>>;
  };
  readonly capture: 'now' | 'later';
  readonly returnUrl?: string;
  /** Accounts that may still be tried, one after the other. */
  readonly ahead: readonly FlowAccount[];
  readonly tries: readonly FlowTry[];
  /** How many operations there were: no two have one key. */
  readonly operations: number;
  readonly operation: FlowOperation | null;
  readonly last: LastOperation | null;
  readonly authorizedMinor: number;
  readonly capturedMinor: number;
  readonly refunds: readonly PaymentRefund[];
  /** Where the customer has to go. */
  readonly actionUrl?: string;
  readonly review: Review | null;
  /** The decision with its trace, as routing made it. */
  readonly route: Readonly<Record<string, unknown>>;
}

export const flowLimits = { refunds: 100, tries: 10, reason: 500 };

/** Refunds that count against what was captured: all but those that have failed. */
export const committedMinor = ({ refunds }: PaymentFlow): number =>
  refunds.reduce((sum, { state, amountMinor }) => (state === 'failed' ? sum : sum + amountMinor), 0);

/** What providers have taken on to give back. */
export const refundedMinor = ({ refunds }: PaymentFlow): number =>
  refunds.reduce((sum, { state, amountMinor }) => (state === 'pending' || state === 'succeeded' ? sum + amountMinor : sum), 0);

/** Whether something is asked of a provider of which nobody knows yet what comes of it. */
export const isUnderWay = ({ operation, refunds }: PaymentFlow): boolean =>
  operation !== null || refunds.some(({ state }) => state === 'sent' || state === 'in_doubt');

/** As it is kept anywhere else than with the payments themselves: without what only a provider is to see. */
export const withoutTokens = <Kept extends { readonly flow?: PaymentFlow }>(payment: Kept): Kept =>
  payment.flow ? { ...payment, flow: tokenless(payment.flow) } : payment;

export function tokenless(flow: PaymentFlow): PaymentFlow {
  const { operation, method } = flow;
  return { ...flow, operation: operation && withoutReturn(operation), method: { ...method, tokens: {} } };
}
const withoutReturn = ({ returned: _returned, ...operation }: FlowOperation): FlowOperation => operation;

/** What a log may hold of it: no tokens, and no decision. */
export function flowSummary({ tries, capture, operation, authorizedMinor, capturedMinor, refunds, review }: PaymentFlow) {
  return {
    account: tries.at(-1)?.account ?? null,
    attempt: tries.length,
    capture,
    operation: operation && { kind: operation.kind, amountMinor: operation.amountMinor, phase: operation.phase },
    authorizedMinor,
    capturedMinor,
    refunds: refunds.map(({ id, amountMinor, state, by }) => ({ id, amountMinor, state, by })),
    review: review?.reason ?? null,
  };
}
