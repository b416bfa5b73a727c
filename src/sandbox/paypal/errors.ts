import { randomBytes } from 'node:crypto';
import { type Answer, Refused } from '../engine/wire.js';

interface Detail {
  readonly issue: string;
  readonly description: string;
  readonly field?: string;
}
export interface Link {
  readonly href: string;
  readonly rel: string;
  readonly method: 'GET' | 'POST';
}

export const paypalError = (
  status: number,
  name: string,
  message: string,
  details: readonly Detail[] = [],
  links: readonly Link[] = [],
): Answer => ({
  status,
  body: { name, message, debug_id: randomBytes(7).toString('hex').slice(0, 13), details, links },
});

const misformed = 'Request is not well-formed, syntactically incorrect, or violates schema.';
const unprocessable = 'The requested action could not be performed, semantically incorrect, or failed business validation.';

export const invalid = (issue: string, description: string, field?: string): Refused =>
  new Refused(paypalError(400, 'INVALID_REQUEST', misformed, [{ issue, description, ...(field !== undefined && { field }) }]), false);

/** Every issue that the simulator answers a well-formed request with, and what it says to it. */
export const paypalIssues = {
  ACTION_DOES_NOT_MATCH_INTENT: 'Order was created with another intent than the one that this action needs.',
  AUTHORIZATION_ALREADY_CAPTURED:
    'Authorization has already been captured. If final_capture is set to true, additional captures are not possible.',
  AUTHORIZATION_VOIDED: 'A voided authorization cannot be captured or reauthorized.',
  CANNOT_BE_ZERO_OR_NEGATIVE: 'Must be greater than zero.',
  CAPTURE_FULLY_REFUNDED: 'The capture has already been fully refunded.',
  CURRENCY_NOT_SUPPORTED: 'Currency code is not currently supported.',
  DECIMAL_PRECISION: 'If the currency supports decimals, only two decimal place precision is supported.',
  DECIMALS_NOT_SUPPORTED: 'Currency does not support decimals.',
  DUPLICATE_REQUEST_ID: 'The value of PayPal-Request-Id header has already been used. Please specify a different value and try again.',
  INSTRUMENT_DECLINED: "The instrument presented was either declined by the processor or bank, or it can't be used for this payment.",
  MAX_CAPTURE_AMOUNT_EXCEEDED: 'Capture amount exceeds allowable limit.',
  ORDER_ALREADY_AUTHORIZED: 'Order already authorized.',
  ORDER_ALREADY_CAPTURED: "Order already captured. If 'intent=CAPTURE' only one capture per order is allowed.",
  ORDER_NOT_APPROVED: 'Payer has not yet approved the Order for payment.',
  PAYER_ACTION_REQUIRED: 'Payer needs to perform an action before proceeding with payment.',
  PAYMENT_DENIED: 'PayPal declined the payment. Please ask the payer to use another way to pay.',
  PREVIOUSLY_CAPTURED: 'Authorization has been previously captured and hence cannot be voided.',
  PREVIOUSLY_VOIDED: 'Authorization has been previously voided and hence cannot be voided again.',
  REFUND_AMOUNT_EXCEEDED: 'The refund amount must be less than or equal to the capture amount that has not yet been refunded.',
  REFUND_CAPTURE_CURRENCY_MISMATCH: 'Refund must be in the same currency as the capture.',
  REFUND_NOT_ALLOWED: 'A capture that was not completed cannot be refunded.',
  TOKEN_ID_NOT_FOUND: 'Specified token was not found. Verify the token and try the request again.',
} as const;
export type PaypalIssue = keyof typeof paypalIssues;

export const impossibleAnswer = (issue: PaypalIssue, links: readonly Link[] = []): Answer =>
  paypalError(422, 'UNPROCESSABLE_ENTITY', unprocessable, [{ issue, description: paypalIssues[issue] }], links);

export const impossible = (issue: PaypalIssue, links: readonly Link[] = []): Refused => new Refused(impossibleAnswer(issue, links));

export const missing = (): Refused =>
  new Refused(
    paypalError(404, 'RESOURCE_NOT_FOUND', 'The specified resource does not exist.', [
      { issue: 'INVALID_RESOURCE_ID', description: 'Specified resource ID does not exist. Please check the resource ID and try again.' },
    ]),
  );
