import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { Allow } from '../kernel/actor/allow.decorator.js';
import { By } from '../kernel/actor/by.decorator.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import { ValidationFailed } from '../kernel/fault/common-faults.js';
import { raise } from '../kernel/fault/fault.js';
import type { Page } from '../kernel/http/page.js';
import { rangeOf, readMoment } from '../kernel/time/calendar.js';
import type { Account, Asset } from '../ledger/ledger.js';
import { CreditAccounts } from './credit-accounts.service.js';
import type { SeenEntry } from './credit-transaction.js';
import { AccountNotFound, UserNotFound } from './credits.faults.js';
import { AccountDto, AccountsQuery, HistoryQuery } from './credits.dto.js';
import { AccountView, readAccountId, TransactionView } from './credits.view.js';

@Dialect('traced')
@Controller('api/v1/credits/accounts')
export class CreditAccountsController {
  constructor(private readonly accounts: CreditAccounts) {}

  /** Accounts of the tenant that were ever used; of a merchant or user its own. */
  @Get()
  @Allow('credits:read')
  @Answers(AccountView, { shape: 'page' })
  list(@By() actor: Actor, @Query() { limit, cursor }: AccountsQuery): Promise<Page<Account>> {
    return this.accounts.list(actor, limit, cursor);
  }

  /** Opens an account for a user; one that is open already is answered as it is. */
  @Post()
  @Allow('credits:write')
  @Answers(AccountView, { status: 201 })
  @Fails(() => new UserNotFound())
  open(@By() actor: Actor, @Body() { userId, asset }: AccountDto): Promise<Account> {
    return this.accounts.open(actor, userId, asset as Asset | undefined);
  }

  /** One account, with its open holds. */
  @Get(':id')
  @Allow('credits:read')
  @Answers(AccountView)
  @Fails(() => new AccountNotFound())
  find(@By() actor: Actor, @Param('id') id: string): Promise<Account> {
    const { userId, asset } = named(id);
    return this.accounts.find(actor, userId, asset);
  }

  /** What was posted to an account. */
  @Get(':id/transactions')
  @Allow('credits:read')
  @Answers(TransactionView, { shape: 'page' })
  @Fails(() => new AccountNotFound())
  transactions(@By() actor: Actor, @Param('id') id: string, @Query() query: HistoryQuery): Promise<Page<SeenEntry>> {
    const { limit, cursor, kind, order } = query;
    const { userId, asset } = named(id);
    const range = rangeOf(moment('from', query.from), moment('to', query.to));
    const filter = { ...range, ...(kind && { kinds: [kind] }) };
    return this.accounts.transactions(actor, { userId, asset }, filter, {
      newestFirst: order === 'desc',
      limit,
      ...(cursor && { cursor }),
    });
  }
}

function named(id: string): { readonly userId: string; readonly asset: Asset } {
  const { userId, asset } = readAccountId(id) ?? raise(new AccountNotFound());
  return { userId, asset: asset as Asset };
}

function moment(field: string, text?: string) {
  if (text === undefined) return undefined;
  return readMoment(text) ?? raise(new ValidationFailed([{ field, message: `${field} must be a date or a date with time` }]));
}
