import { Injectable } from '@nestjs/common';
import { type Member, Members } from '../kernel/actor/members.js';
import { type AccountKey, accountOf, CREDIT, type Totals } from '../ledger/ledger.js';
import { type EntryFilter, LedgerReader } from '../ledger/ledger-reader.service.js';
import { CreditMemos } from './credit-memos.js';
import { type CreditTransaction, movingKinds, sidesOf } from './credit-transaction.js';

export interface CreditFilter {
  readonly userId?: string;
  readonly type?: CreditTransaction['type'];
  readonly from?: Date;
  /** Exclusive. */
  readonly before?: Date;
}
export const sortFields = ['created_at', 'amount', 'user_email'] as const;
export interface CreditOrder {
  readonly by: (typeof sortFields)[number];
  readonly direction: 'asc' | 'desc';
}
/** As people read it, with whom it belongs to; nobody, where that user was erased. */
export type ReadableTransaction = CreditTransaction & { readonly member?: Member };
export interface CreditPage {
  readonly transactions: readonly ReadableTransaction[];
  readonly total: number;
  readonly limit: number;
  readonly offset: number;
}

const newest: CreditOrder = { by: 'created_at', direction: 'desc' };

/** Lists of credit transactions, exact as of the answer. Totals come from counters of the ledger wherever a filter allows. */
@Injectable()
export class CreditHistory {
  constructor(
    private readonly reader: LedgerReader,
    private readonly members: Members,
    private readonly memos: CreditMemos,
  ) {}

  async list(
    tenantId: string,
    filter: CreditFilter,
    { limit, offset }: { limit: number; offset: number },
    order = newest,
  ): Promise<CreditPage> {
    const [total, sides] = await Promise.all([
      this.total(tenantId, filter),
      order.by === 'created_at'
        ? this.inOrder(tenantId, filter, order, { limit, offset })
        : this.sorted(tenantId, filter, order, { limit, offset }),
    ]);
    return { transactions: await this.readable(tenantId, sides), total, limit, offset };
  }

  private async total(tenantId: string, { userId, type, from, before }: CreditFilter): Promise<number> {
    if (userId === undefined)
      return countOf(await this.reader.totals(tenantId, CREDIT, { ...(from && { from }), ...(before && { before }) }), type);
    if (!from && !before) return countOf((await this.reader.account(tenantId, accountOf(userId))).totals, type);
    let total = 0;
    for await (const _side of this.walk(
      tenantId,
      { userId, ...(type && { type }), ...(from && { from }), ...(before && { before }) },
      newest,
    ))
      total++;
    return total;
  }

  private async inOrder(tenantId: string, filter: CreditFilter, order: CreditOrder, { limit, offset }: { limit: number; offset: number }) {
    const found: CreditTransaction[] = [];
    let passed = 0;
    for await (const side of this.walk(tenantId, filter, order)) {
      if (passed++ >= offset) found.push(side);
      if (found.length === limit) break;
    }
    return found;
  }

  /** Reads all that match, and keeps no more of them than the page needs. */
  private async sorted(tenantId: string, filter: CreditFilter, order: CreditOrder, { limit, offset }: { limit: number; offset: number }) {
    const wanted = offset + limit;
    const emails = new Map<string, string>();
    const keyOf = (side: CreditTransaction) => (order.by === 'amount' ? side.amount : (emails.get(side.userId) ?? ''));
    const sign = order.direction === 'asc' ? 1 : -1;
    const compare = (one: CreditTransaction, other: CreditTransaction) => {
      const [a, b] = [keyOf(one), keyOf(other)];
      return a === b ? other.entry.n - one.entry.n : (a < b ? -1 : 1) * sign;
    };
    let best: CreditTransaction[] = [];
    const keep = () => (best = best.sort(compare).slice(0, wanted));
    for await (const side of this.walk(tenantId, filter, newest)) {
      if (order.by === 'user_email' && !emails.has(side.userId)) {
        emails.set(side.userId, (await this.members.find(tenantId, side.userId))?.email ?? '');
      }
      best.push(side);
      if (best.length >= 2 * wanted + 1_000) keep();
    }
    return keep().slice(offset);
  }

  private async *walk(
    tenantId: string,
    { userId, type, from, before }: CreditFilter,
    { direction }: CreditOrder,
  ): AsyncGenerator<CreditTransaction> {
    const account: AccountKey | undefined = userId === undefined ? undefined : accountOf(userId);
    const filter: EntryFilter = { kinds: movingKinds, ...(account && { account }), ...(from && { from }), ...(before && { before }) };
    for await (const entry of this.reader.walk(tenantId, filter, { newestFirst: direction === 'desc' })) {
      for (const side of sidesOf(entry, account)) {
        if (side.asset === CREDIT && (type === undefined || side.type === type)) yield side;
      }
    }
  }

  private async readable(tenantId: string, sides: readonly CreditTransaction[]): Promise<ReadableTransaction[]> {
    const userIds = sides.map(({ userId }) => userId);
    const [members, entries] = await Promise.all([
      this.members.byIds(tenantId, userIds),
      this.memos.readAll(sides.map(({ entry }) => entry)),
    ]);
    return sides.map((side, index) => {
      const member = members.get(side.userId);
      return { ...side, entry: entries[index] ?? side.entry, ...(member && { member }) };
    });
  }
}

const countOf = ({ credits, debits }: Totals, type?: CreditTransaction['type']): number =>
  (type === 'debit' ? 0 : credits) + (type === 'credit' ? 0 : debits);
