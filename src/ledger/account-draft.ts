import { BalanceTooLarge, HoldClosed, InsufficientCredits, TooManyHolds } from './ledger.faults.js';
import { type Account, type Entry, type Hold, isSystem, type Leg, mostHolds, netOf, type Posting, type Totals } from './ledger.js';

/** An account as one command would leave it; nothing of it counts until the command is accepted. */
export class AccountDraft {
  private available: number;
  private held: number;
  private holds: readonly Hold[];

  constructor(private readonly before: Account) {
    ({ available: this.available, held: this.held, holds: this.holds } = before);
  }

  /** @throws InsufficientCredits, BalanceTooLarge */
  move({ account, bucket, delta }: Leg): Posting {
    const balanceAfter = this[bucket] + delta;
    if (!Number.isSafeInteger(balanceAfter)) throw new BalanceTooLarge();
    if (balanceAfter < 0 && delta < 0 && !(isSystem(account) && bucket === 'available')) throw new InsufficientCredits();
    this[bucket] = balanceAfter;
    return { account, bucket, delta, balanceAfter };
  }

  /** @throws TooManyHolds */
  open(hold: Hold): void {
    if (this.holds.length >= mostHolds) throw new TooManyHolds();
    this.holds = [...this.holds, hold];
  }

  /** @throws HoldClosed */
  hold(n: number): Hold {
    const hold = this.holds.find((one) => one.n === n);
    if (!hold) throw new HoldClosed();
    return hold;
  }

  close(hold: Hold): void {
    this.holds = this.holds.filter((one) => one !== hold);
  }

  after(entry: Entry, seq: number): Account {
    const { before, available, held, holds } = this;
    const net = netOf(entry, before.account);
    return { ...before, available, held, holds, seq, lastAt: entry.at, totals: counted(before.totals, net, entry) };
  }
}

/** Totals with one more entry that changed what is owned by `net`. @throws BalanceTooLarge */
export function counted(totals: Totals, net: number, { kind }: Pick<Entry, 'kind'>): Totals {
  if (net > 0) return { ...totals, credits: totals.credits + 1, credited: exact(totals.credited + net) };
  if (net === 0) return totals;
  const spent = totals.spent - (kind === 'reversal' ? 0 : net);
  return { ...totals, debits: totals.debits + 1, debited: exact(totals.debited - net), spent };
}

/** Beyond the safe integers a database would not even give the sum back as a number. */
function exact(sum: number): number {
  if (!Number.isSafeInteger(sum)) throw new BalanceTooLarge();
  return sum;
}
