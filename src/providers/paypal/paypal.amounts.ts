import { WireAmounts } from '../wire-amounts.js';

/** https://developer.paypal.com/api/rest/reference/currency-codes/ */
export const paypalCurrencies: readonly string[] =
  'AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF ILS JPY MXN MYR NOK NZD PHP PLN SEK SGD THB TWD USD'.split(' ');

/** The same page: the forint, the yen and the new Taiwan dollar have no decimals there. */
export const paypalAmounts = new WireAmounts({ currencies: paypalCurrencies, places: { HUF: 0, TWD: 0 } });
