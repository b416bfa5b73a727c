import { Body, Controller, Get, Post } from '@nestjs/common';
import { ApiBody } from '@nestjs/swagger';
import { InvalidSession } from '../auth/store-session.faults.js';
import type { Actor } from '../kernel/actor/actor.js';
import { Public } from '../kernel/actor/allow.decorator.js';
import { By } from '../kernel/actor/by.decorator.js';
import { Answers, Dialect, Fails } from '../kernel/dialect/dialect.decorator.js';
import { KeepsKey } from '../kernel/idempotency/keeps-key.decorator.js';
import { Unrepeatable } from '../kernel/idempotency/unrepeatable.decorator.js';
import type { Entry } from '../ledger/ledger.js';
import { InsufficientCredits, LedgerBusy, PostingUnknown } from '../ledger/ledger.faults.js';
import { ShopService } from './shop.service.js';
import { type Fields, missing, readFields, readNumber } from './store-fields.js';
import { StoreItemsForm, StorePurchaseForm } from './store.form.js';
import { ItemNotSold } from './store.faults.js';
import type { StoreItem } from './store-item.js';
import { InSession } from './store-session.guard.js';
import { StoreReceiptView, StoreShopView } from './store.view.js';

@Dialect('store')
@Controller()
export class ShopStoreController {
  constructor(private readonly shop: ShopService) {}

  /** What is for sale. */
  @Get('items')
  @Public('anybody may look')
  @Answers(StoreShopView)
  list(): Promise<StoreItem[]> {
    return this.shop.show();
  }

  /** What is for sale; in the tenant of the session, where one is named. */
  @Post('items')
  @Public('anybody may look; a token only says in which tenant')
  @Unrepeatable('nothing is written')
  @ApiBody({ type: StoreItemsForm, required: false })
  @Answers(StoreShopView)
  show(@Body() body: unknown): Promise<StoreItem[]> {
    return this.shop.show(readFields(body).token);
  }

  /** Buys one of an item. */
  @Post('buy')
  @InSession(['token', 'item_id'])
  @KeepsKey()
  @ApiBody({ type: StorePurchaseForm })
  @Answers(StoreReceiptView)
  @Fails(
    ...missing('token', 'item_id'),
    () => new InvalidSession(),
    () => new ItemNotSold(),
    () => new InsufficientCredits(),
    () => new LedgerBusy(),
    () => new PostingUnknown(),
  )
  buy(@By() actor: Actor, @Body() { item_id }: Fields): Promise<Entry> {
    return this.shop.buy(actor, readNumber(item_id));
  }
}
