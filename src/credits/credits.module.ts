import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/ledger.module.js';
import { CreditAccountsController } from './credit-accounts.controller.js';
import { CreditAccounts } from './credit-accounts.service.js';
import { CreditHistory } from './credit-history.service.js';
import { CreditMemos } from './credit-memos.js';
import { CreditOwners } from './credit-owners.service.js';
import { CreditsController } from './credits.controller.js';
import { CreditsFinancialController } from './credits.financial.controller.js';
import { CreditsService } from './credits.service.js';

@Module({
  imports: [LedgerModule],
  controllers: [CreditAccountsController, CreditsController, CreditsFinancialController],
  providers: [CreditAccounts, CreditHistory, CreditMemos, CreditOwners, CreditsService],
  exports: [CreditMemos, CreditsService],
})
export class CreditsModule {}
