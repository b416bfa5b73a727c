import type { Journal, Put } from './journal.js';

export interface Table<Row> {
  get(id: string): Row | undefined;
  has(id: string): boolean;
  /** In the order in which they came first. */
  rows(): readonly Row[];
  entries(): readonly (readonly [id: string, row: Row])[];
  put(id: string, row: Row): void;
  remove(id: string): void;
}

interface Staged {
  readonly put: Put;
  readonly before: unknown;
}

/**
 * Everything that a provider knows: rows in memory, and in the journal before anybody is told. A transaction is one line of it, so
 * that an effect, the stored answer and the webhooks about it are there together or not at all. Rows are JSON and never changed in place.
 */
export class Store {
  private readonly tables = new Map<string, Map<string, unknown>>();
  private readonly staged: Staged[] = [];
  private depth = 0;

  constructor(private readonly journal: Journal) {
    for (const puts of journal.read()) for (const put of puts) this.apply(put);
  }

  table<Row>(name: string): Table<Row> {
    const rows = (): Map<string, Row> => this.rowsOf(name) as Map<string, Row>;
    return {
      get: (id) => rows().get(id),
      has: (id) => rows().has(id),
      rows: () => [...rows().values()],
      entries: () => [...rows()],
      put: (id, row) => this.stage([name, id, row]),
      remove: (id) => this.stage([name, id, null]),
    };
  }

  /** All of it or, where it throws, nothing. One within another is a part that can fail by itself. */
  transact<Result>(work: () => Result): Result {
    const mark = this.staged.length;
    this.depth++;
    try {
      const result = work();
      if (this.depth === 1 && this.staged.length > 0) this.journal.append(this.staged.map(({ put }) => put));
      return result;
    } catch (error) {
      this.undo(mark);
      throw error;
    } finally {
      if (--this.depth === 0) this.staged.length = 0;
    }
  }

  clear(): void {
    this.journal.clear();
    this.tables.clear();
  }

  close(): void {
    this.journal.close();
  }

  private stage(put: Put): void {
    this.transact(() => {
      const [table, id] = put;
      this.staged.push({ put, before: this.rowsOf(table).get(id) ?? null });
      this.apply(put);
    });
  }

  private undo(mark: number): void {
    for (const { put, before } of this.staged.splice(mark).reverse()) this.apply([put[0], put[1], before]);
  }

  private apply([table, id, row]: Put): void {
    if (row === null) this.rowsOf(table).delete(id);
    else this.rowsOf(table).set(id, row);
  }

  private rowsOf(table: string): Map<string, unknown> {
    const rows = this.tables.get(table) ?? new Map<string, unknown>();
    this.tables.set(table, rows);
    return rows;
  }
}
