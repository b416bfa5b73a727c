import type { Id } from '../kernel/ids.js';
import type { CollectionSpec } from '../kernel/mongo/collection-spec.js';

export const deliveryStates = ['waiting', 'delivered', 'failed'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

/** One message sent once: what was answered, or why nothing was. */
export interface DeliveryTry {
  readonly at: Date;
  /** From the look-up of the name to the end of the answer. */
  readonly ms: number;
  readonly status: number | null;
  readonly error: string | null;
}

/** One message to one receiver, with everything that was tried. */
export interface WebhookDelivery {
  readonly _id: Id<'dlv'>;
  readonly tenantId: string;
  readonly ownerId: string;
  /** Absent where a charge named its own address; then `url` says where to. */
  readonly endpointId?: Id<'whk'>;
  readonly url?: string;
  /** Sent as the message's id: the same at every try and replay. */
  readonly messageId: string;
  readonly eventType: string;
  /** Exactly what is sent. */
  readonly body: string;
  readonly state: DeliveryState;
  readonly tries: readonly DeliveryTry[];
  /** Of those, the ones since it was made or replayed. */
  readonly triesNow: number;
  readonly nextTryAt: Date | null;
  readonly createdAt: Date;
}

export const jobKinds = { deliver: 'webhooks.deliver', send: 'webhooks.send' } as const;
/** Tries that are kept; of a delivery that is replayed again and again the oldest go. */
export const mostTriesKept = 100;

const [second, minute, hour] = [1_000, 60_000, 3_600_000];
/** The waits between ten tries, 75 hours together. */
const waitsMs = [5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour, 20 * hour, 24 * hour];
export const mostTries = waitsMs.length + 1;
/** How much of a wait may be added by chance, so that what failed together does not come back together. */
const jitter = 0.2;
const longestRetryAfterMs = 24 * hour;

/** When to try again after so many failed tries, not before the receiver asked for; null after the last one. */
export function nextTry(triesNow: number, now: Date, retryAfterMs = 0, chance = Math.random()): Date | null {
  const wait = waitsMs[triesNow - 1];
  if (wait === undefined) return null;
  return new Date(now.getTime() + Math.max(wait * (1 + chance * jitter), Math.min(retryAfterMs, longestRetryAfterMs)));
}

/** Milliseconds that a `Retry-After` header asks for: seconds or a date (RFC 9110, 10.2.3); 0 where it says neither. */
export function readRetryAfter(header: string | undefined, now: Date): number {
  if (header === undefined) return 0;
  if (/^\d{1,9}$/.test(header)) return Number(header) * second;
  const at = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/.test(header) ? Date.parse(header) : NaN;
  return Number.isNaN(at) ? 0 : Math.max(0, at - now.getTime());
}

export const isSuccess = (status: number | null): boolean => status !== null && status >= 200 && status < 300;

const keptSeconds = 30 * 86_400;
export const webhookDeliveriesCollection: CollectionSpec = {
  name: 'webhook_deliveries',
  indexes: [
    { name: 'tenant', key: { tenantId: 1, _id: -1 } },
    { name: 'endpoint', key: { tenantId: 1, endpointId: 1, _id: -1 } },
    { name: 'state', key: { tenantId: 1, state: 1, _id: -1 } },
    { name: 'owner', key: { tenantId: 1, ownerId: 1, _id: -1 } },
    { name: 'expiry', key: { createdAt: 1 }, expireAfterSeconds: keptSeconds },
  ],
};
