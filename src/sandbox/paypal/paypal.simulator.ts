import { bookEntry } from '../engine/books.js';
import type { Engine } from '../engine/engine.js';
import type { Simulator } from '../engine/simulator.js';
import { type Answer, type Call, fieldsOf, type Operation, textOf } from '../engine/wire.js';
import { impossibleAnswer } from './errors.js';
import type { Order } from './order.js';
import { Orders } from './orders.js';
import { authAlgo, PaypalEvents, signedText } from './paypal-events.js';
import { AccessTokens, isClient, paypalManners, tokenPath } from './paypal-manners.js';
import { Payments } from './payments.js';
import { SigningIdentity } from './signing-identity.js';
import { authorizationView, captureView, minimalOrderView, orderView, payerActionLink, refundView, type View } from './views.js';

const ordersPath = '/v2/checkout/orders';
const paymentsPath = '/v2/payments';

export function paypalSimulator(engine: Engine): Simulator {
  const identity = new SigningIdentity(engine.options.directory, engine.now());
  const events = new PaypalEvents(engine, identity);
  const orders = new Orders(engine, events);
  const payments = new Payments(engine, orders, events);
  const tokens = new AccessTokens(engine.options.seed, engine.now);
  const manners = paypalManners(tokens);
  const base = () => engine.baseUrl();
  const answer = (status: number, body: View | null): Answer => ({ status, body });
  const wantsAll = ({ headers }: Call) => headers.prefer?.includes('return=representation') === true;
  const idOf = ({ params }: Call) => params.id ?? '';
  const referenceOf = (call: Call) => orders.lookUp(idOf(call))?.reference;
  /** An order that waits for its payer stays so, though this is a refusal. */
  const paid = (order: Order) =>
    order.status === 'PAYER_ACTION_REQUIRED'
      ? impossibleAnswer('PAYER_ACTION_REQUIRED', [payerActionLink(order, base())])
      : answer(201, orderView(order, base()));
  const at = (path: string, name: Operation['name'], run: Operation['run'], method: Operation['method'] = 'POST'): Operation => ({
    method,
    path,
    name,
    referenceOf,
    run,
  });

  const isGenuine = (body: Call['body']): boolean => {
    const [id = '', time = '', webhookId = ''] = [textOf(body.transmission_id), textOf(body.transmission_time), textOf(body.webhook_id)];
    const text = signedText(id, time, webhookId, JSON.stringify(body.webhook_event));
    const isOurs = body.auth_algo === authAlgo && textOf(body.cert_url)?.endsWith(`/${identity.certificateId}`) === true;
    return isOurs && webhookId === engine.target()?.secret && identity.verify(text, textOf(body.transmission_sig) ?? '');
  };

  const operations: readonly Operation[] = [
    {
      method: 'POST',
      path: tokenPath,
      name: 'token',
      run: (call) => {
        if (!isClient(call)) return answer(401, { error: 'invalid_client', error_description: 'Client Authentication failed' });
        if (call.body.grant_type !== 'client_credentials') {
          return answer(400, { error: 'unsupported_grant_type', error_description: 'Unsupported grant type' });
        }
        const { token, expiresIn } = tokens.issue();
        return answer(200, { scope: '', access_token: token, token_type: 'Bearer', app_id: 'APP-SANDBOX', expires_in: expiresIn });
      },
    },
    {
      method: 'POST',
      path: ordersPath,
      name: ({ body }) => (body.payment_source === undefined ? 'create' : 'authorize'),
      referenceOf: ({ body }) => {
        const [unit] = Array.isArray(body.purchase_units) ? body.purchase_units.map(fieldsOf) : [];
        return textOf(unit?.custom_id) ?? textOf(unit?.invoice_id) ?? textOf(unit?.reference_id);
      },
      run: (call, turn) => {
        const order = orders.create(call.body, turn);
        const isWaiting = order.status === 'PAYER_ACTION_REQUIRED';
        const isWhole = order.status === 'COMPLETED' || wantsAll(call);
        return answer(isWaiting ? 200 : 201, isWhole ? orderView(order, base()) : minimalOrderView(order, base()));
      },
    },
    at(`${ordersPath}/:id`, 'read', (call) => answer(200, orderView(orders.find(idOf(call)), base())), 'GET'),
    at(`${ordersPath}/:id/authorize`, 'authorize', (call, turn) =>
      paid(orders.complete(orders.find(idOf(call)), 'AUTHORIZE', call.body, turn)),
    ),
    at(`${ordersPath}/:id/capture`, 'authorize', (call, turn) =>
      paid(orders.complete(orders.find(idOf(call)), 'CAPTURE', call.body, turn)),
    ),
    at(
      `${paymentsPath}/authorizations/:id`,
      'read',
      (call) => {
        const { order, payment } = payments.authorization(idOf(call));
        return answer(200, authorizationView(payment, order, base()));
      },
      'GET',
    ),
    at(`${paymentsPath}/authorizations/:id/capture`, 'capture', (call, turn) => {
      const { order, payment } = payments.captureAuthorization(idOf(call), call.body, turn);
      return answer(201, captureView(payment, order, base()));
    }),
    at(`${paymentsPath}/authorizations/:id/void`, 'void', (call, turn) => {
      const { order, payment } = payments.void(idOf(call), turn);
      return wantsAll(call) ? answer(200, authorizationView(payment, order, base())) : answer(204, null);
    }),
    at(
      `${paymentsPath}/captures/:id`,
      'read',
      (call) => {
        const { order, payment } = payments.capture(idOf(call));
        return answer(200, captureView(payment, order, base()));
      },
      'GET',
    ),
    at(`${paymentsPath}/captures/:id/refund`, 'refund', (call, turn) => {
      const { order, payment } = payments.refundCapture(idOf(call), call.body, turn);
      return answer(201, refundView(payment, order, base()));
    }),
    at(
      `${paymentsPath}/refunds/:id`,
      'read',
      (call) => {
        const { order, payment } = payments.refund(idOf(call));
        return answer(200, refundView(payment, order, base()));
      },
      'GET',
    ),
    {
      method: 'POST',
      path: '/v1/notifications/verify-webhook-signature',
      name: 'read',
      run: ({ body }) => answer(200, { verification_status: isGenuine(body) ? 'SUCCESS' : 'FAILURE' }),
    },
  ];

  return {
    prefixes: ['/paypal'],
    operations,
    manners,
    documents: [{ path: `/certs/${identity.certificateId}`, type: 'application/x-pem-file', text: identity.certificatePem }],
    settle: (effect) => payments.settle(effect),
    decide: (id, decision) => {
      const order = orders.lookUp(id);
      const decided = order && orders.decide(order, decision);
      return decided ? { returnUrl: decided.source?.returnUrl ? returnUrlOf(decided.source.returnUrl, id) : null } : null;
    },
    dress: (event, secret) => events.dress(event, secret),
    books: () =>
      orders
        .all()
        .map(({ id, reference, amount: { currency }, status, movements }) =>
          bookEntry({ provider: 'paypal', providerId: id, reference, currency, status, movements }),
        ),
  };
}

function returnUrlOf(given: string, id: string): string {
  const url = new URL(given);
  url.searchParams.set('token', id);
  return url.href;
}
