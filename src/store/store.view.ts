import type { Membership } from '../auth/user.js';
import type { Entry } from '../ledger/ledger.js';
import type { StoreItem } from './store-item.js';
import type { TeamBalance, TeamEntry } from './team-money.service.js';

export class StoreLoginView {
  /** The team's number. @example "1" */
  success: string;

  static of({ number }: Membership): StoreLoginView {
    return { success: String(number) };
  }
}
export class StoreBalanceView {
  /** Credits that can be spent. @example 1000 */
  balance: number;
  /** @example 1 */
  team_id: number;

  static of({ available, number }: TeamBalance): StoreBalanceView {
    return { balance: available, team_id: number };
  }
}
export class StoreReceiptView {
  /** Counts the tenant's transactions. @example 7 */
  transaction_id: number;

  static of({ n }: Entry): StoreReceiptView {
    return { transaction_id: n };
  }
}
export class StoreTransactionView {
  /** The transaction's number. @example 7 */
  uuid: number;
  /** RFC 1123. @example "Sat, 21 Nov 2026 01:52:42 GMT" */
  time: string;
  /** The team that paid; 0 where it was none. @example 2 */
  src: number;
  /** The team that was paid; 0 where it was none. @example 1 */
  dst: number;
  /** @example "transfer to team 1" */
  desc: string;
  /** @example 100 */
  amount: number;

  static of({ entry, from, to, amount }: TeamEntry): StoreTransactionView {
    return { uuid: entry.n, time: entry.at.toUTCString(), src: from, dst: to, desc: entry.memo, amount };
  }
}
export class StoreTransactionsView {
  /** The newest 1,000, oldest of them first. */
  transactions: StoreTransactionView[];

  static of(entries: readonly TeamEntry[]): StoreTransactionsView {
    return { transactions: entries.map((entry) => StoreTransactionView.of(entry)) };
  }
}
export class StoreGoodsView {
  /** @example "MICAH HUG" */
  name: string;
  /** In credits. @example 10 */
  price: number;
  /** The item's number. @example 1 */
  uuid: number;

  static of({ name, price, number }: StoreItem): StoreGoodsView {
    return { name, price, uuid: number };
  }
}
export class StoreShopView {
  items: StoreGoodsView[];

  static of(items: readonly StoreItem[]): StoreShopView {
    return { items: items.map((item) => StoreGoodsView.of(item)) };
  }
}
