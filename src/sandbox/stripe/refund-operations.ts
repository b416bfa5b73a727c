import { type Operation, textOf } from '../engine/wire.js';
import { ok } from './intent-operations.js';
import type { Refund } from './intent.js';
import type { Intents } from './intents.js';
import { listView } from './lists.js';
import { readParams, refundListParams, refundParams } from './params.js';
import type { Refunds } from './refunds.js';
import { refundView } from './views.js';

const path = '/v1/refunds';

export function refundOperations(intents: Intents, refunds: Refunds): readonly Operation[] {
  const viewOf = (refund: Refund) => refundView(refund, intents.find(refund.intent));
  return [
    {
      method: 'POST',
      path,
      name: 'refund',
      referenceOf: ({ body }) => intents.lookUp(textOf(body.payment_intent) ?? '')?.reference,
      run: ({ body }, turn) => ok(viewOf(refunds.create(readParams(refundParams, body), turn))),
    },
    { method: 'GET', path: `${path}/:id`, name: 'read', run: ({ params }) => ok(viewOf(refunds.find(params.id ?? ''))) },
    {
      method: 'GET',
      path,
      name: 'read',
      run: ({ query }) => {
        const params = readParams(refundListParams, query);
        const { payment_intent: intent = null, charge = null } = params;
        const listed = refunds.all().filter((one) => (intent ?? one.intent) === one.intent && (charge ?? one.charge) === one.charge);
        return ok(listView(path, listed, params, viewOf));
      },
    },
  ];
}
