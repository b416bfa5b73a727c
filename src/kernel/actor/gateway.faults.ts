import { Unauthenticated } from '../fault/fault.js';

/** The words in which the gateway refuses a credential. */
export class AuthorizationMissing extends Unauthenticated {
  constructor() {
    super('Authorization header missing.');
  }
}
export class AuthorizationMalformed extends Unauthenticated {
  constructor() {
    super('Invalid authorization header format.');
  }
}
export class GatewayTokenRefused extends Unauthenticated {
  constructor() {
    super('Invalid or expired token.');
  }
}
export class GatewayKeyRefused extends Unauthenticated {
  constructor() {
    super('Invalid or missing X-API-Key. Access denied.');
  }
}
