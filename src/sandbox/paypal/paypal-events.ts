import { randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Dressed } from '../engine/courier.js';
import type { Engine } from '../engine/engine.js';
import { type Capture, type Order, paypalId, type Refund } from './order.js';
import type { SigningIdentity } from './signing-identity.js';
import { authorizationView, captureView, orderView, refundView, type View } from './views.js';

export const authAlgo = 'SHA256withRSA';

/** What PayPal signs of a webhook: not the body itself but its checksum. */
export const signedText = (transmissionId: string, time: string, webhookId: string, body: string): string =>
  `${transmissionId}|${time}|${webhookId}|${crc32(body)}`;

/** What PayPal tells by webhook, signed with its certificate. */
export class PaypalEvents {
  constructor(
    private readonly engine: Engine,
    private readonly identity: SigningIdentity,
  ) {}

  ofOrder(type: string, order: Order): void {
    this.emit(type, 'checkout-order', orderView(order, this.engine.baseUrl()), order);
  }

  ofAuthorization(type: string, order: Order): void {
    if (order.authorization) this.emit(type, 'authorization', authorizationView(order.authorization, order, this.engine.baseUrl()), order);
  }

  ofCapture(type: string, capture: Capture, order: Order): void {
    this.emit(type, 'capture', captureView(capture, order, this.engine.baseUrl()), order);
  }

  ofRefund(type: string, refund: Refund, order: Order): void {
    this.emit(type, 'refund', refundView(refund, order, this.engine.baseUrl()), order);
  }

  dress(event: unknown, webhookId: string): Dressed {
    const body = JSON.stringify(event);
    const transmissionId = randomUUID();
    const time = this.engine
      .now()
      .toISOString()
      .replace(/\.\d+Z$/, 'Z');
    const headers = {
      'paypal-transmission-id': transmissionId,
      'paypal-transmission-time': time,
      'paypal-transmission-sig': this.identity.sign(signedText(transmissionId, time, webhookId, body)),
      'paypal-cert-url': `${this.engine.baseUrl()}/paypal/certs/${this.identity.certificateId}`,
      'paypal-auth-algo': authAlgo,
    };
    return { headers, body };
  }

  private emit(type: string, resourceType: string, resource: View, { reference }: Order): void {
    const id = `WH-${paypalId()}-${paypalId()}`;
    const event = {
      id,
      event_version: '1.0',
      create_time: this.engine.now().toISOString(),
      resource_type: resourceType,
      resource_version: '2.0',
      event_type: type,
      summary: `${type} (sandbox, no money moves)`,
      resource,
      links: [{ href: `${this.engine.baseUrl()}/paypal/v1/notifications/webhooks-events/${id}`, rel: 'self', method: 'GET' }],
    };
    this.engine.emit(event, reference);
  }
}
