import { Conflict, Invalid, NotFound, Unavailable, Unprocessable } from '../kernel/fault/fault.js';

export class InsufficientCredits extends Conflict {
  override readonly code = 'insufficient_credits';
  constructor() {
    super('Insufficient credits', { outcome: 'none' });
  }
}
export class SelfTransfer extends Unprocessable {
  override readonly code = 'self_transfer';
  constructor() {
    super("Can't transfer to yourself", { outcome: 'none' });
  }
}
export class AssetMismatch extends Unprocessable {
  override readonly code = 'currency_mismatch';
  constructor() {
    super('The accounts hold different assets', { outcome: 'none' });
  }
}
export class BadAmount extends Invalid {
  constructor() {
    super('amount must be a positive integer', { outcome: 'none' });
  }
}
export class BadMeta extends Invalid {}
export class HoldClosed extends Conflict {
  override readonly code = 'hold_closed';
  constructor() {
    super('The hold is closed', { outcome: 'none' });
  }
}
export class HoldExceeded extends Unprocessable {
  override readonly code = 'limit_exceeded';
  constructor() {
    super('More than is held', { outcome: 'none' });
  }
}
export class TooManyHolds extends Unprocessable {
  override readonly code = 'limit_exceeded';
  constructor() {
    super('Too many open holds on this account', { outcome: 'none' });
  }
}
export class ReversalExceeded extends Unprocessable {
  override readonly code = 'limit_exceeded';
  constructor() {
    super('More than is left to reverse', { outcome: 'none' });
  }
}
export class NotReversible extends Unprocessable {
  constructor() {
    super('This transaction cannot be reversed', { outcome: 'none' });
  }
}
/** A sum would leave the integers that every client can read. */
export class BalanceTooLarge extends Unprocessable {
  override readonly code = 'limit_exceeded';
  constructor() {
    super('The balance would be too large', { outcome: 'none' });
  }
}
export class TransactionNotFound extends NotFound {
  constructor() {
    super('Transaction not found');
  }
}
/** The command waited longer than anybody should; it was not begun. */
export class LedgerBusy extends Unavailable {
  constructor() {
    super('The ledger is busy, try again', { outcome: 'none', retryAfterSeconds: 1 });
  }
}
/** The batch was sent and has not been settled yet; the same key will tell. */
export class PostingUnknown extends Unavailable {
  override readonly code = 'outcome_unknown';
  constructor() {
    super('The outcome of the request is not known', { outcome: 'unknown', retryAfterSeconds: 1 });
  }
}
