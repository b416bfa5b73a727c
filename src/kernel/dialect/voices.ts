import type { FaultKind, OutcomeKnown } from '../fault/fault.js';
import { gatewayItems } from './gateway-items.js';

export interface PageInfo {
  readonly limit: number;
  readonly nextCursor: string | null;
  readonly total?: number;
}
/** What a handler produced, before a dialect dresses it. */
export interface Outcome {
  readonly status: number;
  readonly message?: string;
  readonly data: unknown;
  readonly page?: PageInfo;
  readonly traceId: string;
}
export interface Problem {
  readonly status: number;
  readonly kind: FaultKind | 'internal';
  readonly code: string;
  readonly message: string;
  readonly context: Readonly<Record<string, unknown>>;
  readonly outcome?: OutcomeKnown;
  readonly traceId: string;
}
export type BodyKind = 'json' | 'form' | 'multipart';
export interface Voice {
  success(outcome: Outcome): unknown;
  failure(problem: Problem): unknown;
  /** The surface's own status or sentence for a failure, by code. */
  readonly wording: Readonly<Record<string, { readonly status?: number; readonly message?: string }>>;
  readonly bodies: readonly BodyKind[];
  /** What stands for a body that is not there; `{}` unless told. */
  readonly absentBody?: null;
}

const known = ({ outcome }: Problem) => (outcome === undefined ? {} : { outcome });
const detail = (problem: Problem) => ({ detail: problem.message, ...known(problem) });
const tracedFailure = ({ code, message, context, outcome, traceId }: Problem) => ({
  data: null,
  error: { code, message, context: outcome === undefined ? context : { ...context, outcome } },
  meta: { traceId },
});
/** Client errors that surface 1 does not publish are 400 there. */
const as400 = { status: 400 };

const envelope: Voice = {
  success: ({ status, message, data }) => ({ status, ...(message && { message }), ...(data !== undefined && { data }) }),
  failure: (problem) => ({ status: problem.status, message: problem.message, ...known(problem) }),
  wording: {
    email_taken: { status: 400, message: 'User already exists' },
    transition_refused: { status: 400, message: 'Invalid status' },
    idempotency_key_reused: as400,
    limit_exceeded: as400,
  },
  bodies: ['json', 'form', 'multipart'],
};

const bare: Voice = {
  success: ({ data, message }) => (data === undefined ? { message } : data),
  failure: detail,
  wording: {
    conflict: as400,
    request_in_flight: as400,
    idempotency_key_reused: as400,
    unprocessable: as400,
    limit_exceeded: as400,
    insufficient_credits: as400,
  },
  bodies: ['json'],
};

const gateway: Voice = {
  success: ({ data, message }) => (data === undefined ? { message } : data),
  failure: (problem) => {
    const items = gatewayItems(problem);
    return items ? { detail: items } : detail(problem);
  },
  wording: {
    validation_failed: { status: 422 },
    invalid_json: { status: 422 },
    unsupported_media_type: { status: 422 },
    method_not_allowed: { message: 'Method Not Allowed' },
    webhook_secret_missing: { status: 500 },
    email_taken: { status: 400, message: 'User with this email already exists.' },
  },
  bodies: ['json'],
  absentBody: null,
};

const traced: Voice = {
  success: ({ data, page, traceId }) => ({ data: data ?? null, error: null, meta: { traceId, ...(page && { page }) } }),
  failure: tracedFailure,
  wording: {},
  bodies: ['json'],
};

const store: Voice = {
  success: ({ data, message }) => (data === undefined ? { success: message } : data),
  failure: (problem) => ({ error: problem.message, ...known(problem) }),
  wording: {
    idempotency_key_reused: as400,
    insufficient_credits: { status: 400, message: 'Insufficient funds' },
    self_transfer: as400,
    limit_exceeded: as400,
  },
  bodies: ['json', 'form', 'multipart'],
};

/** Paths below `/api/v1` that nobody owns: readable for the clients of both surfaces that share the prefix. */
const unowned: Voice = {
  ...traced,
  failure: (problem) => ({ ...tracedFailure(problem), ...detail(problem) }),
  wording: { not_found: { message: 'Not Found' }, method_not_allowed: { message: 'Method Not Allowed' } },
};

export const voices = { envelope, bare, gateway, traced, store } satisfies Record<string, Voice>;
export type DialectName = keyof typeof voices;

/** Who speaks where no handler was reached, most specific prefix first. */
export const fallbacks: readonly (readonly [prefix: string, voice: Voice])[] = [
  ['/api/v1', unowned],
  ['/api/financial', bare],
  ['/api/stripe', bare],
  ['/api', envelope],
  ['', store],
];
