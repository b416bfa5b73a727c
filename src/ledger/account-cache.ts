import type { LRUCache } from 'lru-cache';
import type { Account, AccountKey } from './ledger.js';

/** One tenant's part of what was read or written last; all that it holds is as of the lane's head. */
export class AccountCache {
  private epoch = 0;

  constructor(
    private readonly tenantId: string,
    private readonly shared: LRUCache<string, Account>,
  ) {}

  /** Those that are known, in a map of the caller's own: nothing that is evicted meanwhile goes missing from it. */
  pick(keys: readonly AccountKey[]): Map<AccountKey, Account> {
    const known = new Map<AccountKey, Account>();
    for (const key of keys) {
      const account = this.shared.get(this.id(key));
      if (account) known.set(key, account);
    }
    return known;
  }

  keep(accounts: readonly Account[]): void {
    for (const account of accounts) this.shared.set(this.id(account.account), account);
  }

  forget(keys: readonly AccountKey[]): void {
    for (const key of keys) this.shared.delete(this.id(key));
  }

  /** What is left of an earlier epoch is never asked for again, and makes room in its time. */
  clear(): void {
    this.epoch++;
  }

  private id(key: AccountKey): string {
    return `${this.tenantId}/${this.epoch}/${key}`;
  }
}
