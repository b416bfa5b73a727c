import { Rivals } from '../kernel/rivals.js';
import type { AccountCache } from './account-cache.js';
import type { Account, AccountKey, Head, Posted } from './ledger.js';
import { type LedgerBatch, type LedgerStore, RolledBack } from './ledger-store.js';

/** For so many batches a tenant that sent a request again is expected to do so once more. */
const suspiciousBatches = 100;

/** What this node knows of one tenant's ledger: its head, accounts as of it, and the requests that are under way. */
export class LedgerLane {
  readonly rivals = new Rivals();
  readonly inFlight = new Map<string, { readonly requestHash: string; readonly posted: Promise<Posted> }>();
  /** What a commit took lately. */
  commitMs = 5;
  /** Since when batch after batch was rolled back with nobody else's in its place. */
  blockedSince?: number;
  head?: Head;
  private suspicious = 0;

  constructor(
    readonly tenantId: string,
    private readonly accounts: AccountCache,
    private readonly store: LedgerStore,
  ) {}

  /** Whether the next batch may hold requests that were sent before: then to look is cheaper than to try in vain. Each call counts as one. */
  expectsReplays(): boolean {
    return this.suspicious > 0 && this.suspicious-- > 0;
  }

  expectReplays(): void {
    this.suspicious = suspiciousBatches;
  }

  /** The head as it was last seen. */
  async known(): Promise<Head> {
    return (this.head ??= await this.store.head(this.tenantId));
  }

  /** The head and the accounts as of it; what is not cached is read together with the head. */
  async ground(keys: readonly AccountKey[]): Promise<{ readonly head: Head; readonly accounts: ReadonlyMap<AccountKey, Account> }> {
    for (let found = this.accounts.pick(keys); ;) {
      const known = await this.known();
      const missing = keys.filter((key) => !found.has(key));
      if (missing.length === 0) return { head: known, accounts: found };
      const { head, accounts } = await this.store.accounts(this.tenantId, missing);
      if (head.seq !== known.seq) {
        await this.follow(head);
        found = this.accounts.pick([...found.keys()]);
      }
      this.accounts.keep(accounts);
      for (const account of accounts) found.set(account.account, account);
    }
  }

  /** Whether no other node has written since; if one has, what it touched is forgotten. */
  async isCurrent(): Promise<boolean> {
    const head = await this.store.head(this.tenantId);
    if (head.seq === this.head?.seq) return true;
    await this.follow(head);
    return false;
  }

  /** Moves to the batch, which was acknowledged. */
  adopt({ header, accounts }: LedgerBatch): void {
    const { seq, firstNumber, count, hash, at, totals } = header;
    this.head = { seq, n: firstNumber + count - 1, hash, at, totals };
    this.accounts.keep(accounts.map(({ after }) => after));
    delete this.blockedSince;
  }

  private async follow(head: Head): Promise<void> {
    if (this.head && head.seq < this.head.seq) throw new RolledBack('The database answered with less than it had acknowledged');
    const touched = await this.store.touchedAfter(this.tenantId, this.head?.n ?? 0);
    if (touched) this.accounts.forget(touched);
    else this.accounts.clear();
    this.head = head;
  }
}
