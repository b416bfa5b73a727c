import { Injectable } from '@nestjs/common';
import type { ClientSession } from 'mongodb';
import { tenantScope } from '../kernel/actor/scope.js';
import { Clock } from '../kernel/clock.js';
import { raise } from '../kernel/fault/fault.js';
import { decodeCursor, type Page, pageOf } from '../kernel/http/page.js';
import { TryAgain, UnitOfWork } from '../kernel/mongo/unit-of-work.js';
import { hasCode } from '../kernel/mongo/error-code.js';
import { ItemNotFound } from './store.faults.js';
import { changesOf, type ItemPatch, type NewItem, type StoreItem } from './store-item.js';
import { type Clerk, StoreItemRecords } from './store-item-records.js';
import { StoreItemsRepository } from './store-items.repository.js';

const mostForSale = 1_000;

/** The catalogue of each tenant; the only place that knows a price. */
@Injectable()
export class StoreItems {
  constructor(
    private readonly items: StoreItemsRepository,
    private readonly records: StoreItemRecords,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** All of the tenant, in order of their numbers. @throws Invalid on a cursor of another list */
  async list(tenantId: string, limit: number, cursor?: string): Promise<Page<StoreItem>> {
    const after = cursor === undefined ? 0 : decodeCursor(cursor, ['integer'])[0];
    return pageOf(await this.items.list(tenantScope(tenantId), after, limit + 1), limit, ({ number }) => [number]);
  }

  forSale(tenantId: string): Promise<StoreItem[]> {
    return this.items.forSale(tenantScope(tenantId), mostForSale);
  }

  /** Null where the tenant does not sell it. */
  async findForSale(tenantId: string, number: number): Promise<StoreItem | null> {
    const found = await this.items.find(tenantScope(tenantId), number);
    return found?.archived ? null : found;
  }

  create(by: Clerk, given: NewItem): Promise<StoreItem> {
    return this.unitOfWork.run(async (session) => {
      const last = await this.items.lastNumber(tenantScope(by.tenantId), session);
      return this.insert(session, by, last + 1, given);
    });
  }

  /** The item of this number, made if there is none; an existing one is left as it is. */
  async ensure(by: Clerk, number: number, given: NewItem): Promise<void> {
    await this.unitOfWork.run(async (session) => {
      if (!(await this.items.find(tenantScope(by.tenantId), number, session))) await this.insert(session, by, number, given);
    });
  }

  /** @throws ItemNotFound */
  update(by: Clerk, number: number, patch: ItemPatch): Promise<StoreItem> {
    const scope = tenantScope(by.tenantId);
    return this.unitOfWork.run(async (session) => {
      const before = (await this.items.find(scope, number, session)) ?? raise(new ItemNotFound());
      const changes = changesOf(before, patch);
      const fields = Object.keys(changes) as (keyof ItemPatch)[];
      if (fields.length === 0) return before;
      const changed = await this.items.change(scope, number, { ...changes, updatedAt: this.clock.now() }, session);
      const after = changed ?? raise(new ItemNotFound());
      await this.records.record(session, after, Object.fromEntries(fields.map((field) => [field, before[field]])), by);
      return after;
    });
  }

  private async insert(session: ClientSession, by: Clerk, number: number, { name, price }: NewItem): Promise<StoreItem> {
    const { tenantId } = by;
    const now = this.clock.now();
    const item = { _id: `${tenantId}/${number}`, tenantId, number, name, price, archived: false, createdAt: now, updatedAt: now };
    try {
      await this.items.insert(tenantScope(tenantId), item, session);
    } catch (error) {
      // Somebody else has taken the number at this moment.
      throw hasCode(error, 11000) ? new TryAgain() : error;
    }
    await this.records.record(session, item, null, by);
    return item;
  }
}
