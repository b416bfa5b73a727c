import type { DeclineReader } from '../outcomes.js';
import type { ProviderPayment, ProviderRefund, ProviderState } from '../payment-provider.js';
import { paypalAmounts } from './paypal.amounts.js';
import type { Order, PaypalAmount } from './paypal.wire.js';

type Unit = Order['purchase_units'][number];
type Payments = Unit['payments'];

const fallen = ['DENIED', 'DECLINED', 'FAILED', 'CANCELLED'];
const refundStates: Readonly<Record<Payments['refunds'][number]['status'], ProviderRefund['state']>> = {
  PENDING: 'pending',
  COMPLETED: 'succeeded',
  FAILED: 'failed',
  CANCELLED: 'failed',
};

/** What an order and the payments in it say; undefined where their amounts are no amounts of one currency. */
export function booksOf(order: Order, declines: DeclineReader): ProviderPayment | undefined {
  const [unit] = order.purchase_units;
  if (!unit) return undefined;
  const { authorizations, captures, refunds } = unit.payments;
  const currency = (authorizations[0] ?? captures[0] ?? unit).amount?.currency_code ?? '';
  const sum = (ones: readonly { readonly status: string; readonly amount: PaypalAmount }[]) => total(ones, currency);
  const [reserved, capturedMinor, refundedMinor] = [sum(authorizations), sum(captures), sum(refunds)];
  const listed = refunds.map((refund) => refundOf(refund, currency));
  if (reserved === undefined || capturedMinor === undefined || refundedMinor === undefined) return undefined;
  if (!listed.every((refund) => refund !== undefined) || paypalAmounts.minorOfDecimal('0', currency) === undefined) return undefined;
  const state = stateOf(order, unit.payments);
  const actionUrl =
    order.status === 'APPROVED' ? undefined : order.links.find(({ rel }) => rel === 'payer-action' || rel === 'approve')?.href;
  const code = [...authorizations, ...captures].at(-1)?.processor_response?.response_code;
  return {
    providerId: order.id,
    reference: unit.custom_id ?? '',
    state,
    currency,
    // A capture at once is an authorization and its capture in one.
    authorizedMinor: authorizations.length > 0 ? reserved : capturedMinor,
    capturedMinor,
    refundedMinor,
    refunds: listed,
    ...(state === 'declined' && { decline: declines.read(code ?? 'INSTRUMENT_DECLINED', 'The payment was declined') }),
    ...(state === 'requires_action' && actionUrl !== undefined && { actionUrl }),
  };
}

/** Whether nothing was ever paid, nor may be by what was asked so far. */
export const isShell = ({ status, purchase_units: [unit] }: Order): boolean =>
  ['CREATED', 'SAVED', 'VOIDED'].includes(status) && unit?.payments.authorizations.length === 0 && unit.payments.captures.length === 0;

function stateOf({ status }: Order, { authorizations, captures }: Payments): ProviderState {
  const [capture, authorization] = [captures.findLast(({ status }) => !fallen.includes(status)), authorizations.at(-1)];
  if (capture) return capture.status === 'PENDING' ? 'processing' : 'captured';
  if (authorization) return authorizationStates[authorization.status];
  if (captures.length > 0) return 'declined';
  return status === 'PAYER_ACTION_REQUIRED' || status === 'APPROVED' ? 'requires_action' : 'processing';
}

const authorizationStates: Readonly<Record<Payments['authorizations'][number]['status'], ProviderState>> = {
  CREATED: 'authorized',
  // The capture itself is the one that fell.
  CAPTURED: 'authorized',
  PARTIALLY_CAPTURED: 'authorized',
  DENIED: 'declined',
  EXPIRED: 'expired',
  VOIDED: 'voided',
  PENDING: 'processing',
};

function total(ones: readonly { readonly status: string; readonly amount: PaypalAmount }[], currency: string): number | undefined {
  let sum = 0;
  for (const { status, amount } of ones) {
    const minor = amount.currency_code === currency ? paypalAmounts.minorOfDecimal(amount.value, currency) : undefined;
    if (minor === undefined) return undefined;
    // What is pending is not captured yet; a refund that is pending has not failed.
    if (!fallen.includes(status)) sum += minor;
  }
  return sum;
}

function refundOf({ id, invoice_id, amount, status }: Payments['refunds'][number], currency: string): ProviderRefund | undefined {
  const amountMinor = paypalAmounts.minorOfDecimal(amount.value, currency);
  if (amountMinor === undefined) return undefined;
  return { providerId: id, reference: invoice_id ?? '', amountMinor, state: refundStates[status] };
}
