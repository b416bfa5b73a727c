import { ValidationFailed } from '../kernel/fault/common-faults.js';
import { NotFound } from '../kernel/fault/fault.js';
import { valueError } from '../kernel/dialect/gateway-fields.js';

/** What the gateway says of its transactions, in its own words. */
export class NoTransactions extends NotFound {
  constructor() {
    super('No transactions found for this user.');
  }
}
export class NoMatchingTransactions extends NotFound {
  constructor() {
    super('No transactions found matching the query for this user.');
  }
}
export class TransactionNotFound extends NotFound {
  constructor(id: string) {
    super(`Transaction '${id}' not found for this user.`);
  }
}
/** The same for every reason, as where it is checked. */
export class WebhookUrlNotAllowed extends ValidationFailed {
  constructor(input: string) {
    super([{ field: 'webhookUrl', ...valueError('webhookUrl is not allowed.'), input }]);
  }
}
