import type { ProviderEvent, ProviderResult } from '../payment-provider.js';
import { adyenAmounts } from './adyen.amounts.js';
import { type AdyenItem, notificationSchema } from './adyen.wire.js';

/** What a code says of which operation; that it failed where the code itself says so, and else by its `success`. */
const operations: Readonly<Record<string, readonly [operation: ProviderResult['operation'], isFailure?: true]>> = {
  AUTHORISATION: ['authorize'],
  CAPTURE: ['capture'],
  CAPTURE_FAILED: ['capture', true],
  CANCELLATION: ['void'],
  TECHNICAL_CANCEL: ['void'],
  REFUND: ['refund'],
  REFUND_FAILED: ['refund', true],
  REFUNDED_REVERSED: ['refund', true],
};

/** @throws Error where it is no notification of Adyen's */
export function eventsOf(body: Buffer): readonly ProviderEvent[] {
  const { notificationItems } = notificationSchema.parse(JSON.parse(body.toString('utf8')));
  return notificationItems.map(({ NotificationRequestItem: item }) => eventOf(item));
}

function eventOf(item: AdyenItem): ProviderEvent {
  const { eventCode, success, pspReference, originalReference = '', merchantReference, eventDate } = item;
  const result = resultOf(item);
  // A modification may come with a reference of its own, so that only the first event names the payment by ours.
  const isFirst = originalReference === '' && eventCode === 'AUTHORISATION';
  return {
    // Adyen has no ids of events: these three together say that it is the same one.
    eventId: [pspReference, eventCode, success].join(':'),
    type: eventCode,
    occurredAt: new Date(eventDate),
    providerId: originalReference || pspReference,
    ...(isFirst && merchantReference !== '' && { reference: merchantReference }),
    ...(result && { result }),
  };
}

function resultOf({ eventCode, success, amount, pspReference }: AdyenItem): ProviderResult | undefined {
  const [operation, isFailure] = operations[eventCode] ?? [];
  const amountMinor = adyenAmounts.minor(amount.value, amount.currency);
  if (operation === undefined || amountMinor === undefined) return undefined;
  const isDone = success === 'true' && !isFailure;
  return { operation, isDone, amountMinor, currency: amount.currency, operationId: pspReference };
}
