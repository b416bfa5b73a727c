import { NotFound } from '../kernel/fault/fault.js';

export class TenantNotFound extends NotFound {
  constructor() {
    super('Tenant not found');
  }
}
