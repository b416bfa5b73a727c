import { type Fields, fieldsOf, textOf } from '../engine/wire.js';
import { type PaypalProcessorCode, paypalProcessorCodes, rejectionTriggers } from './declines.js';
import { impossible, invalid } from './errors.js';

/** What the payer pays with, as far as it decides what happens. */
export interface Source {
  readonly kind: 'card' | 'token' | 'paypal';
  readonly outcome: 'approve' | 'payer_action' | 'instrument_declined' | PaypalProcessorCode;
  readonly refund: 'at_once' | 'later';
  readonly returnUrl: string | null;
}

const tokenPrefix = 'tok_paypal_';

/**
 * Tokens of the simulator: `tok_paypal_ok`, `tok_paypal_3ds`, `tok_paypal_instrument_declined`, `tok_paypal_refundpending`, PayPal's own
 * rejection triggers, and `tok_paypal_<processor code>`. Card numbers are refused.
 */
export function readSource(given: unknown): Source | null {
  const { card, token, paypal } = fieldsOf(given);
  if (card !== undefined) return ofCard(fieldsOf(card));
  if (token !== undefined) return sourceOf('token', required(fieldsOf(token).id, '/payment_source/token/id'), null);
  if (paypal === undefined) return null;
  const returnUrl = textOf(fieldsOf(fieldsOf(paypal).experience_context).return_url) ?? null;
  return { kind: 'paypal', outcome: 'payer_action', refund: 'at_once', returnUrl };
}

function ofCard(card: Fields): Source {
  const returnUrl = textOf(fieldsOf(card.experience_context).return_url) ?? null;
  const trigger = textOf(card.name);
  if (trigger !== undefined && Object.hasOwn(rejectionTriggers, trigger)) return sourceOf('card', trigger, returnUrl);
  const field = '/payment_source/card/single_use_token';
  return sourceOf('card', required(card.single_use_token ?? card.vault_id, field), returnUrl);
}

function required(given: unknown, field: string): string {
  const text = textOf(given);
  if (text === undefined) throw invalid('MISSING_REQUIRED_PARAMETER', 'A required field is missing.', field);
  return text;
}

function sourceOf(kind: Source['kind'], token: string, returnUrl: string | null): Source {
  return { kind, outcome: outcomeOf(token), refund: token === `${tokenPrefix}refundpending` ? 'later' : 'at_once', returnUrl };
}

function outcomeOf(token: string): Source['outcome'] {
  if (Object.hasOwn(rejectionTriggers, token)) return rejectionTriggers[token] ?? 'approve';
  const name = token.startsWith(tokenPrefix) ? token.slice(tokenPrefix.length) : '';
  if (name === 'ok' || name === 'refundpending') return 'approve';
  if (name === '3ds') return 'payer_action';
  if (name === 'instrument_declined') return name;
  if (Object.hasOwn(paypalProcessorCodes, name)) return name as PaypalProcessorCode;
  throw impossible('TOKEN_ID_NOT_FOUND');
}
