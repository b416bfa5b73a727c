import type { Engine } from '../engine/engine.js';
import type { OperationName } from '../engine/settings.js';
import { type Answer, type Call, type Operation, type Turn } from '../engine/wire.js';
import type { Order } from './order.js';
import { wantsAll } from './order-operations.js';
import type { Orders } from './orders.js';
import type { Paid, Payments } from './payments.js';
import { authorizationView, captureView, refundView, type View } from './views.js';

const path = '/v2/payments';

type ViewOf<Payment> = (payment: Payment, order: Order, baseUrl: string) => View;

export function paymentOperations({ baseUrl }: Pick<Engine, 'baseUrl'>, orders: Orders, payments: Payments): readonly Operation[] {
  const idOf = ({ params }: Call) => params.id ?? '';
  const referenceOf = (call: Call) => orders.lookUp(idOf(call))?.reference;
  const seen = <Payment>(status: number, { order, payment }: Paid<Payment>, view: ViewOf<Payment>): Answer => ({
    status,
    body: view(payment, order, baseUrl()),
  });
  const read = <Payment>(kind: string, find: (id: string) => Paid<Payment>, view: ViewOf<Payment>): Operation => ({
    method: 'GET',
    path: `${path}/${kind}/:id`,
    name: 'read',
    referenceOf,
    run: (call) => seen(200, find(idOf(call)), view),
  });
  const step = (where: string, name: OperationName, work: (id: string, call: Call, turn: Turn) => Answer): Operation => ({
    method: 'POST',
    path: `${path}/${where}`,
    name,
    referenceOf,
    run: (call, turn) => work(idOf(call), call, turn),
  });
  return [
    read('authorizations', (id) => payments.authorization(id), authorizationView),
    read('captures', (id) => payments.capture(id), captureView),
    read('refunds', (id) => payments.refund(id), refundView),
    step('authorizations/:id/capture', 'capture', (id, { body }, turn) =>
      seen(201, payments.captureAuthorization(id, body, turn), captureView),
    ),
    step('authorizations/:id/void', 'void', (id, call, turn) => {
      const voided = payments.void(id, turn);
      return wantsAll(call) ? seen(200, voided, authorizationView) : { status: 204, body: null };
    }),
    step('captures/:id/refund', 'refund', (id, { body }, turn) => seen(201, payments.refundCapture(id, body, turn), refundView)),
  ];
}
