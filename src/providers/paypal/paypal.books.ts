import type { DeclineReader } from '../outcomes.js';
import type { ProviderPayment, ProviderRefund, ProviderState } from '../payment-provider.js';
import { paypalAmounts } from './paypal.amounts.js';
import type { Order, PaypalAmount } from './paypal.wire.js';

type Unit = Order['purchase_units'][number];
type Payments = Unit['payments'];

const fallen = ['DENIED', 'DECLINED', 'FAILED', 'CANCELLED'];
/** What came to nothing, or has not come yet. */
const notHeld = [...fallen, 'VOIDED', 'EXPIRED', 'PENDING'];
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
  const [reserved, capturedMinor] = [total(authorizations, currency, notHeld), total(captures, currency, notHeld)];
  // A refund that is pending has not failed.
  const refundedMinor = total(refunds, currency, fallen);
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

type Counted = readonly { readonly status: string; readonly amount: PaypalAmount }[];

/** Undefined where one of them is of another currency, or no amount at all. */
function total(ones: Counted, currency: string, without: readonly string[]): number | undefined {
  const amounts = ones.map(({ status, amount: { currency_code, value } }) => {
    const minor = currency_code === currency ? paypalAmounts.minorOfDecimal(value, currency) : undefined;
    return without.includes(status) && minor !== undefined ? 0 : minor;
  });
  return amounts.every((minor) => minor !== undefined) ? amounts.reduce((sum, minor) => sum + minor, 0) : undefined;
}

function refundOf({ id, invoice_id, amount, status }: Payments['refunds'][number], currency: string): ProviderRefund | undefined {
  const amountMinor = paypalAmounts.minorOfDecimal(amount.value, currency);
  if (amountMinor === undefined) return undefined;
  return { providerId: id, reference: invoice_id ?? '', amountMinor, state: refundStates[status] };
}
