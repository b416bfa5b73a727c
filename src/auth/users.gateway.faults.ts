import { Forbidden, Invalid, NotFound, Unauthenticated } from '../kernel/fault/fault.js';

/** What the gateway says of its users, in its own words. */
export class GatewayLoginFailed extends Unauthenticated {
  constructor() {
    super('Invalid email or password.');
  }
}
export class OnlySystemAdmin extends Forbidden {
  constructor() {
    super('Only system_admin can change user roles.');
  }
}
export class OnlyForRoles extends Forbidden {
  constructor() {
    super("Access denied. Allowed roles: ('admin', 'system_admin')");
  }
}
export class GatewayUserNotFound extends NotFound {
  constructor() {
    super('User not found.');
  }
}
/** Whoever took the role from itself could not give it back. */
export class OwnRole extends Invalid {
  override readonly code = 'own_role';
  constructor() {
    super('A system_admin cannot change its own role.');
  }
}
