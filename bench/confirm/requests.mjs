import { randomBytes } from 'node:crypto';

/** Of what the sandbox plays the product is given one account, by this name. */
export const account = { name: 'stripe', connector: 'stripe', mode: 'sandbox' };
export const credentials = { secretKey: 'sk_test_sandbox', webhookSecret: 'whsec_sandbox' };
export const amountMinor = 1299;

const run = randomBytes(9).toString('base64url');
let sent = 0;
const keyed = () => ({ 'idempotency-key': `${run}-${sent++}` });

const payment = JSON.stringify({
  merchant: 'Spotify',
  paymentType: 'subscription',
  amountMinor,
  currency: 'GBP',
  region: 'UK',
  customer: { name: 'Ava Reed', email: 'ava.reed@example.com', country: 'UK' },
  confirm: true,
  confirmation: { method: { type: 'card', tokens: { [account.name]: 'pm_card_visa' }, cardBrand: 'visa' }, capture: 'now' },
});

/** A payment that is sent to the provider at once, under a key of its own. */
export function confirmationOf() {
  return { body: payment, headers: { 'content-type': 'application/json', ...keyed() } };
}

/** The request that a confirmed payment sends to the provider. @param {string} reference */
export const intentOf = (reference) =>
  new URLSearchParams({
    amount: String(amountMinor),
    currency: 'gbp',
    confirm: 'true',
    capture_method: 'automatic',
    payment_method: 'pm_card_visa',
    'metadata[payops_reference]': reference,
    receipt_email: 'ava.reed@example.com',
    'automatic_payment_methods[enabled]': 'true',
    'automatic_payment_methods[allow_redirects]': 'never',
  }).toString();
export const providerHeaders = {
  authorization: `Bearer ${credentials.secretKey}`,
  'content-type': 'application/x-www-form-urlencoded',
};

/** The same straight to the sandbox. */
export function callOf() {
  const headers = { ...providerHeaders, ...keyed() };
  return { body: intentOf(`call_${headers['idempotency-key']}`), headers };
}
