import { Conflict, NotFound, Unavailable } from '../kernel/fault/fault.js';
import { limits } from './provider-account.js';

export class ProviderNotFound extends NotFound {
  constructor() {
    super('Provider not found');
  }
}
export class ProviderNameTaken extends Conflict {
  constructor() {
    super('There is a provider of this name already');
  }
}
export class TooManyProviders extends Conflict {
  override readonly code = 'limit_exceeded';
  constructor() {
    super(`A tenant can have at most ${limits.accountsOfTenant} providers`);
  }
}
/** Nothing plays the provider here, or the real one's address is not configured. */
export class ProviderUnaddressed extends Unavailable {
  override readonly code = 'upstream_unavailable';
  constructor(message: string) {
    super(message, { outcome: 'none' });
  }
}
