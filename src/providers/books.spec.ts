import { DeclineReader } from './outcomes.js';
import { adyen } from './adyen/adyen.connector.js';
import { booksOf as adyenBooks } from './adyen/adyen.books.js';
import { adyenDeclines } from './adyen/adyen.declines.js';
import { paymentSchema } from './adyen/adyen.wire.js';
import type { Authorization, Connector, ProviderPayment } from './payment-provider.js';
import { booksOf as paypalBooks } from './paypal/paypal.books.js';
import { paypal } from './paypal/paypal.connector.js';
import { paypalDeclines } from './paypal/paypal.declines.js';
import { orderSchema } from './paypal/paypal.wire.js';
import { booksOf as stripeBooks } from './stripe/stripe.books.js';
import { stripe } from './stripe/stripe.connector.js';
import { stripeDeclines } from './stripe/stripe.declines.js';
import { intentSchema, refundSchema } from './stripe/stripe.wire.js';

/** State, authorized, captured, refunded, and why it was declined. */
type Summary = readonly [string, number, number, number, string?];
const summed = (books: ProviderPayment | undefined): Summary | undefined => {
  if (!books) return undefined;
  const { state, authorizedMinor, capturedMinor, refundedMinor, decline } = books;
  return decline
    ? [state, authorizedMinor, capturedMinor, refundedMinor, decline.category]
    : [state, authorizedMinor, capturedMinor, refundedMinor];
};

describe('an intent of Stripe that', () => {
  const intent = (fields: object) =>
    intentSchema.parse({ id: 'pi_1', object: 'payment_intent', amount: 1250, currency: 'gbp', metadata: {}, ...fields });
  const refund = (amount: number, status: string) =>
    refundSchema.parse({ id: 're_1', object: 'refund', status, amount, currency: 'gbp', payment_intent: 'pi_1' });

  it.each<[object, ...Summary]>([
    [{ status: 'requires_capture' }, 'authorized', 1250, 0, 0],
    [{ status: 'succeeded', amount_received: 400 }, 'captured', 1250, 400, 0],
    [{ status: 'processing' }, 'processing', 0, 0, 0],
    [{ status: 'requires_confirmation' }, 'processing', 0, 0, 0],
    [{ status: 'requires_action' }, 'requires_action', 0, 0, 0],
    [{ status: 'canceled', cancellation_reason: 'requested_by_customer' }, 'voided', 0, 0, 0],
    [{ status: 'canceled', cancellation_reason: 'automatic' }, 'expired', 0, 0, 0],
    [{ status: 'requires_payment_method' }, 'declined', 0, 0, 0, 'do_not_honour'],
    [{ status: 'requires_payment_method', last_payment_error: { decline_code: 'fraudulent' } }, 'declined', 0, 0, 0, 'fraud'],
    [{ status: 'requires_payment_method', last_payment_error: { code: 'expired_card' } }, 'declined', 0, 0, 0, 'expired_card'],
  ])('says %j is', (fields, ...summary) => {
    expect(summed(stripeBooks(intent(fields), [], new DeclineReader(stripeDeclines, {})))).toEqual(summary);
  });

  it('has refunds counts those that have not failed', () => {
    const refunds = [
      refund(100, 'succeeded'),
      refund(20, 'pending'),
      refund(3, 'requires_action'),
      refund(500, 'failed'),
      refund(400, 'canceled'),
    ];
    const books = stripeBooks(intent({ status: 'succeeded', amount_received: 1250 }), refunds, new DeclineReader(stripeDeclines, {}));
    expect(summed(books)).toEqual(['captured', 1250, 1250, 123]);
  });
});

