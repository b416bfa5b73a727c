import type { ClientSession } from 'mongodb';
import type { Actor } from './actor.js';

/** What a new user of the gateway gets to call it with and to verify its webhooks; the key is shown this once. */
export interface GatewayCredential {
  /** `PK_LIVE_` and 16 hex digits. */
  readonly apiKey: string;
  /** `SK_` and 32 hex digits. */
  readonly webhookSecret: string;
}

/** Makes them; the keys feature does it for auth, which registers users. */
export abstract class GatewayCredentials {
  /** In the caller's transaction. */
  abstract issue(session: ClientSession, owner: Pick<Actor, 'userId' | 'tenantId' | 'email' | 'role'>): Promise<GatewayCredential>;
}
