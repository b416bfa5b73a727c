import { SetMetadata } from '@nestjs/common';

export const KEEPS_KEY = 'payops:keeps-key';
export interface KeepsKeyOptions {
  /** Where money moves, a request without a key could not be repeated safely. */
  readonly required?: boolean;
}

/** The work keeps the request's idempotency key itself, with its effect: nothing is looked up before it, and no second record is written. */
export const KeepsKey = (options: KeepsKeyOptions = {}): MethodDecorator => SetMetadata(KEEPS_KEY, options);
