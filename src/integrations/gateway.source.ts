import { createHash } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { raise } from '../kernel/fault/fault.js';
import { GatewaySecrets } from '../webhooks/gateway-secrets.js';
import { printedAgain, verifyGateway } from '../webhooks/gateway-signature.js';
import { WebhookInbox } from '../webhooks/webhook-inbox.js';
import { type VerifiedWebhook, type WebhookArrival, WebhookSource } from '../webhooks/webhook-source.js';
import { WebhookSecretMissing } from './integration.faults.js';

/**
 * Whoever signs as the gateway does, with the secret of the user whose key it sends. The scheme knows neither time nor id, so that
 * the same content is the same event.
 */
@Injectable()
export class GatewaySource extends WebhookSource implements OnModuleInit {
  readonly name = 'gateway';

  constructor(
    private readonly inbox: WebhookInbox,
    private readonly secrets: GatewaySecrets,
  ) {
    super();
  }

  onModuleInit(): void {
    this.inbox.register(this);
  }

  /** @throws WebhookSecretMissing */
  async verify({ recipient, headers, body, caller }: WebhookArrival): Promise<VerifiedWebhook | null> {
    const { tenantId, keyId } = caller ?? raise(new Error('A webhook of the gateway came without a key'));
    const secret = (await this.secrets.of(recipient)) ?? raise(new WebhookSecretMissing());
    if (!verifyGateway(secret, headers['x-signature'], body)) return null;
    const eventId = createHash('sha256').update(printedAgain(body)).digest('hex');
    return { tenantId, eventId, sourceAgent: keyId };
  }
}
