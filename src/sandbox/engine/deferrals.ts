import { randomUUID } from 'node:crypto';
import type { Store, Table } from './store.js';
import { Timers } from './timers.js';

export interface Deferral {
  readonly id: string;
  readonly effect: unknown;
  readonly dueAt: number;
}

/** What a provider has accepted and does a little later, also when it was killed in between. */
export class Deferrals {
  private readonly timers = new Timers();
  private settle: ((effect: unknown) => void) | undefined;

  constructor(
    private readonly store: Store,
    private readonly rows: Table<Deferral>,
  ) {}

  /** From now on, and for all that was left of the last time. */
  start(settle: (effect: unknown) => void): void {
    this.settle = settle;
    for (const { id } of this.rows.rows()) this.arm(id);
  }

  put(effect: unknown, afterMs: number): void {
    const id = randomUUID();
    this.rows.put(id, { id, effect, dueAt: Date.now() + afterMs });
    setImmediate(() => this.arm(id));
  }

  /** All of it now, whenever it is due. */
  settleAll(): void {
    this.timers.clear();
    for (const { id } of this.rows.rows()) this.run(id);
  }

  stop(): void {
    this.settle = undefined;
    this.timers.clear();
  }

  private arm(id: string): void {
    const row = this.rows.get(id);
    if (row && this.settle) this.timers.set(id, row.dueAt, () => this.run(id));
  }

  private run(id: string): void {
    const [row, { settle }] = [this.rows.get(id), this];
    if (!row || !settle) return;
    this.store.transact(() => {
      this.rows.remove(id);
      settle(row.effect);
    });
  }
}
