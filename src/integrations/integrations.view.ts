import type { Integration, Provider } from './integration.js';
import type { ShownIntegration } from './integrations.service.js';

export class IntegrationView {
  /** @example "int_0190a1b2-0000-7000-8000-000000000000" */
  id: string;
  /** @example "Bank statements" */
  name: string;
  /** @example "generic" */
  provider: Provider;
  /** Where it sends its events. @example "/api/v1/integrations/webhooks/generic/int_0190a1b2-0000-7000-8000-000000000000" */
  path: string;
  /** Until when the secret before the present one is good. */
  overlapEnds: string | null;
  /** Who made it. @example "usr_0190a1b2-0000-7000-8000-000000000000" */
  ownerId: string;
  /** @example "2026-01-03T10:00:00.000Z" */
  createdAt: string;

  static of({ _id, name, provider, secrets, ownerId, createdAt }: Integration): IntegrationView {
    const overlapEnds = secrets[1]?.until?.toISOString() ?? null;
    const path = `/api/v1/integrations/webhooks/${provider}/${_id}`;
    return { id: _id, name, provider, path, overlapEnds, ownerId, createdAt: createdAt.toISOString() };
  }
}
export class ShownIntegrationView {
  integration: IntegrationView;
  /** Its events are signed with it; nobody can be shown it again. @example "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw8vVvC4kAaBc=" */
  secret: string;

  static of({ integration, secret }: ShownIntegration): ShownIntegrationView {
    return { integration: IntegrationView.of(integration), secret };
  }
}
export class GatewayReceiptView {
  /** @example "verified" */
  status: 'verified';

  static of(): GatewayReceiptView {
    return { status: 'verified' };
  }
}