describe('an order of PayPal that', () => {
  const gbp = (value: string) => ({ currency_code: 'GBP', value });
  const one = (status: string, value = '12.50', fields: object = {}) => ({ id: 'X', status, amount: gbp(value), ...fields });
  const order = (status: string, payments: object) =>
    orderSchema.parse({ id: 'O', status, purchase_units: [{ custom_id: 'pay_1', amount: gbp('12.50'), payments }] });
  const processed = { processor_response: { response_code: '5400' } };

  it.each<[string, object, ...Summary]>([
    ['PAYER_ACTION_REQUIRED', {}, 'requires_action', 0, 0, 0],
    ['APPROVED', {}, 'requires_action', 0, 0, 0],
    ['COMPLETED', { authorizations: [one('CREATED')] }, 'authorized', 1250, 0, 0],
    ['COMPLETED', { authorizations: [one('PENDING')] }, 'processing', 0, 0, 0],
    ['COMPLETED', { authorizations: [one('VOIDED')] }, 'voided', 0, 0, 0],
    ['COMPLETED', { authorizations: [one('EXPIRED')] }, 'expired', 0, 0, 0],
    ['COMPLETED', { authorizations: [one('DENIED', '12.50', processed)] }, 'declined', 0, 0, 0, 'expired_card'],
    ['COMPLETED', { authorizations: [one('CAPTURED')], captures: [one('COMPLETED', '4.00')] }, 'captured', 1250, 400, 0],
    ['COMPLETED', { authorizations: [one('CAPTURED')], captures: [one('PENDING', '4.00')] }, 'processing', 1250, 0, 0],
    ['COMPLETED', { authorizations: [one('CREATED')], captures: [one('DECLINED', '4.00')] }, 'authorized', 1250, 0, 0],
    ['COMPLETED', { captures: [one('COMPLETED')] }, 'captured', 1250, 1250, 0],
    ['COMPLETED', { captures: [one('DECLINED')] }, 'declined', 0, 0, 0, 'do_not_honour'],
    [
      'COMPLETED',
      { captures: [one('PARTIALLY_REFUNDED')], refunds: [one('COMPLETED', '1.00'), one('PENDING', '0.20'), one('FAILED', '5.00')] },
      'captured',
      1250,
      1250,
      120,
    ],
  ])('is %s with %j is', (status, payments, ...summary) => {
    expect(summed(paypalBooks(order(status, payments), new DeclineReader(paypalDeclines, {})))).toEqual(summary);
  });

  it('holds two currencies makes no sense', () => {
    const other = { ...one('COMPLETED'), amount: { currency_code: 'USD', value: '1.00' } };
    expect(paypalBooks(order('COMPLETED', { captures: [one('COMPLETED')], refunds: [other] }), new DeclineReader({}, {}))).toBeUndefined();
  });
});

describe('Adyen’s answer that says', () => {
  const answer = (resultCode: string, fields: object) =>
    paymentSchema.parse({ pspReference: 'P', merchantReference: 'pay_1', resultCode, amount: { currency: 'GBP', value: 1250 }, ...fields });
  const asked = (capture: 'now' | 'later') => ({ capture }) as Authorization;

  it.each<[string, 'now' | 'later', object, ...Summary]>([
    ['Authorised', 'later', {}, 'authorized', 1250, 0, 0],
    ['Authorised', 'now', {}, 'captured', 1250, 1250, 0],
    ['PartiallyAuthorised', 'later', { amount: { currency: 'GBP', value: 400 } }, 'authorized', 400, 0, 0],
    ['Pending', 'now', {}, 'processing', 0, 0, 0],
    ['Received', 'now', {}, 'processing', 0, 0, 0],
    ['RedirectShopper', 'now', {}, 'requires_action', 0, 0, 0],
    ['Refused', 'now', { refusalReasonCode: '12' }, 'declined', 0, 0, 0, 'insufficient_funds'],
    ['Cancelled', 'now', {}, 'declined', 0, 0, 0, 'do_not_honour'],
    ['Error', 'now', { refusalReasonCode: '4' }, 'declined', 0, 0, 0, 'provider_unavailable'],
  ])('%s when captured %s, with %j, is', (resultCode, capture, fields, ...summary) => {
    expect(summed(adyenBooks(answer(resultCode, fields), asked(capture), new DeclineReader(adyenDeclines, {})))).toEqual(summary);
  });
});

const connect = (connector: Connector) =>
  connector.connect({
    baseUrl: 'http://127.0.0.1:2',
    credentials: Object.fromEntries(connector.credentials.map((name) => [name, 'x'])),
    timeoutMs: 1,
  });

it.each([stripe, paypal, adyen])('$name is not connected without all of its credentials', (connector) => {
  for (const left of connector.credentials) {
    const credentials = connector.credentials.filter((name) => name !== left);
    expect(() => connect({ ...connector, credentials })).toThrow(`The credential ${left} is missing`);
  }
});

