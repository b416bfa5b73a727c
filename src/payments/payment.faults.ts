import { Conflict, Invalid, NotFound, Unavailable } from '../kernel/fault/fault.js';

export class PaymentNotFound extends NotFound {
  constructor() {
    super('Not found');
  }
}
export class NothingToUpdate extends Invalid {
  constructor() {
    super('No fields to update');
  }
}
/** The status may not change so, or not by this caller. */
export class TransitionRefused extends Conflict {
  override readonly code = 'transition_refused';
  constructor() {
    super('The status of the payment cannot change so');
  }
}
/** A provider may still move money of one of them. */
export class PaymentsUnderWay extends Conflict {
  constructor() {
    super('Payments are under way: their end has to be known first', { retryAfterSeconds: 5 });
  }
}
export class TooManyAttempts extends Conflict {
  override readonly code = 'limit_exceeded';
  constructor(of: 'request' | 'payment', limit: number) {
    super(`A ${of} holds at most ${limit} provider attempts`, { context: { limit } });
  }
}
/** Nothing was sent: the tenant has nobody who could take the payment. */
export class NoProvider extends Conflict {
  override readonly code = 'no_provider';
  constructor(reason: string) {
    super(reason, { outcome: 'none', retryAfterSeconds: 60 });
  }
}
/** Nothing was sent: whoever could take the payment is failing just now. */
export class ProvidersFailing extends Unavailable {
  override readonly code = 'upstream_unavailable';
  constructor(reason: string) {
    super(reason, { outcome: 'none', retryAfterSeconds: 15 });
  }
}
