import { Module } from '@nestjs/common';
import { EventsModule } from '../events/events.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { CreditAccountsController } from './credit-accounts.controller.js';
import { CreditAccounts } from './credit-accounts.service.js';
import { CreditHistory } from './credit-history.service.js';
import { CreditMemos } from './credit-memos.js';
import { CreditOwners } from './credit-owners.service.js';
import { CreditsController } from './credits.controller.js';
import { CreditsFinancialController } from './credits.financial.controller.js';
import { CreditsService } from './credits.service.js';
import { LedgerEvents } from './ledger-events.js';

@Module({
  imports: [EventsModule, LedgerModule],
  controllers: [CreditAccountsController, CreditsController, CreditsFinancialController],
  providers: [CreditAccounts, CreditHistory, CreditMemos, CreditOwners, CreditsService, LedgerEvents],
  exports: [CreditMemos, CreditsService, LedgerEvents],
})
export class CreditsModule {}
