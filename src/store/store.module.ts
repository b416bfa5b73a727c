import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { CreditsModule } from '../credits/credits.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { SessionsStoreController } from './sessions.store.controller.js';
import { ShopService } from './shop.service.js';
import { ShopStoreController } from './shop.store.controller.js';
import { StoreEvents } from './store-events.js';
import { StoreItemRecords } from './store-item-records.js';
import { StoreItemsController } from './store-items.controller.js';
import { StoreItemsRepository } from './store-items.repository.js';
import { StoreItems } from './store-items.service.js';
import { StoreTeamsController } from './store-teams.controller.js';
import { StoreTeams } from './store-teams.service.js';
import { TeamMoney } from './team-money.service.js';
import { TeamsStoreController } from './teams.store.controller.js';

@Module({
  imports: [AuditModule, AuthModule, CreditsModule, LedgerModule],
  controllers: [SessionsStoreController, ShopStoreController, TeamsStoreController, StoreItemsController, StoreTeamsController],
  providers: [ShopService, StoreEvents, StoreItemRecords, StoreItems, StoreItemsRepository, StoreTeams, TeamMoney],
  exports: [StoreItems, StoreTeams],
})
export class StoreModule {}
