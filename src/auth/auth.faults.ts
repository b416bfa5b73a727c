import { Conflict, Invalid, NotFound, RateLimited, Unauthenticated, Unavailable } from '../kernel/fault/fault.js';
import { mostMemberships } from './user.js';

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
export class WeakPassword extends Invalid {
  constructor(message: string, field = 'password') {
    super(message, { context: { fields: [{ field, message }] } });
  }
}
export class UsernameTaken extends Conflict {
  constructor() {
    super('A user with this username exists already');
  }
}
/** Not a 401: the caller is who it says, only the form holds a mistake. */
export class WrongPassword extends Invalid {
  constructor() {
    const message = 'currentPassword is not the current password';
    super(message, { context: { fields: [{ field: 'currentPassword', message }] } });
  }
}
/** Whether the tenant exists is not the caller's to know. */
export class NotAMember extends NotFound {
  constructor() {
    super('Tenant not found');
  }
}
export class TooManyTenants extends Conflict {
  override readonly code = 'limit_exceeded';
  constructor() {
    super(`A user can be a member of at most ${mostMemberships} tenants`);
  }
}
export class PasswordMovedOn extends Conflict {
  constructor() {
    super('The password was changed in the meantime');
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
