import type { z } from 'zod';
import type { Engine } from '../engine/engine.js';
import type { Table } from '../engine/store.js';
import type { Turn } from '../engine/wire.js';
import { impossible, malformed, missing } from './errors.js';
import { type Intent, moved, paidCharge, type Refund, referenceKey, refundable } from './intent.js';
import type { Intents } from './intents.js';
import { testMethod } from './methods.js';
import type { refundParams } from './params.js';
import type { StripeEvents } from './stripe-events.js';
import { stripeId } from './stripe-id.js';
import { seconds } from './views.js';

interface Settlement {
  readonly refund: string;
  readonly becomes: 'succeeded' | 'failed';
}

/** Money on its way back. Some methods take it late, some send it back again. */
export class Refunds {
  private readonly table: Table<Refund>;

  constructor(
    private readonly engine: Engine,
    private readonly intents: Intents,
    private readonly events: StripeEvents,
  ) {
    this.table = engine.store.table('refunds');
  }

  all(): readonly Refund[] {
    return this.table.rows();
  }

  /** @throws Refused */
  find(id: string): Refund {
    const refund = this.table.get(id);
    if (!refund) throw missing('refund', id, 'id');
    return refund;
  }

  create(params: z.infer<typeof refundParams>, turn: Turn): Refund {
    const intent = this.intentOf(params);
    const charge = paidCharge(intent);
    const rest = refundable(intent);
    if (!charge || intent.status !== 'succeeded') {
      throw impossible(`This PaymentIntent (${intent.id}) does not have a successful charge to refund.`, { param: 'payment_intent' });
    }
    if (rest === 0) throw impossible(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' });
    const asked = params.amount ?? rest;
    if (asked < 1)
      throw malformed('This value must be greater than or equal to 1.', { code: 'parameter_invalid_integer', param: 'amount' });
    if (asked > rest) {
      throw impossible(`Refund amount (${asked}) is greater than unrefunded amount on charge (${rest})`, { param: 'amount' });
    }
    const { value: amount } = turn.twist({ value: asked, currency: intent.currency });
    const fate = testMethod(charge.method)?.refund;
    const refund: Refund = {
      id: stripeId('re'),
      intent: intent.id,
      charge: charge.id,
      amount,
      currency: intent.currency,
      status: fate === 'pending' ? 'pending' : 'succeeded',
      reason: params.reason ?? null,
      metadata: params.metadata ?? {},
      created: seconds(this.engine.now().getTime()),
    };
    this.book(refund, intent, turn.key);
    if (fate) this.engine.defer({ refund: refund.id, becomes: fate === 'fail' ? 'failed' : 'succeeded' } satisfies Settlement);
    return refund;
  }

  settle(effect: unknown): void {
    const { refund: id, becomes } = effect as Settlement;
    const refund: Refund = { ...this.find(id), status: becomes };
    const intent = this.intents.find(refund.intent);
    this.table.put(id, refund);
    if (becomes === 'failed') {
      const movements = intent.movements.map((one) => (one.id === id ? { ...one, hasFailed: true } : one));
      this.intents.put({ ...intent, movements });
    }
    this.events.ofRefund(becomes === 'failed' ? 'refund.failed' : 'refund.updated', refund, intent);
  }

  private book(refund: Refund, intent: Intent, key: string | null): void {
    const reference = refund.metadata[referenceKey] ?? null;
    const at = this.engine.now().toISOString();
    this.table.put(refund.id, refund);
    const refunded = moved(intent, { kind: 'refund', id: refund.id, amount: refund.amount, reference, key, at }, {});
    this.intents.put(refunded);
    this.events.ofRefund('refund.created', refund, refunded);
    this.events.ofRefundedCharge(refunded);
  }

  private intentOf({ payment_intent: id, charge }: z.infer<typeof refundParams>): Intent {
    if (id !== undefined) return this.intents.find(id);
    if (charge === undefined) throw malformed('One of the following params should be provided for this request: payment_intent or charge.');
    const intent = this.intents.all().find((one) => one.charges.some(({ id }) => id === charge));
    if (!intent) throw missing('charge', charge, 'charge');
    return intent;
  }
}
