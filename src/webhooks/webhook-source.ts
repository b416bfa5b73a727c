import type { IncomingHttpHeaders } from 'node:http';
import type { ClientSession } from 'mongodb';
import { Unauthenticated } from '../kernel/fault/fault.js';
import type { InboundWebhook } from './inbound-webhook.js';

/** Nothing proves that the sender knows the secret; why not is not told. */
export class InvalidWebhookSignature extends Unauthenticated {
  constructor() {
    super('Invalid webhook signature');
  }
}

/** What has arrived, not believed yet. */
export interface WebhookArrival {
  /** Whom it claims to be for, as its source counts: an integration, a user. */
  readonly recipient: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Whose API key it came with, where the source wants one besides. */
  readonly caller?: { readonly tenantId: string; readonly keyId: string };
}
export type VerifiedWebhook = Pick<InboundWebhook, 'tenantId' | 'eventId' | 'sourceAgent'>;

/** Somebody who sends us events. It cannot be one without a verifier. */
export abstract class WebhookSource {
  abstract readonly name: string;

  /** Whose it is and which of the sender's events; null where its signature, or its age, is not right. */
  abstract verify(arrival: WebhookArrival): Promise<VerifiedWebhook | null>;

  /** What else is done with it, once, in the transaction that records it as ingested. */
  async process(_session: ClientSession, _webhook: InboundWebhook): Promise<void> {}
}
