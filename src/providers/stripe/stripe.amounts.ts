import { isCurrency } from '../../kernel/money/currencies.js';
import { WireAmounts } from '../wire-amounts.js';

/** https://docs.stripe.com/currencies, less what ISO 4217 has withdrawn since. */
export const stripeCurrencies: readonly string[] = (
  'USD AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CVE CZK DJF ' +
  'DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR ISK JMD JOD JPY KES KGS KHR KMF KRW KWD KYD ' +
  'KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG ' +
  'QAR RON RSD RUB RWF SAR SBD SCR SEK SGD SHP SLE SOS SRD SZL THB TJS TND TOP TRY TTD TWD TZS UAH UGX UYU UZS VND VUV WST XAF XCD XCG ' +
  'XOF XPF YER ZAR ZMW'
)
  .split(' ')
  .filter(isCurrency);

/**
 * https://docs.stripe.com/currencies#zero-decimal and #special-cases: no decimals for what ISO 4217 gives none, and for the ariary;
 * the krona of Iceland and the shilling of Uganda keep two for compatibility, always 00; the last of three decimals must be 0.
 */
export const stripeAmounts = new WireAmounts({
  currencies: stripeCurrencies,
  places: { MGA: 0, ISK: 2, UGX: 2 },
  steps: { ISK: 100, UGX: 100, BHD: 10, JOD: 10, KWD: 10, OMR: 10, TND: 10 },
});
