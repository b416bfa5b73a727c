import { Conflict, Forbidden, NotFound } from '../kernel/fault/fault.js';
import { limits } from './api-key.js';

export class KeyNotFound extends NotFound {
  constructor() {
    super('API key not found');
  }
}
/** A key does what its owner may do, and less, never more. */
export class ScopesNotHeld extends Forbidden {
  constructor(scopes: readonly string[]) {
    super('A key may not do more than its owner', { context: { scopes } });
  }
}
/** Who rotates a key sees its secret, and could act as its owner. */
export class NotTheOwner extends Forbidden {
  constructor() {
    super('Only its owner can rotate a key');
  }
}
export class TooManyKeys extends Conflict {
  override readonly code = 'limit_exceeded';
  constructor() {
    super(`A user has at most ${limits.keysOfOwner} API keys`, { context: { limit: limits.keysOfOwner } });
  }
}
export class KeyMovedOn extends Conflict {
  constructor() {
    super('The API key was changed in the meantime');
  }
}
