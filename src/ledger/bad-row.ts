/** A row that the ledger would not have left like this; the message names it in plain words. */
export class BadRow extends Error {
  constructor(
    readonly collection: string,
    readonly id: string,
    readonly problem: string,
  ) {
    super(`${collection} ${id}: ${problem}`);
  }
}
