import type { Account, AccountKey, Entry, Head } from '../../../src/ledger/ledger.js';
import type { Referred } from '../../../src/ledger/batch-draft.js';
import { type LedgerBatch, LedgerStore, OutcomeOpen, RolledBack } from '../../../src/ledger/ledger-store.js';

/** What may befall a commit; each is told to the caller as the store's contract says. */
export const storeFaults = ['rolled back', 'open, not applied', 'open, applied', 'open, applied later', 'overtaken'] as const;
export type StoreFault = (typeof storeFaults)[number];
type Call = 'head' | 'accounts' | 'used' | 'referred' | 'touchedAfter' | 'commit' | 'nonceAt';

export interface Stop {
  /** Somebody waits there. */
  readonly reached: Promise<void>;
  release(): void;
}
interface Gate {
  readonly opened: Promise<void>;
  readonly reach: () => void;
}

/** One node's way to a ledger store, on which things go wrong as a test wants. */
export class FaultyLedgerStore extends LedgerStore {
  /** Befall the next commits, one each. */
  readonly faults: StoreFault[] = [];
  /** Thrown by the next calls, one each. */
  readonly failures: { readonly call: Call; readonly error: Error }[] = [];
  /** What another node does just before a commit that is overtaken. */
  overtake: () => Promise<unknown> = async () => {};
  breakIns = 0;
  private readonly late: Promise<void>[] = [];
  private readonly gates = new Map<Call, Gate>();

  /** `other` applies what comes late: a connection of its own to the same store. Each call waits `turns` of the event loop first. */
  constructor(
    private readonly inner: LedgerStore,
    private readonly other: LedgerStore,
    private readonly turns: () => number = () => 0,
  ) {
    super();
  }

  /** Has such calls wait until they are released. */
  stop(call: Call): Stop {
    let [reach, open] = [() => {}, () => {}];
    const reached = new Promise<void>((resolve) => (reach = resolve));
    const opened = new Promise<void>((resolve) => (open = resolve));
    this.gates.set(call, { opened, reach });
    const release = () => {
      this.gates.delete(call);
      open();
    };
    return { reached, release };
  }

  async head(tenantId: string): Promise<Head> {
    await this.pass('head');
    return this.inner.head(tenantId);
  }

  async accounts(tenantId: string, keys: readonly AccountKey[]): Promise<{ readonly head: Head; readonly accounts: readonly Account[] }> {
    await this.pass('accounts');
    return this.inner.accounts(tenantId, keys);
  }

  open(tenantId: string, account: AccountKey): Promise<Account> {
    return this.inner.open(tenantId, account);
  }

  async used(tenantId: string, keys: readonly string[]): Promise<readonly Entry[]> {
    await this.pass('used');
    return this.inner.used(tenantId, keys);
  }

  async referred(tenantId: string, numbers: readonly number[]): Promise<readonly Referred[]> {
    await this.pass('referred');
    return this.inner.referred(tenantId, numbers);
  }

  async touchedAfter(tenantId: string, n: number): Promise<readonly AccountKey[] | null> {
    await this.pass('touchedAfter');
    return this.inner.touchedAfter(tenantId, n);
  }

  async nonceAt(tenantId: string, seq: number): Promise<string | undefined> {
    await this.pass('nonceAt');
    return this.inner.nonceAt(tenantId, seq);
  }

  async breakIn(tenantId: string): Promise<void> {
    this.breakIns++;
    await this.inner.breakIn(tenantId);
  }

  async abandon(tenantId: string): Promise<void> {
    await Promise.all(this.late);
    await this.inner.abandon(tenantId);
  }

  async commit(batch: LedgerBatch): Promise<void> {
    await this.pass('commit');
    const fault = this.faults.shift();
    if (fault === 'rolled back') throw new RolledBack('as wanted');
    if (fault === 'open, not applied') throw new OutcomeOpen('as wanted');
    if (fault === 'open, applied later') {
      this.late.push(this.applyLate(batch));
      throw new OutcomeOpen('as wanted');
    }
    if (fault === 'overtaken') await this.overtake();
    await this.inner.commit(batch);
    if (fault === 'open, applied') throw new OutcomeOpen('as wanted');
  }

  /** The same batch may have been sent again meanwhile; then this one is refused, and nobody is told. */
  private async applyLate(batch: LedgerBatch): Promise<void> {
    await turnsOf(4);
    await this.other.commit(batch).catch(() => {});
  }

  private async pass(call: Call): Promise<void> {
    await turnsOf(this.turns());
    const failing = this.failures.findIndex((failure) => failure.call === call);
    const gate = this.gates.get(call);
    gate?.reach();
    await gate?.opened;
    if (failing >= 0) throw this.failures.splice(failing, 1)[0]?.error;
  }
}

async function turnsOf(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise<void>((resolve) => void setImmediate(resolve));
}
