import fc from 'fast-check';
import { decimalText, inUnits, readDecimal } from './decimal.js';

describe('reading', () => {
  it.each([
    ['12', 12n, 0],
    ['-12.50', -125n, -1],
    ['.5', 5n, -1],
    ['5.', 5n, 0],
    [' +1.25e1 ', 125n, -1],
    ['1e21', 1n, 21],
    ['1E-7', 1n, -7],
    ['1200', 12n, 2],
    ['0.00', 0n, 0],
    ['-0', 0n, 0],
    ['0e99', 0n, 0],
  ])('%j', (text, digits, exponent) => {
    expect(readDecimal(text)).toEqual({ digits, exponent });
  });

  it.each(['', ' ', '.', '-', 'e5', '1e', '1 2', '1,5', '0x10', 'NaN', 'Infinity', '1_000', '１２', '--1', '1e9999999'])(
    '%j is none',
    (text) => {
      expect(readDecimal(text)).toBeUndefined();
    },
  );
});

describe('counting in units', () => {
  it.each([
    ['12.5', 2, 1250n],
    ['100.10', 2, 10010n],
    ['4.35', 2, 435n],
    ['1.005', 2, undefined],
    ['1000', 0, 1000n],
    ['1000.0', 0, 1000n],
    ['1000.5', 0, undefined],
    ['1e3', 3, 1000000n],
    ['0', 2, 0n],
    ['1e500', 0, undefined],
  ])('%s with %i places', (text, places, units) => {
    expect(inUnits(readDecimal(text) as never, places)).toBe(units);
  });

  it('gives back every amount that it printed, and what JSON makes of it', () => {
    const amounts = fc.tuple(fc.integer({ min: 0, max: 999_999_999_999 }), fc.integer({ min: 0, max: 4 }));
    fc.assert(
      fc.property(amounts, ([units, places]) => {
        const text = decimalText(units, places);
        expect(inUnits(readDecimal(text) as never, places)).toBe(BigInt(units));
        expect(inUnits(readDecimal(String(Number(text))) as never, places)).toBe(BigInt(units));
      }),
    );
  });
});

it.each([
  [0, 2, '0.00'],
  [5, 2, '0.05'],
  [-1250, 2, '-12.50'],
  [1250, 0, '1250'],
  [1, 4, '0.0001'],
])('%i with %i places is %s', (units, places, text) => {
  expect(decimalText(units, places)).toBe(text);
});
