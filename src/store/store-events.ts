import { Injectable, type OnModuleInit } from '@nestjs/common';
import { payer, type Told } from '../credits/credit-events.js';
import { transactionId } from '../credits/credit-transaction.js';
import { LedgerEvents } from '../credits/ledger-events.js';
import { assetOf, type Entry, ownerOf } from '../ledger/ledger.js';

/** What the event feed tells of sales, which stand in the ledger alone. */
@Injectable()
export class StoreEvents implements OnModuleInit {
  constructor(private readonly events: LedgerEvents) {}

  onModuleInit(): void {
    this.events.tell('purchase', { type: 'STORE_ITEM_SOLD', tell: sold });
  }
}

function sold(entry: Entry): Told {
  const { itemNumber, price } = entry.meta;
  const buyer = payer(entry);
  const data = { transactionId: transactionId(entry.n), userId: ownerOf(buyer), asset: assetOf(buyer), itemNumber, price };
  return { subject: { type: 'store_item', id: String(itemNumber) }, data };
}
