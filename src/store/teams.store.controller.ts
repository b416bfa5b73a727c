import { Body, Controller, Post } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import { InvalidSession } from '../auth/store-session.faults.js';
import type { Actor } from '../kernel/actor/actor.js';
import { By } from '../kernel/actor/by.decorator.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import { KeepsKey } from '../kernel/idempotency/keeps-key.decorator.js';
import { Unrepeatable } from '../kernel/idempotency/unrepeatable.decorator.js';
import type { Entry } from '../ledger/ledger.js';
import { BalanceTooLarge, InsufficientCredits, LedgerBusy, PostingUnknown, SelfTransfer } from '../ledger/ledger.faults.js';
import { type Fields, missing, NegativeAmount, NoNumber, readAmount, readNumber } from './store-fields.js';
import { StoreTokenForm, StoreTransferForm } from './store.form.js';
import { TeamNotFound } from './store.faults.js';
import { InSession } from './store-session.guard.js';
import { StoreBalanceView, StoreReceiptView, StoreTransactionsView } from './store.view.js';
import { type TeamBalance, type TeamEntry, TeamMoney } from './team-money.service.js';

@Dialect('store')
@Controller()
export class TeamsStoreController {
  constructor(private readonly money: TeamMoney) {}

  /** What the team can spend. */
  @Post('get-balance')
  @InSession(['token'])
  @Unrepeatable('nothing is written')
  @ApiBody({ type: StoreTokenForm })
  @Answers(StoreBalanceView)
  @Fails(...missing('token'), () => new InvalidSession())
  balance(@By() actor: Actor): Promise<TeamBalance> {
    return this.money.balance(actor);
  }

  /** What the team has paid and was paid. */
  @Post('transactions')
  @InSession(['token'])
  @Unrepeatable('nothing is written')
  @ApiBody({ type: StoreTokenForm })
  @Answers(StoreTransactionsView)
  @Fails(...missing('token'), () => new InvalidSession())
  transactions(@By() actor: Actor): Promise<TeamEntry[]> {
    return this.money.transactions(actor);
  }

  /** Gives credits to another team. */
  @Post('transfer')
  @InSession(['recipient', 'token', 'amount'])
  @KeepsKey()
  @ApiBody({ type: StoreTransferForm })
  @Answers(StoreReceiptView)
  @Fails(
    ...missing('recipient', 'token', 'amount'),
    () => new InvalidSession(),
    () => new TeamNotFound(),
    () => new NoNumber(),
    () => new NegativeAmount(),
    () => new SelfTransfer(),
    () => new InsufficientCredits(),
    () => new BalanceTooLarge(),
    () => new LedgerBusy(),
    () => new PostingUnknown(),
  )
  transfer(@By() actor: Actor, @Body() { recipient, amount }: Fields): Promise<Entry> {
    return this.money.transfer(actor, readNumber(recipient), () => readAmount(amount));
  }
}
