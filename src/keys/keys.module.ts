import { Global, Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { ApiKeyReader } from '../kernel/actor/actor.js';
import { GatewayCredentials } from '../kernel/actor/gateway-credentials.js';
import { GatewaySecrets } from '../webhooks/gateway-secrets.js';
import { GatewayUsers } from './gateway-users.service.js';
import { KeyActors } from './key-actors.js';
import { KeyRecords } from './key-records.js';
import { KeySecrets } from './key-secrets.js';
import { KeysController } from './keys.controller.js';
import { KeysErasure } from './keys-erasure.service.js';
import { KeysRepository } from './keys.repository.js';
import { KeysService } from './keys.service.js';

/** Global for the ports that it provides: who uses a key, and what users of the gateway sign with. */
@Global()
@Module({
  imports: [AuditModule],
  controllers: [KeysController],
  providers: [
    GatewayUsers,
    KeyActors,
    KeyRecords,
    KeySecrets,
    KeysErasure,
    KeysRepository,
    KeysService,
    { provide: ApiKeyReader, useExisting: KeyActors },
    { provide: GatewayCredentials, useExisting: GatewayUsers },
    { provide: GatewaySecrets, useExisting: GatewayUsers },
  ],
  exports: [ApiKeyReader, GatewayCredentials, GatewaySecrets, KeysErasure],
})
export class KeysModule {}
