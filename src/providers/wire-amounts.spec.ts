import fc from 'fast-check';
import { CURRENCIES, exponentOf } from '../kernel/money/currencies.js';
import { adyenAmounts, adyenCurrencies } from './adyen/adyen.amounts.js';
import { paypalAmounts, paypalCurrencies } from './paypal/paypal.amounts.js';
import { stripeAmounts, stripeCurrencies } from './stripe/stripe.amounts.js';

describe('Stripe writes', () => {
  it.each([
    [1299, 'USD', 1299],
    [1299, 'JPY', 1299],
    [500, 'ISK', 50_000],
    [500, 'UGX', 50_000],
    [500, 'MGA', 5],
    [550, 'MGA', undefined],
    [1230, 'KWD', 1230],
    [1234, 'KWD', undefined],
    [1299, 'HUF', 1299],
  ])('%i of %s as %s', (minor, currency, units) => {
    expect(stripeAmounts.units({ minor, currency })).toBe(units);
  });

  it('no part of a krona', () => {
    expect([stripeAmounts.minor(50_000, 'ISK'), stripeAmounts.minor(50_050, 'ISK')]).toEqual([500, undefined]);
  });
});

describe('PayPal writes', () => {
  it.each([
    [1299, 'USD', '12.99'],
    [5, 'EUR', '0.05'],
    [1299, 'JPY', '1299'],
    [129_900, 'HUF', '1299'],
    [129_950, 'HUF', undefined],
    [10_000, 'TWD', '100'],
  ])('%i of %s as %s', (minor, currency, text) => {
    expect(paypalAmounts.decimal({ minor, currency })).toBe(text);
  });

  it.each([
    ['12.9', 'USD', 1290],
    ['12.999', 'USD', undefined],
    ['1299', 'HUF', 129_900],
    ['1299.00', 'JPY', 1299],
    ['12.50', 'JPY', undefined],
    ['', 'USD', undefined],
    ['12.99', 'ZZZ', undefined],
    ['90071992547409.92', 'USD', undefined],
  ])('%j of %s for %s', (text, currency, minor) => {
    expect(paypalAmounts.minorOfDecimal(text, currency)).toBe(minor);
  });
});

describe('Adyen writes', () => {
  it.each([
    [1299, 'EUR', 1299],
    [500, 'CLP', 50_000],
    [500, 'CVE', 5],
    [550, 'CVE', undefined],
    [100, 'IDR', 1],
    [5, 'ISK', 500],
    [1299, 'JPY', 1299],
    [1234, 'KWD', 1234],
  ])('%i of %s as %s', (minor, currency, units) => {
    expect(adyenAmounts.units({ minor, currency })).toBe(units);
  });
});

describe.each([
  ['Stripe', stripeAmounts, stripeCurrencies, 'ISK MGA UGX'],
  ['PayPal', paypalAmounts, paypalCurrencies, 'HUF TWD'],
  ['Adyen', adyenAmounts, adyenCurrencies, 'CLP CVE IDR ISK'],
] as const)('%s', (_, amounts, currencies, own) => {
  it('takes currencies that there are, each named once', () => {
    expect(currencies.filter((code) => !CURRENCIES.includes(code))).toEqual([]);
    expect(new Set(currencies).size).toBe(currencies.length);
  });

  it('counts otherwise than ISO 4217 in these alone', () => {
    // Enough units of each that every way to count can write them.
    const differs = (currency: string) =>
      amounts.units({ minor: 10 ** (exponentOf(currency) + 2), currency }) !== 10 ** (exponentOf(currency) + 2);
    expect(currencies.filter(differs).sort().join(' ')).toBe(own);
  });

  it('reads back every amount that it writes', () => {
    const money = fc.record({ minor: fc.integer({ min: 0, max: 1_000_000_000_000 }), currency: fc.constantFrom(...currencies) });
    fc.assert(
      fc.property(money, ({ minor, currency }) => {
        const [units, text] = [amounts.units({ minor, currency }), amounts.decimal({ minor, currency })];
        expect(units === undefined).toBe(text === undefined);
        expect(units === undefined ? minor : amounts.minor(units, currency)).toBe(minor);
        expect(text === undefined ? minor : amounts.minorOfDecimal(text, currency)).toBe(minor);
      }),
      { numRuns: 2000 },
    );
  });
});
