import { CURRENCIES, exponentOf, isCurrency } from './currencies.js';

describe('currencies', () => {
  it('knows the 165 codes that have a minor unit', () => {
    expect(CURRENCIES).toHaveLength(165);
    expect(new Set(CURRENCIES).size).toBe(165);
    expect(CURRENCIES.filter((code) => !/^[A-Z]{3}$/.test(code))).toEqual([]);
  });

  it.each([
    [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
    [3, 'BHD IQD JOD KWD LYD OMR TND'],
    [4, 'CLF UYW'],
  ])('gives %d decimals to %s and to nothing else', (exponent, codes) => {
    expect(CURRENCIES.filter((code) => exponentOf(code) === exponent).join(' ')).toBe(codes);
  });

  it.each(['EUR', 'USD', 'GBP', 'HUF', 'TWD', 'MGA', 'MRU', 'AFN', 'IRR', 'SLE', 'ZWG', 'XCG', 'VED', 'VES', 'XAD'])(
    'gives 2 decimals to %s',
    (code) => {
      expect(exponentOf(code)).toBe(2);
    },
  );

  it.each(['BGN', 'HRK', 'SLL', 'ZWL', 'ANG', 'CUC', 'MRO', 'STD', 'BYR', 'VEF', 'LTL', 'DEM'])('no longer takes %s', (code) => {
    expect(isCurrency(code)).toBe(false);
  });

  it.each(['XAU', 'XAG', 'XPT', 'XPD', 'XDR', 'XSU', 'XUA', 'XBA', 'XBB', 'XBC', 'XBD', 'XTS', 'XXX'])(
    'does not count amounts of %s',
    (code) => {
      expect(isCurrency(code)).toBe(false);
    },
  );

  it.each(['', 'gbp', 'Gbp', 'GB', 'GBPX', ' GBP', 'constructor', '__proto__', 'ABC'])('refuses %j', (code) => {
    expect(isCurrency(code)).toBe(false);
    expect(() => exponentOf(code)).toThrow(`${JSON.stringify(code)} is not a current ISO 4217 currency`);
  });
});
