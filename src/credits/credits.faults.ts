import { ValidationFailed } from '../kernel/fault/common-faults.js';
import { NotFound } from '../kernel/fault/fault.js';

export class UserNotFound extends NotFound {
  constructor() {
    super('User not found');
  }
}
export class AccountNotFound extends NotFound {
  constructor() {
    super('Account not found');
  }
}
export class HoldNotFound extends NotFound {
  constructor() {
    super('Hold not found');
  }
}
/** Credits that run out are not there yet; to take them as lasting ones would be a promise broken later. */
export class ExpiryNotSupported extends ValidationFailed {
  constructor(field: 'expires_at' | 'expiresAt') {
    super([{ field, message: `${field} is not supported yet: credits do not expire` }]);
  }
}
