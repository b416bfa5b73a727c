import { Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { Members } from '../kernel/actor/members.js';
import { scopeOf } from '../kernel/actor/scope.js';
import { raise } from '../kernel/fault/fault.js';
import { decodeCursor, type Page, pageOf } from '../kernel/http/page.js';
import { type Account, type AccountKey, accountOf, type Asset, CREDIT } from '../ledger/ledger.js';
import { type EntryFilter, LedgerReader } from '../ledger/ledger-reader.service.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { CreditMemos } from './credit-memos.js';
import { AccountNotFound, UserNotFound } from './credits.faults.js';
import type { SeenEntry } from './credit-transaction.js';

interface Named {
  readonly userId: string;
  readonly asset: Asset;
}
interface HistoryPage {
  readonly newestFirst: boolean;
  readonly limit: number;
  readonly cursor?: string;
}

/** Accounts as the platform lists them; what a caller may not see is not there. */
@Injectable()
export class CreditAccounts {
  constructor(
    private readonly reader: LedgerReader,
    private readonly ledger: LedgerService,
    private readonly members: Members,
    private readonly memos: CreditMemos,
  ) {}

  async list(actor: Actor, limit: number, cursor?: string): Promise<Page<Account>> {
    const { tenantId, ownerId } = scopeOf(actor);
    const after = cursor === undefined ? undefined : keyIn(cursor);
    const rows = await this.reader.accounts(tenantId, {
      limit: limit + 1,
      ...(ownerId !== undefined && { ownerId }),
      ...(after && { after }),
    });
    return pageOf(rows, limit, ({ account }) => [account]);
  }

  /** @throws UserNotFound */
  async open(actor: Actor, userId: string, asset: Asset = CREDIT): Promise<Account> {
    if (!(await this.members.find(actor.tenantId, userId))) throw new UserNotFound();
    return this.ledger.open(actor.tenantId, accountOf(userId, asset));
  }

  /** @throws AccountNotFound */
  async find(actor: Actor, userId: string, asset: Asset): Promise<Account> {
    const { tenantId, ownerId } = scopeOf(actor);
    if (ownerId !== undefined && ownerId !== userId) throw new AccountNotFound();
    const found = await this.reader.accountsOf(tenantId, [accountOf(userId, asset)]);
    if (found.size === 0 && !(await this.members.find(tenantId, userId))) throw new AccountNotFound();
    return found.get(accountOf(userId, asset)) ?? this.reader.account(tenantId, accountOf(userId, asset));
  }

  /** @throws AccountNotFound, Invalid on a cursor of another list */
  async transactions(actor: Actor, { userId, asset }: Named, filter: EntryFilter, page: HistoryPage): Promise<Page<SeenEntry>> {
    const { account } = (await this.find(actor, userId, asset)) ?? raise(new AccountNotFound());
    const after = page.cursor === undefined ? {} : { after: numberIn(page.cursor) };
    const order = { newestFirst: page.newestFirst, ...after };
    const found = await this.reader.page(actor.tenantId, { ...filter, account }, order, page.limit + 1);
    const { items, ...rest } = pageOf(found, page.limit, ({ n }) => [n]);
    const { ownerId: only } = scopeOf(actor);
    const entries = await this.memos.readAll(items);
    return { ...rest, items: entries.map((entry) => ({ entry, ...(only !== undefined && { only }) })) };
  }
}

const keyIn = (cursor: string): AccountKey => decodeCursor(cursor, ['text'])[0] as AccountKey;
const numberIn = (cursor: string): number => decodeCursor(cursor, ['integer'])[0];
