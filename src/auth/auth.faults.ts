import { Conflict, Invalid, NotFound, RateLimited, Unauthenticated, Unavailable } from '../kernel/fault/fault.js';

export class InvalidCredentials extends Unauthenticated {
  constructor() {
    super('Invalid credentials');
  }
}
export class EmailTaken extends Conflict {
  override readonly code = 'email_taken';
  constructor() {
    super('A user with this e-mail exists already');
  }
}
export class WeakPassword extends Invalid {}
/** Told nothing about the tenant: whether it exists is not the caller's to know. */
export class NotAMember extends NotFound {
  constructor() {
    super('Tenant not found');
  }
}
export class TooManyTries extends RateLimited {
  constructor(retryAfterSeconds: number) {
    super('Too many failed attempts, try again later', { retryAfterSeconds });
  }
}
/** Hashing is bounded, so that a flood of sign-ins cannot take the processor from everything else. */
export class PasswordsBusy extends Unavailable {
  constructor() {
    super('Too many sign-ins at once, try again', { retryAfterSeconds: 1, outcome: 'none' });
  }
}
