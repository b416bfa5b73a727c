import { auditCollection } from '../audit/audit-entry.js';
import { loginLimitsCollection } from '../auth/login-limits.js';
import { sessionsCollection } from '../auth/session.js';
import { storeSessionsCollection } from '../auth/store-session.js';
import { usersCollection } from '../auth/user.js';
import { eventsCollection } from '../events/event.js';
import { feedsCollection, leaseCollection, rangesCollection } from '../events/event-feed.schema.js';
import { idempotencyCollection } from '../kernel/idempotency/idempotency-record.js';
import { integrationsCollection } from '../integrations/integration.js';
import { jobsCollection } from '../kernel/jobs/job.js';
import { apiKeysCollection } from '../keys/api-key.js';
import { gatewaySecretsCollection } from '../keys/gateway-secret.js';
import { subjectKeysCollection } from '../kernel/privacy/subject-keys.js';
import type { CollectionSpec } from '../kernel/mongo/collection-spec.js';
import { accountsCollection, anchorsCollection, batchesCollection, entriesCollection, lanesCollection } from '../ledger/ledger.schema.js';
import { bucketsCollection } from '../payments/payment-buckets.js';
import { paymentsCollection } from '../payments/payment.schema.js';
import { providerAccountsCollection } from '../providers/provider-account.js';
import { healthCollection } from '../routing/stored-health.js';
import { strategiesCollection } from '../routing/stored-strategy.js';
import { storeItemsCollection } from '../store/store-item.js';
import { tenantsCollection } from '../tenants/tenant.js';
import { inboundWebhooksCollection } from '../webhooks/inbound-webhook.js';
import { webhookDeliveriesCollection } from '../webhooks/webhook-delivery.js';
import { webhookEndpointsCollection } from '../webhooks/webhook-endpoint.js';
import { gatewayIds } from './0001-gateway-ids.js';
import { attemptFigures } from './0002-attempt-figures.js';
import type { Migration } from './migrator.js';

/** Every collection of the product. */
export const collections: readonly CollectionSpec[] = [
  auditCollection,
  loginLimitsCollection,
  sessionsCollection,
  storeSessionsCollection,
  tenantsCollection,
  usersCollection,
  bucketsCollection,
  eventsCollection,
  feedsCollection,
  leaseCollection,
  rangesCollection,
  idempotencyCollection,
  jobsCollection,
  apiKeysCollection,
  gatewaySecretsCollection,
  accountsCollection,
  anchorsCollection,
  batchesCollection,
  entriesCollection,
  lanesCollection,
  subjectKeysCollection,
  paymentsCollection,
  storeItemsCollection,
  inboundWebhooksCollection,
  integrationsCollection,
  providerAccountsCollection,
  healthCollection,
  strategiesCollection,
  webhookDeliveriesCollection,
  webhookEndpointsCollection,
];

/** Changes of stored data, in order; never edited once released. */
export const migrations: readonly Migration[] = [gatewayIds, attemptFigures];
