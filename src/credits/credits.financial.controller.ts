import { applyDecorators, Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiQuery } from '@nestjs/swagger';
import type { Actor } from '../kernel/actor/actor.js';
import { Allow } from '../kernel/actor/allow.decorator.js';
import { By } from '../kernel/actor/by.decorator.js';
import type { Role } from '../kernel/actor/permissions.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import { AccessDenied } from '../kernel/fault/common-faults.js';
import { Invalid } from '../kernel/fault/fault.js';
import { KeepsKey } from '../kernel/idempotency/keeps-key.decorator.js';
import { BadAmount, BalanceTooLarge, InsufficientCredits } from '../ledger/ledger.faults.js';
import { CreditHistory, type CreditPage } from './credit-history.service.js';
import { ExpiryNotSupported, UserNotFound } from './credits.faults.js';
import { readMovement, readOrder, readPaging, readText, readTransactionFilter } from './credits.financial.dto.js';
import {
  FinancialAddForm,
  FinancialBalanceQuery,
  financialChoices,
  FinancialPageQuery,
  FinancialSpendForm,
  FinancialTransactionsQuery,
} from './credits.financial.form.js';
import {
  type AccountWithHistory,
  FinancialAccountView,
  FinancialBalanceView,
  FinancialMovementView,
  FinancialTransactionsView,
  FinancialUserCreditsView,
  FinancialUserTransactionsView,
  type PostedMovement,
} from './credits.financial.view.js';
import { CreditOwners } from './credit-owners.service.js';
import { type CreditAccount, CreditsService } from './credits.service.js';

type Fields = Readonly<Record<string, unknown>>;
const readers: readonly Role[] = ['system_admin', 'owner', 'admin', 'finance', 'support'];
const recent = { limit: 10, offset: 0 };

@Dialect('bare')
@Controller('api/financial')
export class CreditsFinancialController {
  constructor(
    private readonly credits: CreditsService,
    private readonly owners: CreditOwners,
    private readonly history: CreditHistory,
  ) {}

  /** Credit transactions of the tenant, filtered and sorted. */
  @Get('transactions')
  @Allow('credits:read', readers)
  @ApiQuery({ type: FinancialTransactionsQuery })
  @applyDecorators(...financialChoices.map(ApiQuery))
  @Answers(FinancialTransactionsView)
  @Fails(() => new Invalid('sort_by must be one of created_at, amount, user_email'), () => new UserNotFound())
  async transactions(@By() actor: Actor, @Query() query: Fields): Promise<CreditPage> {
    const [filter, order, paging, user] = [readTransactionFilter(query), readOrder(query), readPaging(query), readText(query, 'user_id')];
    const userId = user === undefined ? {} : { userId: (await this.owners.named(actor, user)).userId };
    return this.history.list(actor.tenantId, { ...filter, ...userId }, paging, order);
  }

  /** What a user has, has been given and has spent. */
  @Get('admin/credits/users/:user_id')
  @Allow('credits:read', readers)
  @Answers(FinancialUserCreditsView)
  @Fails(() => new UserNotFound())
  userCredits(@By() actor: Actor, @Param('user_id') user: string): Promise<AccountWithHistory> {
    return this.withHistory(actor, user, recent);
  }

  /** A user's credit transactions, newest first. */
  @Get('admin/credits/users/:user_id/transactions')
  @Allow('credits:read', readers)
  @ApiQuery({ type: FinancialPageQuery })
  @Answers(FinancialUserTransactionsView)
  @Fails(() => new UserNotFound(), () => new Invalid('limit must be a whole number from 1 to 1000'))
  userTransactions(@By() actor: Actor, @Param('user_id') user: string, @Query() query: Fields): Promise<AccountWithHistory> {
    return this.withHistory(actor, user, readPaging(query));
  }

  /** The caller's balance; somebody else's for those who may see the tenant's. */
  @Get('credits/balance')
  @Allow('credits:read')
  @ApiQuery({ type: FinancialBalanceQuery })
  @Answers(FinancialBalanceView)
  @Fails(() => new AccessDenied(), () => new UserNotFound())
  async balance(@By() actor: Actor, @Query() query: Fields): Promise<CreditAccount> {
    const user = readText(query, 'user_id');
    return this.credits.account(actor, user === undefined ? actor.userId : (await this.owners.named(actor, user)).userId);
  }

  /** A user's balance and transactions, newest first. */
  @Get('credits/:user_id')
  @Allow('credits:read')
  @ApiQuery({ type: FinancialPageQuery })
  @Answers(FinancialAccountView)
  @Fails(() => new AccessDenied(), () => new UserNotFound(), () => new Invalid('limit must be a whole number from 1 to 1000'))
  account(@By() actor: Actor, @Param('user_id') user: string, @Query() query: Fields): Promise<AccountWithHistory> {
    return this.withHistory(actor, user, readPaging(query));
  }

  /** Gives a user credits. */
  @Post('credits/:user_id/add')
  @Allow('credits:write')
  @KeepsKey()
  @ApiBody({ type: FinancialAddForm })
  @Answers(FinancialMovementView)
  @Fails(() => new BadAmount(), () => new ExpiryNotSupported('expires_at'), () => new UserNotFound(), () => new BalanceTooLarge())
  async add(@By() actor: Actor, @Param('user_id') user: string, @Body() body: unknown): Promise<PostedMovement> {
    const movement = readMovement(body);
    const member = await this.owners.named(actor, user);
    return { member, entry: await this.credits.grant(actor, { ...movement, userId: member.userId }) };
  }

  /** Spends credits of a user: the caller's own, or anybody's for an admin. */
  @Post('credits/:user_id/spend')
  @Allow('self')
  @KeepsKey()
  @ApiBody({ type: FinancialSpendForm })
  @Answers(FinancialMovementView)
  @Fails(() => new BadAmount(), () => new InsufficientCredits(), () => new AccessDenied(), () => new UserNotFound())
  async spend(@By() actor: Actor, @Param('user_id') user: string, @Body() body: unknown): Promise<PostedMovement> {
    const movement = readMovement(body);
    const member = await this.owners.named(actor, user);
    return { member, entry: await this.credits.spend(actor, { ...movement, userId: member.userId }) };
  }

  private async withHistory(actor: Actor, user: string, paging: { limit: number; offset: number }): Promise<AccountWithHistory> {
    const { userId } = await this.owners.named(actor, user);
    const [account, page] = await Promise.all([this.credits.account(actor, userId), this.history.list(actor.tenantId, { userId }, paging)]);
    return { ...account, page };
  }
}
