import { Injectable } from '@nestjs/common';
import { StoreActors } from '../auth/store-actors.service.js';
import { InvalidSession } from '../auth/store-session.faults.js';
import { type Actor, DEFAULT_TENANT_ID } from '../kernel/actor/actor.js';
import { raise } from '../kernel/fault/fault.js';
import { accountOf, type Entry, legsBetween } from '../ledger/ledger.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { ItemNotSold } from './store.faults.js';
import type { StoreItem } from './store-item.js';
import { StoreItems } from './store-items.service.js';

/** Shows what is for sale, and sells it. */
@Injectable()
export class ShopService {
  constructor(
    private readonly items: StoreItems,
    private readonly actors: StoreActors,
    private readonly ledger: LedgerService,
  ) {}

  /** What the tenant of the token's bearer sells; the default one where the token is nobody's. */
  async show(token?: unknown): Promise<StoreItem[]> {
    return this.items.forSale(await this.tenantOf(token));
  }

  /** One of the item, at the price that it has now. @throws ItemNotSold, what `LedgerService.post` throws */
  async buy({ tenantId, userId }: Actor, itemNumber: number | undefined): Promise<Entry> {
    const earlier = await this.ledger.earlier(tenantId);
    if (earlier) return earlier.entry;
    const found = itemNumber === undefined ? null : await this.items.findForSale(tenantId, itemNumber);
    const { number, price } = found ?? raise(new ItemNotSold());
    const { entry } = await this.ledger.post({
      tenantId,
      kind: 'purchase',
      memo: 'bought item from shop',
      meta: { itemNumber: number, price },
      move: { type: 'legs', legs: legsBetween(accountOf(userId), accountOf('@store'), price) },
    });
    return entry;
  }

  private async tenantOf(token: unknown): Promise<string> {
    if (token === undefined) return DEFAULT_TENANT_ID;
    try {
      return (await this.actors.read(token)).tenantId;
    } catch (error) {
      if (error instanceof InvalidSession) return DEFAULT_TENANT_ID;
      throw error;
    }
  }
}
