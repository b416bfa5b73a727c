import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { ClientSession, Collection } from 'mongodb';
import type { Actor } from '../kernel/actor/actor.js';
import { type GatewayCredential, GatewayCredentials } from '../kernel/actor/gateway-credentials.js';
import { Database } from '../kernel/mongo/database.js';
import { SecretBox } from '../kernel/privacy/secret-box.js';
import { GatewaySecrets } from '../webhooks/gateway-secrets.js';
import { gatewayScopes } from './api-key.js';
import { type GatewaySecret, gatewaySecretsCollection } from './gateway-secret.js';
import { KeysService } from './keys.service.js';

const placeOf = (userId: string): string => `gateway-secret:${userId}`;

/** Gives users of the gateway their key and their webhook secret, and reads the secret again to sign with it. */
@Injectable()
export class GatewayUsers implements GatewayCredentials, GatewaySecrets {
  private readonly rows: Collection<GatewaySecret>;

  constructor(
    database: Database,
    private readonly box: SecretBox,
    private readonly keys: KeysService,
  ) {
    this.rows = database.collection<GatewaySecret>(gatewaySecretsCollection.name);
  }

  async issue(session: ClientSession, owner: Pick<Actor, 'userId' | 'tenantId' | 'email' | 'role'>): Promise<GatewayCredential> {
    const webhookSecret = `SK_${randomBytes(16).toString('hex').toUpperCase()}`;
    await this.rows.insertOne({ _id: owner.userId, sealed: this.box.seal(webhookSecret, placeOf(owner.userId)) }, { session });
    const { secret: apiKey } = await this.keys.issue(session, owner, {
      name: 'Payment gateway',
      kind: 'gateway',
      scopes: gatewayScopes,
      expiresAt: null,
    });
    return { apiKey, webhookSecret };
  }

  async of(userId: string): Promise<string | null> {
    const row = await this.rows.findOne({ _id: userId });
    return row && this.box.open(row.sealed, placeOf(userId));
  }
}
