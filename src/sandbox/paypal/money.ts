import { type Amount, fieldsOf, textOf } from '../engine/wire.js';
import { impossible, invalid } from './errors.js';

/** https://developer.paypal.com/reference/currency-codes/ */
const withoutDecimals: ReadonlySet<string> = new Set(['HUF', 'JPY', 'TWD']);
const supported: ReadonlySet<string> = new Set(
  'AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF ILS JPY MXN MYR NOK NZD PHP PLN SEK SGD THB TWD USD'.split(' '),
);

export interface PaypalMoney {
  readonly currency_code: string;
  readonly value: string;
}

export function moneyView({ value, currency }: Amount): PaypalMoney {
  if (withoutDecimals.has(currency)) return { currency_code: currency, value: String(value) };
  const digits = String(value).padStart(3, '0');
  return { currency_code: currency, value: `${digits.slice(0, -2)}.${digits.slice(-2)}` };
}

/** @throws Refused */
export function readMoney(given: unknown, field: string): Amount {
  const { currency_code: code, value } = fieldsOf(given);
  const currency = textOf(code);
  const text = textOf(value);
  if (currency === undefined) throw invalid('MISSING_REQUIRED_PARAMETER', 'A required field is missing.', `${field}/currency_code`);
  if (text === undefined) throw invalid('MISSING_REQUIRED_PARAMETER', 'A required field is missing.', `${field}/value`);
  if (!supported.has(currency)) throw impossible('CURRENCY_NOT_SUPPORTED');
  const [, whole = '', decimals = ''] = /^(\d{1,13})(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  if (whole === '')
    throw invalid('INVALID_PARAMETER_SYNTAX', 'The value of a field does not conform to the expected format.', `${field}/value`);
  if (withoutDecimals.has(currency) && /[1-9]/.test(decimals)) throw impossible('DECIMALS_NOT_SUPPORTED');
  if (decimals.length > 2) throw impossible('DECIMAL_PRECISION');
  const minor = Number(withoutDecimals.has(currency) ? whole : whole + decimals.padEnd(2, '0'));
  if (minor === 0) throw impossible('CANNOT_BE_ZERO_OR_NEGATIVE');
  return { value: minor, currency };
}
