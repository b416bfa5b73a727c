import { createHash } from 'node:crypto';
import type { Table } from './store.js';

/** The n-th draw for a reference is always the same, whatever else arrives before it. */
export class Chance {
  constructor(
    private readonly seed: string,
    private readonly provider: string,
    private readonly draws: Table<number>,
  ) {}

  /** From 0 to below 1. */
  draw(purpose: string, reference: string): number {
    const id = `${purpose}|${reference}`;
    const drawn = this.draws.get(id) ?? 0;
    this.draws.put(id, drawn + 1);
    const digest = createHash('sha256')
      .update(JSON.stringify([this.seed, this.provider, purpose, reference, drawn]))
      .digest();
    return digest.readUIntBE(0, 6) / 2 ** 48;
  }

  pick<Item>(purpose: string, reference: string, items: readonly [Item, ...Item[]]): Item {
    return items[Math.floor(this.draw(purpose, reference) * items.length)] ?? items[0];
  }
}
