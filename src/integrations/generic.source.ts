import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../kernel/clock.js';
import { verifyStandard } from '../webhooks/standard-signature.js';
import { WebhookInbox } from '../webhooks/webhook-inbox.js';
import { type VerifiedWebhook, type WebhookArrival, WebhookSource } from '../webhooks/webhook-source.js';
import type { Integration } from './integration.js';
import { Integrations } from './integrations.service.js';

/** Whoever signs as Standard Webhooks say, for one integration. */
@Injectable()
export class GenericSource extends WebhookSource implements OnModuleInit {
  readonly name = 'generic';

  constructor(
    private readonly inbox: WebhookInbox,
    private readonly integrations: Integrations,
    private readonly clock: Clock,
  ) {
    super();
  }

  onModuleInit(): void {
    this.inbox.register(this);
  }

  /** @throws IntegrationNotFound */
  async verify({ recipient, headers, body }: WebhookArrival): Promise<VerifiedWebhook | null> {
    const verified = (integration: Integration): VerifiedWebhook | null => {
      const eventId = verifyStandard(this.integrations.secretsOf(integration), headers, body, this.clock.now());
      return eventId === null ? null : { tenantId: integration.tenantId, eventId, sourceAgent: integration._id };
    };
    const remembered = this.integrations.remembered(recipient);
    return (remembered && verified(remembered)) ?? verified(await this.integrations.findAddressed(recipient));
  }
}
