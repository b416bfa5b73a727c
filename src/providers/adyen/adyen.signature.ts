import { createHmac, timingSafeEqual } from 'node:crypto';
import { type AdyenItem, notificationSchema } from './adyen.wire.js';

/**
 * Whether Adyen signed every item for this merchant account (https://docs.adyen.com/development-resources/webhooks/verify-hmac-signatures).
 * The signature says nothing of when: a notification is one of its kind by what it is about, and old ones are told by that.
 */
export function isSignedByAdyen(body: Buffer, hexKey: string, merchantAccount: string): boolean {
  if (!/^([0-9a-f]{2})+$/i.test(hexKey)) return false;
  const items = readItems(body);
  if (!items) return false;
  const key = Buffer.from(hexKey, 'hex');
  return items.every((item) => item.merchantAccountCode === merchantAccount && isSigned(item, key));
}

function readItems(body: Buffer): readonly AdyenItem[] | undefined {
  try {
    const { notificationItems } = notificationSchema.parse(JSON.parse(body.toString('utf8')));
    return notificationItems.map(({ NotificationRequestItem: item }) => item);
  } catch {
    return undefined;
  }
}

function isSigned(item: AdyenItem, key: Buffer): boolean {
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
  const signed = fields.map((field) => field.replace(/[\\:]/g, '\\$&')).join(':');
  const expected = Buffer.from(createHmac('sha256', key).update(signed).digest('base64'));
  const given = Buffer.from(item.additionalData?.hmacSignature ?? '');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
