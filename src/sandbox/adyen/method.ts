import { type Fields, fieldsOf, textOf } from '../engine/wire.js';
import { invalid } from './errors.js';
import { type AdyenRefusalCode, codeOfHolder, isRefusalCode } from './refusals.js';

/** What a method makes of the payment, and of what is done with it later. */
export interface Method {
  readonly type: string;
  readonly outcome: 'authorise' | 'redirect' | 'pending' | AdyenRefusalCode;
  readonly later: 'well' | 'capture_fails' | 'refund_fails';
}

/** Tokens of the simulator; besides, `tok_adyen_<refusal reason code>`. */
const tokens: Readonly<Record<string, Pick<Method, 'outcome' | 'later'>>> = {
  tok_adyen_ok: { outcome: 'authorise', later: 'well' },
  tok_adyen_refused: { outcome: '2', later: 'well' },
  tok_adyen_blocked: { outcome: '5', later: 'well' },
  tok_adyen_expired: { outcome: '6', later: 'well' },
  tok_adyen_insufficient: { outcome: '12', later: 'well' },
  tok_adyen_fraud: { outcome: '20', later: 'well' },
  tok_adyen_cvc: { outcome: '24', later: 'well' },
  tok_adyen_3ds: { outcome: 'redirect', later: 'well' },
  tok_adyen_pending: { outcome: 'pending', later: 'well' },
  tok_adyen_capturefail: { outcome: 'authorise', later: 'capture_fails' },
  tok_adyen_refundfail: { outcome: 'authorise', later: 'refund_fails' },
};

/** A token decides, or, as in Adyen's test environment, the name on the card (`CARD_EXPIRED`, also `CARD_EXPIRED : 6`) or the code asked for. */
export function readMethod({ paymentMethod, additionalData }: Fields): Method {
  const given = fieldsOf(paymentMethod);
  const type = textOf(given.type);
  if (type === undefined) throw invalid('14_030', "Required field 'paymentMethod.type' is not provided.");
  const asked = textOf(fieldsOf(additionalData).RequestedTestAcquirerResponseCode);
  if (asked !== undefined && isRefusalCode(asked)) return { type, outcome: asked, later: 'well' };
  const holder = (textOf(given.holderName) ?? '').split(':')[0]?.trim() ?? '';
  const refusal = codeOfHolder(holder);
  if (refusal) return { type, outcome: refusal, later: 'well' };
  return { type, ...ofToken(textOf(given.storedPaymentMethodId) ?? textOf(given.encryptedCardNumber) ?? '') };
}

function ofToken(token: string): Pick<Method, 'outcome' | 'later'> {
  const known = Object.hasOwn(tokens, token) ? tokens[token] : undefined;
  if (known) return known;
  const [, code = ''] = /^tok_adyen_(\d+)$/.exec(token) ?? [];
  if (isRefusalCode(code)) return { outcome: code, later: 'well' };
  // Its form says nothing that a card number could not say too, so it is not repeated.
  throw invalid('800', 'Contract not found');
}
