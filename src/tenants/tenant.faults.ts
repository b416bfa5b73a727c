import { Conflict, NotFound } from '../kernel/fault/fault.js';
import { mostTeams } from './tenant.js';

export class TenantNotFound extends NotFound {
  constructor() {
    super('Tenant not found');
  }
}
export class TooManyTeams extends Conflict {
  override readonly code = 'limit_exceeded';
  constructor() {
    super(`A tenant can have at most ${mostTeams} teams`);
  }
}
