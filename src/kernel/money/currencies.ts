import { Invalid } from '../fault/fault.js';

// ISO 4217 list one (current currencies and funds) as published on 2026-01-01: the euro in Bulgaria, so no BGN.
// Codes without a minor unit (XAU, XDR, XTS, XXX and their kind) are left out, because no amount of them can be counted in whole units.
const CODES_BY_EXPONENT: ReadonlyMap<number, string> = new Map([
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [
    2,
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUP ' +
      'CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD ' +
      'KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR ' +
      'PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU ' +
      'UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG',
  ],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
]);

const EXPONENTS: ReadonlyMap<string, number> = new Map(
  [...CODES_BY_EXPONENT].flatMap(([exponent, codes]) => codes.split(' ').map((code) => [code, exponent] as const)),
);

export const CURRENCIES: readonly string[] = Object.freeze([...EXPONENTS.keys()].sort());

/** Codes are capitals: `gbp` is not one. */
export function isCurrency(code: string): boolean {
  return EXPONENTS.has(code);
}

/** How many decimals the major unit has: 2 for GBP, 0 for JPY. */
export function exponentOf(code: string): number {
  const exponent = EXPONENTS.get(code);
  if (exponent === undefined) throw new UnknownCurrency(code);
  return exponent;
}

export class UnknownCurrency extends Invalid {
  override readonly code = 'unknown_currency';
  constructor(currency: string) {
    super(`${JSON.stringify(currency.slice(0, 20))} is not a current ISO 4217 currency`);
  }
}
