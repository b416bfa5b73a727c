import { isUnreachable } from '../kernel/mongo/driver-faults.js';
import { isInterrupted } from '../kernel/mongo/error-code.js';
import type { Entry } from './ledger.js';
import type { LedgerBatch } from './ledger-store.js';
import type { PostOptions } from './ledger-writer.js';

/** What the documents failed with that a posting brings along; no store may take it for a failure of the batch itself. */
export class OthersFailed extends Error {}

export const apart =
  (others: NonNullable<PostOptions['with']>, entry: Entry): NonNullable<LedgerBatch['with']> =>
  async (session) => {
    try {
      await others(session, entry);
    } catch (error) {
      // By another node that broke in.
      const isGivenUp = isUnreachable(error) || isInterrupted(error);
      throw isGivenUp ? error : new OthersFailed('Other documents could not be written', { cause: error });
    }
  };
