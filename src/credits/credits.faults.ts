import { Invalid, NotFound } from '../kernel/fault/fault.js';

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
export class ExpiryNotSupported extends Invalid {
  constructor() {
    super('expires_at is not supported yet: credits do not expire');
  }
}
