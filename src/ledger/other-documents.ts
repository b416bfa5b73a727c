import { isUnreachable } from '../kernel/mongo/driver-faults.js';
import { hasCode } from '../kernel/mongo/error-code.js';
import type { Entry } from './ledger.js';
import type { LedgerBatch } from './ledger-store.js';
import type { PostOptions } from './ledger-writer.js';

/** What the documents failed with that a posting brings along; no store may take it for a failure of the batch itself. */
export class OthersFailed extends Error {}

/** By another node that broke in: the batch may succeed when it is sent again. */
const INTERRUPTED = 11601;

export const apart =
  (others: NonNullable<PostOptions['with']>, entry: Entry): NonNullable<LedgerBatch['with']> =>
  async (session) => {
    try {
      await others(session, entry);
    } catch (error) {
      const isGivenUp = isUnreachable(error) || hasCode(error, INTERRUPTED);
      throw isGivenUp ? error : new OthersFailed('Other documents could not be written', { cause: error });
    }
  };
