import { Forbidden, Invalid } from '../kernel/fault/fault.js';
import { longestStoreToken } from './store-session.js';

export class InvalidLogin extends Forbidden {
  constructor() {
    super('Invalid username or password');
  }
}
export class InvalidSession extends Forbidden {
  constructor() {
    super('Invalid session');
  }
}
export class OldPasswordWrong extends Forbidden {
  constructor() {
    super('Old password does not match');
  }
}
/** Of a token that a client wants to use from now on. */
export class BadStoreToken extends Invalid {
  constructor() {
    super(`Token must be text of 1 to ${longestStoreToken} characters`);
  }
}
