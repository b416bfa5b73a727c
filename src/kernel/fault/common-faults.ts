import { Forbidden, Invalid, Unauthenticated, type FieldProblem } from './fault.js';

export class AuthorizationRequired extends Unauthenticated {
  constructor() {
    super('Authorization required');
  }
}
export class MissingToken extends Unauthenticated {
  constructor() {
    super('Missing token');
  }
}
export class InvalidToken extends Unauthenticated {
  constructor() {
    super('Invalid token');
  }
}
export class TokenExpired extends Unauthenticated {
  override readonly code = 'token_expired';
  constructor() {
    super('Token expired');
  }
}
export class InvalidApiKey extends Unauthenticated {
  constructor() {
    super('Invalid API key');
  }
}
export class AccessDenied extends Forbidden {
  constructor() {
    super('Access denied');
  }
}
/** The body is not what its content type says; nothing of it was read. */
export class UnreadableBody extends Invalid {
  override readonly code = 'invalid_json';
}
export class ValidationFailed extends Invalid {
  constructor(readonly fields: readonly FieldProblem[]) {
    super(fields[0]?.message ?? 'Invalid request', { context: { fields } });
  }
}
