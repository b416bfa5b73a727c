import { Invalid } from '../kernel/fault/fault.js';

/** One fault with one text for every reason, so that nobody learns from it what there is inside a network. */
export class TargetNotAllowed extends Invalid {
  constructor() {
    super('url is not allowed', { context: { fields: [{ field: 'url', message: 'url is not allowed' }] } });
  }
}

/** Says to which addresses the product may send; asked when one is saved, and again by the client whenever it sends. */
export abstract class WebhookTargets {
  /** @throws TargetNotAllowed */
  abstract assertAllowed(url: string): Promise<void>;
}
