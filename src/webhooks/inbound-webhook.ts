import { createHash } from 'node:crypto';
import type { Binary } from 'mongodb';
import type { CollectionSpec } from '../kernel/mongo/collection-spec.js';

/** An event that somebody else has sent, as it came. */
export interface InboundWebhook {
  /** Of source, recipient and the sender's own id, so that an event is stored once however often it is sent. */
  readonly _id: `inb_${string}`;
  readonly tenantId: string;
  readonly source: string;
  readonly recipient: string;
  /** The sender's own. */
  readonly eventId: string;
  readonly body: Binary;
  readonly contentType: string;
  /** The integration, the API key or the user it came from. */
  readonly sourceAgent: string;
  readonly receivedAt: Date;
  readonly processedAt: Date | null;
}

export const inboundIdOf = (source: string, recipient: string, eventId: string): InboundWebhook['_id'] => {
  const hash = createHash('sha256').update(JSON.stringify([source, recipient, eventId]));
  return `inb_${hash.digest('hex').slice(0, 40)}`;
};

export const largestWebhookBytes = 1024 * 1024;
/** Longer than any sender sends an event again. */
const keptSeconds = 90 * 86_400;
export const inboundWebhooksCollection: CollectionSpec = {
  name: 'inbound_webhooks',
  indexes: [
    { name: 'recipient', key: { tenantId: 1, source: 1, recipient: 1, receivedAt: -1 } },
    { name: 'expiry', key: { receivedAt: 1 }, expireAfterSeconds: keptSeconds },
  ],
};