describe('a webhook', () => {
  const parse = (connector: Connector, body: object) => connect(connector).parseWebhook(Buffer.from(JSON.stringify(body)));
  const at = new Date('2026-05-04T03:02:01Z');

  const event = (object: object) => ({ id: 'evt_1', object: 'event', type: 'a.thing', created: 1777863721, data: { object } });
  it.each<[object, object[]]>([
    [
      { object: 'payment_intent', id: 'pi_1', metadata: { payops_reference: 'pay_1' } },
      [{ eventId: 'evt_1', type: 'a.thing', occurredAt: at, providerId: 'pi_1', reference: 'pay_1' }],
    ],
    [
      { object: 'refund', id: 're_1', payment_intent: 'pi_1', metadata: { payops_reference: 'ref_1' } },
      [{ eventId: 'evt_1', type: 'a.thing', occurredAt: at, providerId: 'pi_1' }],
    ],
    [{ object: 'balance', available: [] }, []],
    [{ object: 'charge', id: 'ch_1', payment_intent: null }, []],
  ])('of Stripe about %j', (object, events) => {
    expect(parse(stripe, event(object))).toEqual(events);
  });

  const resource = (event_type: string, given: object) => ({
    id: 'WH-1',
    event_type,
    create_time: '2026-05-04T03:02:01Z',
    resource: given,
  });
  it.each<[string, object, object[]]>([
    [
      'CHECKOUT.ORDER.APPROVED',
      { id: 'O', purchase_units: [{ custom_id: 'pay_1' }] },
      [{ eventId: 'WH-1', type: 'CHECKOUT.ORDER.APPROVED', occurredAt: at, providerId: 'O', reference: 'pay_1' }],
    ],
    [
      'PAYMENT.CAPTURE.COMPLETED',
      { id: 'C', custom_id: 'pay_1', supplementary_data: { related_ids: { order_id: 'O' } } },
      [{ eventId: 'WH-1', type: 'PAYMENT.CAPTURE.COMPLETED', occurredAt: at, providerId: 'O', reference: 'pay_1' }],
    ],
    [
      'PAYMENT.CAPTURE.REFUNDED',
      { id: 'R', custom_id: 'pay_1', invoice_id: 'ref_1' },
      [{ eventId: 'WH-1', type: 'PAYMENT.CAPTURE.REFUNDED', occurredAt: at, reference: 'pay_1' }],
    ],
    ['CUSTOMER.DISPUTE.CREATED', { dispute_id: 'D' }, []],
  ])('of PayPal: %s about %j', (type, given, events) => {
    expect(parse(paypal, resource(type, given))).toEqual(events);
  });

  it('of Adyen tells of each of its items', () => {
    const item = (fields: object) => ({
      NotificationRequestItem: {
        success: 'true',
        merchantAccountCode: 'Shop',
        merchantReference: 'pay_1',
        amount: { currency: 'CLP', value: 125_000 },
        eventDate: '2026-05-04T05:02:01+02:00',
        ...fields,
      },
    });
    const authorisation = { eventCode: 'AUTHORISATION', pspReference: 'P1', originalReference: '' };
    const failed = { eventCode: 'CAPTURE_FAILED', pspReference: 'P2', originalReference: 'P1' };
    const report = { eventCode: 'REPORT_AVAILABLE', pspReference: 'P3' };
    const result = { amountMinor: 1250, currency: 'CLP' };
    expect(parse(adyen, { live: 'false', notificationItems: [item(authorisation), item(failed), item(report)] })).toEqual([
      {
        eventId: 'P1:AUTHORISATION:true',
        type: 'AUTHORISATION',
        occurredAt: at,
        providerId: 'P1',
        reference: 'pay_1',
        result: { ...result, operation: 'authorize', isDone: true, operationId: 'P1' },
      },
      {
        eventId: 'P2:CAPTURE_FAILED:true',
        type: 'CAPTURE_FAILED',
        occurredAt: at,
        providerId: 'P1',
        result: { ...result, operation: 'capture', isDone: false, operationId: 'P2' },
      },
      { eventId: 'P3:REPORT_AVAILABLE:true', type: 'REPORT_AVAILABLE', occurredAt: at, providerId: 'P3' },
    ]);
  });
});
