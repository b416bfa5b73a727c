import { Conflict, NotFound } from '../kernel/fault/fault.js';
import { limits } from './webhook-endpoint.js';

export class EndpointNotFound extends NotFound {
  constructor() {
    super('Webhook endpoint not found');
  }
}
export class TooManyEndpoints extends Conflict {
  override readonly code = 'limit_exceeded';
  constructor() {
    super(`A tenant can have at most ${limits.endpointsOfTenant} webhook endpoints`);
  }
}
export class EndpointDisabled extends Conflict {
  constructor() {
    super('The webhook endpoint is disabled');
  }
}
export class DeliveryNotFound extends NotFound {
  constructor() {
    super('Webhook delivery not found');
  }
}
/** Its next try comes anyway. */
export class DeliveryUnderWay extends Conflict {
  constructor() {
    super('The delivery is still being tried');
  }
}
