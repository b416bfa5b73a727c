import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import { Database } from '../kernel/mongo/database.js';
import { type GatewaySecret, gatewaySecretsCollection } from './gateway-secret.js';
import { KeysRepository } from './keys.repository.js';

/** Takes an erased user's keys and webhook secret. */
@Injectable()
export class KeysErasure {
  constructor(
    private readonly keys: KeysRepository,
    private readonly database: Database,
  ) {}

  /** In the caller's transaction. */
  async erase(session: ClientSession, userId: string): Promise<void> {
    await this.keys.removeOf(session, userId);
    await this.database.collection<GatewaySecret>(gatewaySecretsCollection.name).deleteOne({ _id: userId }, { session });
  }
}
