import { isCurrency } from '../../kernel/money/currencies.js';
import { WireAmounts } from '../wire-amounts.js';

/** https://docs.adyen.com/development-resources/currency-codes, less what ISO 4217 has withdrawn since. */
export const adyenCurrencies: readonly string[] = (
  'AED ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BMD BND BOB BRL BSD BWP BYN BZD CAD CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD ' +
  'EGP ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD ISK JMD JOD JPY KES KGS KHR KMF KRW KWD KYD KZT ' +
  'LAK LBP LKR LYD MAD MDL MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON ' +
  'RSD RUB RWF SAR SBD SCR SEK SGD SHP SLE SOS SRD STN SVC SZL THB TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VND VUV WST XAF XCD XCG ' +
  'XOF XPF YER ZAR ZMW'
)
  .split(' ')
  .filter(isCurrency);

/** The same page: where its decimals differ from ISO 4217, its own are leading. */
export const adyenAmounts = new WireAmounts({ currencies: adyenCurrencies, places: { CLP: 2, CVE: 0, IDR: 0, ISK: 2 } });
