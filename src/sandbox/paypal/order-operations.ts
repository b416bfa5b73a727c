import type { Engine } from '../engine/engine.js';
import { type Answer, type Call, fieldsOf, type Operation, textOf } from '../engine/wire.js';
import { impossibleAnswer } from './errors.js';
import type { Order } from './order.js';
import type { Orders } from './orders.js';
import { minimalOrderView, orderView, payerActionLink } from './views.js';

const path = '/v2/checkout/orders';

export function orderOperations({ baseUrl }: Pick<Engine, 'baseUrl'>, orders: Orders): readonly Operation[] {
  const idOf = ({ params }: Call) => params.id ?? '';
  const referenceOf = (call: Call) => orders.lookUp(idOf(call))?.reference;
  const complete = (intent: Order['intent']): Operation => ({
    method: 'POST',
    path: `${path}/:id/${intent.toLowerCase()}`,
    name: 'authorize',
    referenceOf,
    run: (call, turn) => completed(orders.complete(orders.find(idOf(call)), intent, call.body, turn), baseUrl()),
  });
  return [
    {
      method: 'POST',
      path,
      name: ({ body }) => (body.payment_source === undefined ? 'create' : 'authorize'),
      referenceOf: ({ body }) => {
        const [unit] = Array.isArray(body.purchase_units) ? body.purchase_units.map(fieldsOf) : [];
        return textOf(unit?.custom_id) ?? textOf(unit?.invoice_id) ?? textOf(unit?.reference_id);
      },
      run: (call, turn) => created(orders.create(call.body, turn), call, baseUrl()),
    },
    {
      method: 'GET',
      path: `${path}/:id`,
      name: 'read',
      referenceOf,
      run: (call) => ({ status: 200, body: orderView(orders.find(idOf(call)), baseUrl()) }),
    },
    complete('AUTHORIZE'),
    complete('CAPTURE'),
  ];
}

export const wantsAll = ({ headers }: Call): boolean => headers.prefer?.includes('return=representation') === true;

function created(order: Order, call: Call, baseUrl: string): Answer {
  const isWhole = order.status === 'COMPLETED' || wantsAll(call);
  const status = order.status === 'PAYER_ACTION_REQUIRED' ? 200 : 201;
  return { status, body: isWhole ? orderView(order, baseUrl) : minimalOrderView(order, baseUrl) };
}

/** An order that waits for its payer stays so, though this is a refusal. */
function completed(order: Order, baseUrl: string): Answer {
  if (order.status === 'PAYER_ACTION_REQUIRED') return impossibleAnswer('PAYER_ACTION_REQUIRED', [payerActionLink(order, baseUrl)]);
  return { status: 201, body: orderView(order, baseUrl) };
}
