import type { OutcomeKnown } from '../fault/fault.js';

export interface StoredFault {
  readonly kind: string;
  readonly code: string;
  readonly message: string;
  readonly context: Readonly<Record<string, unknown>>;
  readonly outcome?: OutcomeKnown;
}

/** The outcome of a request that carried a key: what the handler returned, or the domain fault it ended in. */
export interface IdempotencyRecord {
  readonly _id: string;
  readonly tenantId: string;
  readonly requestHash: string;
  readonly value?: unknown;
  readonly fault?: StoredFault;
  readonly at: Date;
}

/** A key that is being used by the request at hand. `stored` turns true with the commit that holds its record. */
export interface ClaimedKey {
  readonly id: string;
  readonly tenantId: string;
  readonly requestHash: string;
  stored: boolean;
}

/** Another request with the same key committed first; its stored outcome is the answer. */
export class KeyAlreadyUsed extends Error {
  constructor() {
    super('The idempotency key was used by another request');
  }
}
