import { Conflict, NotFound } from '../kernel/fault/fault.js';
import { flowLimits } from '../payments/payment-flow.js';
import type { PaymentState } from '../payments/payment-states.js';

export class StrategyMoved extends Conflict {
  constructor() {
    super('Somebody has changed the strategy meanwhile: read it again');
  }
}
/** The payment is not in a state in which that can be asked. */
export class OperationRefused extends Conflict {
  override readonly code = 'transition_refused';
  constructor(operation: string, state: PaymentState) {
    super(`A payment that is ${state} cannot be ${operation}`, { outcome: 'none' });
  }
}
/** The provider is at work on the payment, or nobody knows yet what came of the last thing it was asked. */
export class OperationUnderWay extends Conflict {
  override readonly code = 'operation_under_way';
  constructor() {
    super('Something is under way with the payment: its end has to be known first', { outcome: 'none', retryAfterSeconds: 1 });
  }
}
export class AmountExceeded extends Conflict {
  override readonly code = 'amount_exceeded';
  constructor(availableMinor: number) {
    super('It is more than the payment has left', { outcome: 'none', context: { availableMinor } });
  }
}
export class TooManyRefunds extends Conflict {
  override readonly code = 'limit_exceeded';
  constructor() {
    super(`A payment takes at most ${flowLimits.refunds} refunds`, { outcome: 'none' });
  }
}
/** The payment was only recorded, and never sent to a provider. */
export class NotRouted extends NotFound {
  constructor() {
    super('The payment was not routed');
  }
}
export class RefundNotFound extends NotFound {
  constructor() {
    super('There is no such refund of the payment');
  }
}
/** Only what nobody else can say is for a person to decide. */
export class RefundSettled extends Conflict {
  override readonly code = 'transition_refused';
  constructor() {
    super('The refund does not wait for a person', { outcome: 'none' });
  }
}
