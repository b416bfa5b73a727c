import { Conflict, Fault, type FaultKind, Invalid, type OutcomeKnown, Unprocessable } from '../fault/fault.js';
import type { CollectionSpec } from '../mongo/collection-spec.js';

const keptSeconds = 24 * 3600;
export const idempotencyCollection: CollectionSpec = {
  name: 'idempotency_records',
  indexes: [
    { name: 'expiry', key: { at: 1 }, expireAfterSeconds: keptSeconds },
    { name: 'caller', key: { callerId: 1 }, sparse: true },
  ],
};

export interface StoredFault {
  readonly kind: FaultKind;
  readonly code: string;
  readonly message: string;
  readonly context: Readonly<Record<string, unknown>>;
  readonly outcome?: OutcomeKnown;
}

/** The outcome of a request that carried a key: what the handler returned, or the domain fault it ended in. */
export interface IdempotencyRecord {
  readonly _id: string;
  readonly tenantId: string;
  /** Absent where nobody was signed in. */
  readonly callerId?: string;
  readonly requestHash: string;
  readonly value?: unknown;
  readonly fault?: StoredFault;
  readonly at: Date;
}

/** A key that is being used by the request at hand. */
export interface ClaimedKey {
  readonly id: string;
  readonly tenantId: string;
  readonly callerId?: string;
  readonly requestHash: string;
}

/** Another request with the same key committed first; its stored outcome is the answer. */
export class KeyAlreadyUsed extends Error {
  constructor(readonly id: string) {
    super('The idempotency key was used by another request');
  }
}

export class InvalidKey extends Invalid {
  override readonly code = 'invalid_idempotency_key';
  constructor() {
    super('Idempotency-Key must be 1 to 255 printable ASCII characters');
  }
}
export class KeyRequired extends Invalid {
  override readonly code = 'idempotency_key_required';
  constructor() {
    super('Idempotency-Key is required');
  }
}
export class KeyReused extends Unprocessable {
  override readonly code = 'idempotency_key_reused';
  constructor() {
    super('Idempotency-Key was used with another request');
  }
}
export class RequestInFlight extends Conflict {
  override readonly code = 'request_in_flight';
  constructor() {
    super('A request with this Idempotency-Key is still in flight', { retryAfterSeconds: 1 });
  }
}

/** A stored fault, thrown again: same kind, code and words as the first time. */
export class ReplayedFault extends Fault {
  readonly kind: FaultKind;
  readonly code: string;

  constructor({ kind, code, message, context, outcome }: StoredFault) {
    super(message, { context, outcome });
    this.kind = kind;
    this.code = code;
  }
}
