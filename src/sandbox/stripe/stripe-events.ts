import { createHmac } from 'node:crypto';
import type { Dressed } from '../engine/courier.js';
import type { Engine } from '../engine/engine.js';
import type { Intent, Refund } from './intent.js';
import { stripeId } from './stripe-id.js';
import { intentView, paidChargeView, refundView, seconds, type View } from './views.js';

export const apiVersion = '2026-10-28.endive';

/** What Stripe tells by webhook: the object as it was when it happened. */
export class StripeEvents {
  constructor(private readonly engine: Engine) {}

  ofIntent(type: string, intent: Intent): void {
    this.emit(type, intentView(intent, this.engine.baseUrl()), intent.reference);
  }

  ofRefund(type: string, refund: Refund, intent: Intent): void {
    this.emit(type, refundView(refund, intent), intent.reference);
  }

  ofRefundedCharge(intent: Intent): void {
    const charge = paidChargeView(intent);
    if (charge) this.emit('charge.refunded', charge, intent.reference);
  }

  dress(event: unknown, secret: string): Dressed {
    const body = JSON.stringify(event);
    const time = seconds(this.engine.now().getTime());
    const signature = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex');
    return { headers: { 'stripe-signature': `t=${time},v1=${signature}` }, body };
  }

  private emit(type: string, object: View, reference: string): void {
    const event = {
      id: stripeId('evt'),
      object: 'event',
      api_version: apiVersion,
      created: seconds(this.engine.now().getTime()),
      data: { object },
      livemode: false,
      pending_webhooks: 1,
      request: { id: null, idempotency_key: null },
      type,
    };
    this.engine.emit(event, reference);
  }
}
