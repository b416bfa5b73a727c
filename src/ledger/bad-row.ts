/** A row that the ledger would not have left like this; the message names it in plain words. */
export class BadRow extends Error {
  readonly id: string;

  /** `id` is whatever stands in `_id`, which somebody else may have written. */
  constructor(
    readonly collection: string,
    id: unknown,
    readonly problem: string,
  ) {
    super(`${collection} ${String(id)}: ${problem}`);
    this.id = String(id);
  }
}
