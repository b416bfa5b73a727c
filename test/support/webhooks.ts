import type { Integration } from '../../src/integrations/integration.js';
import { IntegrationsRepository } from '../../src/integrations/integrations.repository.js';
import { newId } from '../../src/kernel/ids.js';
import { UnitOfWork } from '../../src/kernel/mongo/unit-of-work.js';
import { SecretBox } from '../../src/kernel/privacy/secret-box.js';
import { newSigningSecret } from '../../src/webhooks/standard-signature.js';
import type { WebhookDelivery } from '../../src/webhooks/webhook-delivery.js';
import { WebhookDeliveriesRepository } from '../../src/webhooks/webhook-deliveries.repository.js';
import type { WebhookEndpoint } from '../../src/webhooks/webhook-endpoint.js';
import { WebhookEndpointsRepository } from '../../src/webhooks/webhook-endpoints.repository.js';
import type { TestApp } from './app.js';
import type { Somebody } from './as.js';

type Owner = Pick<Somebody, 'userId' | 'tenantId'>;

/** An endpoint that no event reaches, made past the API, where a tenant may have only so many. */
export async function newEndpoint({ app }: TestApp, { userId: ownerId, tenantId }: Owner): Promise<WebhookEndpoint> {
  const _id = newId('whk');
  const now = new Date();
  const sealed = app.get(SecretBox).seal(newSigningSecret(), `webhook-endpoint:${_id}`);
  const endpoint: WebhookEndpoint = {
    _id,
    tenantId,
    ownerId,
    url: 'http://127.0.0.1:1/',
    description: '',
    eventTypes: ['nothing'],
    enabled: true,
    disabledReason: null,
    secrets: [{ sealed, until: null }],
    failingSince: null,
    createdAt: now,
    updatedAt: now,
    rev: 1,
  };
  await app.get(UnitOfWork).run((session) => app.get(WebhookEndpointsRepository, { strict: false }).insert(endpoint, session));
  return endpoint;
}

/** A delivery to a new endpoint that nobody tries any more; its body says whose it is. */
export async function endedDelivery(test: TestApp, owner: Owner): Promise<WebhookDelivery> {
  const { _id: endpointId, tenantId, ownerId } = await newEndpoint(test, owner);
  const message = { tenantId, ownerId, endpointId, messageId: newId('evt'), eventType: 'webhook.test', body: ownerId };
  const ended = { state: 'failed', tries: [], triesNow: 0, nextTryAt: null, createdAt: new Date() } as const;
  const delivery: WebhookDelivery = { _id: newId('dlv'), ...message, ...ended };
  const { app } = test;
  await app.get(UnitOfWork).run((session) => app.get(WebhookDeliveriesRepository, { strict: false }).insert([delivery], session));
  return delivery;
}

/** An integration and its secret, made past the API, where a tenant may have only so many. */
export async function newIntegration({ app }: TestApp, { userId: ownerId, tenantId }: Owner): Promise<Integration & { secret: string }> {
  const _id = newId('int');
  const secret = newSigningSecret();
  const secrets = [{ sealed: app.get(SecretBox).seal(secret, `integration:${_id}`), until: null }];
  const integration: Integration = { _id, tenantId, ownerId, name: 'Bank', provider: 'generic', secrets, createdAt: new Date(), rev: 1 };
  await app.get(UnitOfWork).run((session) => app.get(IntegrationsRepository, { strict: false }).insert(integration, session));
  return { ...integration, secret };
}
