import { SetMetadata } from '@nestjs/common';

export const KEEPS_KEY = 'payops:keeps-key';
export const NEEDS_KEY = 'payops:needs-key';
export interface KeepsKeyOptions {
  readonly required?: boolean;
}

/** Where money moves, a request without a key could not be repeated safely. */
export const NeedsKey = (): MethodDecorator => SetMetadata(NEEDS_KEY, true);

/** The work keeps the request's idempotency key itself, with its effect: nothing is looked up before it, and no second record is written. */
export const KeepsKey = (options: KeepsKeyOptions = {}): MethodDecorator => SetMetadata(KEEPS_KEY, options);
