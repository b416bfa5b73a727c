import { type Answer, Refused } from '../engine/wire.js';

/** Every code of a refusal that is no decline. */
export const stripeErrorCodes = [
  'amount_too_large',
  'charge_already_refunded',
  'idempotency_key_in_use',
  'parameter_invalid_integer',
  'parameter_missing',
  'parameter_unknown',
  'payment_intent_invalid_parameter',
  'payment_intent_unexpected_state',
  'rate_limit',
  'resource_missing',
] as const;
export type StripeErrorCode = (typeof stripeErrorCodes)[number];

export interface StripeError {
  readonly type: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';
  readonly message: string;
  readonly code?: StripeErrorCode;
  readonly param?: string;
  readonly payment_intent?: unknown;
}

export const stripeError = (status: number, error: StripeError): Answer => ({ status, body: { error } });

type Details = Pick<StripeError, 'code' | 'param' | 'payment_intent'>;

/** The request is wrong in itself. */
export const malformed = (message: string, details: Details = {}): Refused =>
  new Refused(stripeError(400, { type: 'invalid_request_error', message, ...details }), false);

/** The request is well formed, and what it asks cannot be. */
export const impossible = (message: string, details: Details = {}): Refused =>
  new Refused(stripeError(400, { type: 'invalid_request_error', message, ...details }));

export const missing = (what: string, id: string, param = 'intent'): Refused =>
  new Refused(stripeError(404, { type: 'invalid_request_error', code: 'resource_missing', message: `No such ${what}: '${id}'`, param }));
