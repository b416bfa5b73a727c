import { Conflict, NotFound, Unauthenticated, Unavailable } from '../kernel/fault/fault.js';
import { limits } from './integration.js';

export class IntegrationNotFound extends NotFound {
  constructor() {
    super('Integration not found');
  }
}
export class TooManyIntegrations extends Conflict {
  override readonly code = 'limit_exceeded';
  constructor() {
    super(`A tenant can have at most ${limits.integrationsOfTenant} integrations`);
  }
}
/** The words in which the gateway's receiver refuses a key; they are not those of its other routes. */
export class WebhookKeyRefused extends Unauthenticated {
  constructor() {
    super('Invalid X-API-Key');
  }
}
/** Whose key it is has nothing to verify with; the published status is 500. */
export class WebhookSecretMissing extends Unavailable {
  override readonly code = 'webhook_secret_missing';
  constructor() {
    super('Webhook secret not set for this user');
  }
}
