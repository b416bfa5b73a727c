import { Forbidden, Invalid, NotFound } from '../kernel/fault/fault.js';

/** What the gateway says of deletions, in its own words. */
export class InvalidResource extends Invalid {
  override readonly code = 'invalid_resource';
  constructor() {
    super("Invalid resource type. Must be 'transactions' or 'users'.");
  }
}
export class ResourceNotFound extends NotFound {
  constructor(what: 'Transaction' | 'User', id: string) {
    super(`${what} '${id}' not found.`);
  }
}
export class NotYourTransaction extends Forbidden {
  constructor() {
    super('Access denied. Only transaction owner or admin/system_admin can delete.');
  }
}
export class OnlyAdminsDeleteUsers extends Forbidden {
  constructor() {
    super('Access denied. Only system_admin/admin can delete users.');
  }
}
/** An administrator, or somebody who belongs to another tenant as well. */
export class OnlySystemAdminDeletes extends Forbidden {
  constructor() {
    super('Access denied. Only system_admin can delete this user.');
  }
}
export class OwnAccount extends Invalid {
  override readonly code = 'own_account';
  constructor() {
    super('Admins cannot delete their own user account.');
  }
}
