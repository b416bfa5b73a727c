/** The few ways a request can fail; each fixes an HTTP status, which a dialect may override by code. */
export const statusOf = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  too_large: 413,
  unsupported_media: 415,
  unprocessable: 422,
  rate_limited: 429,
  upstream: 503,
  unavailable: 503,
} as const;

export type FaultKind = keyof typeof statusOf;
/** What a failed money call knows about its effect. */
export type OutcomeKnown = 'none' | 'unknown' | 'applied';

export interface FaultOptions {
  readonly context?: Readonly<Record<string, unknown>>;
  /** Private detail, for the log only. */
  readonly cause?: unknown;
  /** Sent as `Retry-After`. */
  readonly retryAfterSeconds?: number;
  readonly outcome?: OutcomeKnown;
  /** Sent as `Allow`. */
  readonly allow?: readonly string[];
}

/** A failure the caller may be told about: the message is public. Anything else thrown is a bug and becomes a 500. */
export abstract class Fault extends Error {
  abstract readonly kind: FaultKind;
  /** Stable snake_case word, part of the published error vocabulary. */
  abstract readonly code: string;
  readonly context: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds: number | undefined;
  readonly outcome: OutcomeKnown | undefined;
  readonly allow: readonly string[] | undefined;

  constructor(message: string, options: FaultOptions = {}) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.context = options.context ?? {};
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.outcome = options.outcome;
    this.allow = options.allow;
  }
}

export class Invalid extends Fault {
  readonly kind = 'invalid' as const;
  readonly code: string = 'validation_failed';
}
export class Unauthenticated extends Fault {
  readonly kind = 'unauthenticated' as const;
  readonly code: string = 'unauthenticated';
}
export class Forbidden extends Fault {
  readonly kind = 'forbidden' as const;
  readonly code: string = 'forbidden';
}
export class NotFound extends Fault {
  readonly kind = 'not_found' as const;
  readonly code: string = 'not_found';
}
export class MethodNotAllowed extends Fault {
  readonly kind = 'method_not_allowed' as const;
  readonly code = 'method_not_allowed';
}
export class Conflict extends Fault {
  readonly kind = 'conflict' as const;
  readonly code: string = 'conflict';
}
export class TooLarge extends Fault {
  readonly kind = 'too_large' as const;
  readonly code: string = 'too_large';
}
export class UnsupportedMedia extends Fault {
  readonly kind = 'unsupported_media' as const;
  readonly code = 'unsupported_media_type';
}
export class Unprocessable extends Fault {
  readonly kind = 'unprocessable' as const;
  readonly code: string = 'unprocessable';
}
export class RateLimited extends Fault {
  readonly kind = 'rate_limited' as const;
  readonly code = 'rate_limited';
}
export class Unavailable extends Fault {
  readonly kind = 'unavailable' as const;
  readonly code: string = 'unavailable';
}

/** One unreadable field of a request, by its path in the body or query; the path of a whole body is empty. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
  readonly in?: 'body' | 'query' | 'header';
  /** The rule that was broken (`missing`, `string_type`, …), for dialects that publish it. */
  readonly rule?: string;
  readonly input?: unknown;
  /** What the rule compared with, for dialects that publish it. */
  readonly ctx?: Readonly<Record<string, unknown>>;
}

/** Throws in expression position: `found ?? raise(new PaymentNotFound())`. */
export function raise(error: Error): never {
  throw error;
}
