import type { Link } from './errors.js';
import { moneyView } from './money.js';
import { type Authorization, type Capture, type Order, type Refund } from './order.js';

export type View = Readonly<Record<string, unknown>>;

const link = (href: string, rel: string, method: Link['method'] = 'GET'): Link => ({ href, rel, method });
export const payerActionLink = (order: Order, baseUrl: string): Link =>
  link(`${baseUrl}/sandbox/actions/paypal/${order.id}`, 'payer-action');

const orderPath = (order: Order, baseUrl: string) => `${baseUrl}/paypal/v2/checkout/orders/${order.id}`;
const related = (order: Order) => ({ supplementary_data: { related_ids: { order_id: order.id } } });
const named = (order: Order) => ({
  ...(order.customId !== null && { custom_id: order.customId }),
  ...(order.invoiceId !== null && { invoice_id: order.invoiceId }),
});

export function orderView(order: Order, baseUrl: string): View {
  const { authorization, captures, refunds } = order;
  const payments = {
    ...(authorization && { authorizations: [authorizationView(authorization, order, baseUrl)] }),
    ...(captures.length > 0 && { captures: captures.map((capture) => captureView(capture, order, baseUrl)) }),
    ...(refunds.length > 0 && { refunds: refunds.map((refund) => refundView(refund, order, baseUrl)) }),
  };
  const unit = { reference_id: order.referenceId, amount: moneyView(order.amount), ...named(order) };
  return {
    ...minimalOrderView(order, baseUrl),
    intent: order.intent,
    ...(order.source && { payment_source: sourceView(order) }),
    purchase_units: [{ ...unit, ...(Object.keys(payments).length > 0 && { payments }) }],
    create_time: order.createdAt,
    update_time: order.updatedAt,
  };
}

export function minimalOrderView(order: Order, baseUrl: string): View {
  const self = orderPath(order, baseUrl);
  const action = order.intent === 'CAPTURE' ? 'capture' : 'authorize';
  const links = [
    link(self, 'self'),
    ...(order.status === 'PAYER_ACTION_REQUIRED' ? [payerActionLink(order, baseUrl)] : []),
    ...(order.status === 'CREATED' || order.status === 'APPROVED' ? [link(`${self}/${action}`, action, 'POST')] : []),
  ];
  return { id: order.id, status: order.status, links };
}

const sourceView = ({ source }: Order): View =>
  source?.kind === 'paypal' ? { paypal: { account_status: 'VERIFIED' } } : { card: { last_digits: '1881', brand: 'VISA', type: 'CREDIT' } };

/** Declined or not, a card has been processed. */
const processed = (order: Order, code: string | null) =>
  order.source?.kind === 'paypal'
    ? {}
    : { processor_response: { avs_code: code === null ? 'Y' : 'G', cvv_code: code === null ? 'M' : 'P', response_code: code ?? '0000' } };

export const authorizationView = (authorization: Authorization, order: Order, baseUrl: string): View => ({
  id: authorization.id,
  status: authorization.status,
  amount: moneyView(authorization.amount),
  ...named(order),
  seller_protection: { status: 'NOT_ELIGIBLE' },
  ...processed(order, authorization.processorCode),
  ...related(order),
  create_time: authorization.at,
  update_time: order.updatedAt,
  links: [link(`${baseUrl}/paypal/v2/payments/authorizations/${authorization.id}`, 'self'), link(orderPath(order, baseUrl), 'up')],
});

export const captureView = (capture: Capture, order: Order, baseUrl: string): View => ({
  id: capture.id,
  status: capture.status,
  amount: moneyView(capture.amount),
  final_capture: capture.isFinal,
  ...named(order),
  ...(capture.invoiceId !== null && { invoice_id: capture.invoiceId }),
  seller_protection: { status: 'NOT_ELIGIBLE' },
  ...processed(order, capture.processorCode),
  ...related(order),
  create_time: capture.at,
  update_time: order.updatedAt,
  links: [link(`${baseUrl}/paypal/v2/payments/captures/${capture.id}`, 'self'), link(orderPath(order, baseUrl), 'up')],
});

export const refundView = (refund: Refund, order: Order, baseUrl: string): View => ({
  id: refund.id,
  status: refund.status,
  amount: moneyView(refund.amount),
  ...(refund.customId !== null && { custom_id: refund.customId }),
  ...(refund.invoiceId !== null && { invoice_id: refund.invoiceId }),
  ...(refund.note !== null && { note_to_payer: refund.note }),
  ...(refund.status === 'PENDING' && { status_details: { reason: 'ECHECK' } }),
  ...related(order),
  create_time: refund.at,
  update_time: order.updatedAt,
  links: [
    link(`${baseUrl}/paypal/v2/payments/refunds/${refund.id}`, 'self'),
    link(`${baseUrl}/paypal/v2/payments/captures/${refund.capture}`, 'up'),
  ],
});
