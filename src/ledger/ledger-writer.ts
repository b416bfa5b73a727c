import type { ClientSession } from 'mongodb';
import type { Entry, LedgerCommand, Posted } from './ledger.js';

export interface PostOptions {
  /** Writes other documents in the transaction of the posting. It may run more than once, and in another request's context. */
  readonly with?: (session: ClientSession, entry: Entry) => Promise<void>;
}

/** Posts to the ledger. Whatever stands behind it passes `test/support/ledger/writer-contract.ts`. */
export abstract class LedgerWriter {
  /**
   * Resolves when a majority holds the entry. The same key with the same request resolves with the first one's entry.
   * @throws KeyReused where the key belongs to another request, the fault that refuses the command, LedgerBusy and LaneFull
   * (nothing was applied), PostingUnknown (the same key will tell)
   */
  abstract post(command: LedgerCommand, options?: PostOptions): Promise<Posted>;
}
