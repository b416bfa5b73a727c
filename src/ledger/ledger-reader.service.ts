import { Injectable } from '@nestjs/common';
import type { Collection, Filter } from 'mongodb';
import { Database } from '../kernel/mongo/database.js';
import { type Account, type AccountKey, type Entry, type EntryKind, noTotals, type Totals } from './ledger.js';
import {
  type AccountDocument,
  accountsCollection,
  type BatchDocument,
  batchesCollection,
  emptyAccount,
  entriesCollection,
  type EntryDocument,
  idBeyond,
  idOf,
  toAccount,
  toEntry,
} from './ledger.schema.js';

export interface EntryFilter {
  readonly account?: AccountKey;
  readonly kinds?: readonly EntryKind[];
  readonly from?: Date;
  /** Exclusive. */
  readonly before?: Date;
}
/** In order of the numbers; `after` is the last number of the page before. */
export interface EntryOrder {
  readonly newestFirst: boolean;
  readonly after?: number;
}

export interface AccountsPage {
  readonly limit: number;
  readonly ownerId?: string;
  readonly after?: AccountKey;
}

/** What the ledger holds, exact as of the answer. */
@Injectable()
export class LedgerReader {
  private readonly rows: Collection<AccountDocument>;
  private readonly entries: Collection<EntryDocument>;
  private readonly batches: Collection<BatchDocument>;

  constructor(database: Database) {
    this.rows = database.collection<AccountDocument>(accountsCollection.name);
    this.entries = database.collection<EntryDocument>(entriesCollection.name);
    this.batches = database.collection<BatchDocument>(batchesCollection.name);
  }

  /** An account that nobody wrote comes empty. */
  async account(tenantId: string, account: AccountKey): Promise<Account> {
    const found = await this.rows.findOne({ _id: idOf(tenantId, account) });
    return found ? toAccount(found) : emptyAccount(tenantId, account);
  }

  /** Users' accounts that are open, or one user's, in order of their keys; `after` is the last one of the page before. */
  async accounts(tenantId: string, { limit, ownerId, after }: AccountsPage): Promise<Account[]> {
    const filter = {
      _id: { $gt: idOf(tenantId, after ?? ''), $lt: idBeyond(tenantId) },
      policy: 'user' as const,
      ...(ownerId !== undefined && { tenantId, ownerId }),
    };
    return (await this.rows.find(filter, { sort: { _id: 1 }, limit }).toArray()).map(toAccount);
  }

  async accountsOf(tenantId: string, keys: readonly AccountKey[]): Promise<Map<AccountKey, Account>> {
    const found = await this.rows.find({ _id: { $in: keys.map((key) => idOf(tenantId, key)) } }).toArray();
    return new Map(found.map((row) => [row.account, toAccount(row)]));
  }

  async entry(tenantId: string, n: number): Promise<Entry | null> {
    const found = await this.entries.findOne({ tenantId, n });
    return found && toEntry(found);
  }

  /** The entries that undo this one. */
  async reversals(tenantId: string, n: number): Promise<Entry[]> {
    return (await this.entries.find({ tenantId, refersTo: n, kind: 'reversal' }).toArray()).map(toEntry);
  }

  async page(tenantId: string, filter: EntryFilter, order: EntryOrder, limit: number): Promise<Entry[]> {
    return (await this.cursor(tenantId, filter, order).limit(limit).toArray()).map(toEntry);
  }

  /** The number of each tenant's last entry: one step of the index for each. */
  async lastNumbers(): Promise<ReadonlyMap<string, number>> {
    const stages = [{ $sort: { tenantId: -1, seq: -1 } }, { $group: { _id: '$tenantId', n: { $first: '$n' } } }];
    const found = await this.batches.aggregate<{ _id: string; n: number }>(stages).toArray();
    return new Map(found.map(({ _id, n }) => [_id, n]));
  }

  /** The batches behind this entry, in their order, until they hold `limit` entries: the first one may begin before it. */
  async batchesAfter(tenantId: string, after: number, limit: number): Promise<Pick<BatchDocument, 'firstNumber' | 'n' | 'at'>[]> {
    const next = await this.entries.findOne({ tenantId, n: after + 1 }, { projection: { batch: 1 } });
    if (!next) return [];
    const filter = { tenantId, seq: { $gte: next.batch } };
    const found = await this.batches.find(filter, { sort: { seq: 1 }, limit, projection: { firstNumber: 1, n: 1, at: 1 } }).toArray();
    const enough = found.findIndex(({ n }) => n >= after + limit);
    return enough === -1 ? found : found.slice(0, enough + 1);
  }

  async *walk(tenantId: string, filter: EntryFilter, order: EntryOrder): AsyncGenerator<Entry> {
    for await (const document of this.cursor(tenantId, filter, order)) yield toEntry(document);
  }

  /** Of all users' accounts of the asset, over the batches of a time; without a bound, since the beginning or up to now. */
  async totals(tenantId: string, asset: string, { from, before }: Pick<EntryFilter, 'from' | 'before'> = {}): Promise<Totals> {
    const [start, end] = await Promise.all([
      from ? this.totalsBefore(tenantId, asset, from) : noTotals,
      this.totalsBefore(tenantId, asset, before),
    ]);
    const names = Object.keys(noTotals) as (keyof Totals)[];
    return Object.fromEntries(names.map((name) => [name, end[name] - start[name]])) as unknown as Totals;
  }

  private async totalsBefore(tenantId: string, asset: string, before?: Date): Promise<Totals> {
    const filter = { tenantId, ...(before && { at: { $lt: before } }) };
    const found = await this.batches.findOne(filter, { sort: before ? { at: -1, seq: -1 } : { seq: -1 }, projection: { totals: 1 } });
    return found?.totals[asset] ?? noTotals;
  }

  private cursor(tenantId: string, { account, kinds, from, before }: EntryFilter, { newestFirst, after }: EntryOrder) {
    const at = { ...(from && { $gte: from }), ...(before && { $lt: before }) };
    const filter: Filter<EntryDocument> = {
      tenantId,
      ...(account && { 'postings.account': account }),
      ...(kinds && { kind: { $in: [...kinds] } }),
      ...(Object.keys(at).length > 0 && { at }),
      ...(after !== undefined && { n: newestFirst ? { $lt: after } : { $gt: after } }),
    };
    return this.entries.find(filter, { sort: { n: newestFirst ? -1 : 1 } });
  }
}
