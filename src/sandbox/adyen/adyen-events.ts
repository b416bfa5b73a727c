import { createHmac } from 'node:crypto';
import type { Dressed } from '../engine/courier.js';
import type { Engine } from '../engine/engine.js';
import type { Amount } from '../engine/wire.js';
import type { Payment } from './payment.js';

export type EventCode = 'AUTHORISATION' | 'CAPTURE' | 'CAPTURE_FAILED' | 'CANCELLATION' | 'REFUND' | 'REFUND_FAILED' | 'CANCEL_OR_REFUND';

export interface NotificationItem {
  readonly eventCode: EventCode;
  readonly success: 'true' | 'false';
  readonly pspReference: string;
  readonly originalReference?: string;
  readonly merchantReference: string;
  readonly merchantAccountCode: string;
  readonly amount: Amount;
  readonly eventDate: string;
  readonly reason: string;
  readonly paymentMethod: string;
  readonly additionalData?: Readonly<Record<string, string>>;
}

const escaped = (text: string): string => text.replace(/\\/g, '\\\\').replace(/:/g, '\\:');

/** Of the fields that matter, not of the bytes; the key is hexadecimal. */
export function signatureOf(item: NotificationItem, hexKey: string): string {
  const { pspReference, originalReference = '', merchantAccountCode, merchantReference, amount, eventCode, success } = item;
  const fields = [
    pspReference,
    originalReference,
    merchantAccountCode,
    merchantReference,
    String(amount.value),
    amount.currency,
    eventCode,
    success,
  ];
  return createHmac('sha256', Buffer.from(hexKey, 'hex')).update(fields.map(escaped).join(':')).digest('base64');
}

export interface Told {
  readonly eventCode: EventCode;
  readonly isSuccess: boolean;
  /** Of what it tells of, where that is not the payment itself. */
  readonly pspReference?: string;
  readonly amount?: Amount;
  readonly reason?: string;
  readonly action?: 'cancel' | 'refund';
}

/** What Adyen tells by webhook: of most operations this is the only answer that says how they ended. */
export class AdyenEvents {
  constructor(private readonly engine: Engine) {}

  tell(payment: Payment, { eventCode, isSuccess, pspReference, amount, reason, action }: Told): void {
    const item: NotificationItem = {
      eventCode,
      success: isSuccess ? 'true' : 'false',
      pspReference: pspReference ?? payment.pspReference,
      ...(pspReference !== undefined && { originalReference: payment.pspReference }),
      merchantReference: payment.reference,
      merchantAccountCode: payment.merchantAccount,
      amount: amount ?? payment.amount,
      eventDate: this.engine.now().toISOString(),
      reason: reason ?? '',
      paymentMethod: payment.method.type === 'scheme' ? 'visa' : payment.method.type,
      ...(action && { additionalData: { 'modification.action': action } }),
    };
    this.engine.emit(item, payment.reference);
  }

  dress(event: unknown, hexKey: string): Dressed {
    const item = event as NotificationItem;
    const additionalData = { ...item.additionalData, hmacSignature: signatureOf(item, hexKey) };
    const body = { live: 'false', notificationItems: [{ NotificationRequestItem: { ...item, additionalData } }] };
    return { headers: {}, body: JSON.stringify(body) };
  }
}
