import fc from 'fast-check';
import { CURRENCIES } from './currencies.js';
import { AmountOutOfRange, CurrencyMismatch, Money, UnreadableAmount } from './money.js';

const MAX = 9_007_199_254_740_991;
const runs = { numRuns: 500 };
const currency = fc.constantFrom(...CURRENCIES);
const minor = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -10_000, max: 10_000 }), fc.constantFrom(0, 1, -1, 99, 100, MAX, -MAX));
const small = fc.integer({ min: -1_000_000_000_000, max: 1_000_000_000_000 });

describe('Money.of', () => {
  it.each([0.5, 12.01, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d, which is not whole', (amount) => {
    expect(() => Money.of(amount, 'GBP')).toThrow(TypeError);
  });

  it.each([9_007_199_254_740_992, -9_007_199_254_740_992, 1e21])('refuses %d, which is not exact', (amount) => {
    expect(() => Money.of(amount, 'GBP')).toThrow(AmountOutOfRange);
  });

  it('refuses what is no currency', () => {
    expect(() => Money.of(1, 'BGN')).toThrow('"BGN" is not a current ISO 4217 currency');
  });

  it('cannot be changed and has no negative zero', () => {
    expect(Object.isFrozen(Money.of(1, 'GBP'))).toBe(true);
    expect(Object.is(Money.of(-0, 'GBP').minor, 0)).toBe(true);
  });
});

describe('toMajor', () => {
  it.each([
    [1299, 'GBP', '12.99'],
    [1250, 'GBP', '12.50'],
    [5, 'EUR', '0.05'],
    [-5, 'EUR', '-0.05'],
    [0, 'USD', '0.00'],
    [-120_000, 'USD', '-1200.00'],
    [1299, 'JPY', '1299'],
    [0, 'JPY', '0'],
    [1299, 'KWD', '1.299'],
    [1, 'CLF', '0.0001'],
    [MAX, 'USD', '90071992547409.91'],
    [-MAX, 'UYW', '-900719925474.0991'],
  ])('writes %d of %s as %s', (amount, code, text) => {
    expect(Money.of(amount, code).toMajor()).toBe(text);
  });
});

describe('fromMajor', () => {
  it.each([
    ['12.99', 'GBP', 1299],
    ['12.9', 'GBP', 1290],
    ['12', 'GBP', 1200],
    ['-0.05', 'EUR', -5],
    ['-0', 'EUR', 0],
    ['1.005', 'BHD', 1005],
    ['19.99', 'USD', 1999],
    ['0.29', 'USD', 29],
    ['1299', 'JPY', 1299],
    ['90071992547409.91', 'USD', MAX],
    ['-90071992547409.91', 'USD', -MAX],
    ['9007199254740991', 'JPY', MAX],
  ])('reads %s %s as %d', (text, code, amount) => {
    expect(Money.fromMajor(text, code).minor).toBe(amount);
  });

  it.each(['', ' 1', '1 ', '1\n', '+1', '.5', '5.', '01', '1,50', '1_0', '1e3', '0x10', '--1', 'NaN', 'Infinity', '١', '1.2.3'])(
    'refuses %j',
    (text) => {
      expect(() => Money.fromMajor(text, 'GBP')).toThrow(UnreadableAmount);
    },
  );

  it.each([
    ['12.999', 'GBP', 'Amount has more decimals than GBP (2)'],
    ['12.990', 'GBP', 'Amount has more decimals than GBP (2)'],
    ['12.0', 'JPY', 'Amount has more decimals than JPY (0)'],
    ['1.00001', 'CLF', 'Amount has more decimals than CLF (4)'],
  ])('refuses %s %s instead of rounding it', (text, code, message) => {
    expect(() => Money.fromMajor(text, code)).toThrow(message);
  });

  it.each([
    ['90071992547409.92', 'USD'],
    ['-90071992547409.92', 'USD'],
    ['9999999999999999', 'USD'],
    ['9007199254740992', 'JPY'],
    ['9007199254740993', 'JPY'],
  ])('refuses %s %s, which is not exact', (text, code) => {
    expect(() => Money.fromMajor(text, code)).toThrow(AmountOutOfRange);
  });

  it.each([...CURRENCIES])('reads back what toMajor wrote in %s', (code) => {
    fc.assert(
      fc.property(minor, (amount) => Money.fromMajor(Money.of(amount, code).toMajor(), code).minor === (amount === 0 ? 0 : amount)),
      runs,
    );
  });

  it('never writes what was not read: any text is refused or is the amount itself', () => {
    const text = fc.stringMatching(/^-?[0-9]{1,17}(\.[0-9]{0,5})?$/);
    fc.assert(
      fc.property(text, currency, (written, code) => {
        const read = unlessRefused(() => Money.fromMajor(written, code));
        return read === undefined || trimmed(read.toMajor()) === trimmed(written);
      }),
      runs,
    );
  });
});

describe('arithmetic', () => {
  it('adds and takes away', () => {
    expect(Money.of(10, 'USD').plus(Money.of(20, 'USD')).toMajor()).toBe('0.30');
    expect(Money.of(10, 'USD').minus(Money.of(20, 'USD')).toMajor()).toBe('-0.10');
  });

  it('is commutative, associative and undone by minus', () => {
    fc.assert(
      fc.property(small, small, small, currency, (x, y, z, code) => {
        const [a, b, c] = [Money.of(x, code), Money.of(y, code), Money.of(z, code)];
        expect(a.plus(b)).toEqual(b.plus(a));
        expect(a.plus(b).plus(c)).toEqual(a.plus(b.plus(c)));
        expect(a.plus(b).minus(b)).toEqual(a);
      }),
      runs,
    );
  });

  it('is exact or throws, never rounded', () => {
    fc.assert(
      fc.property(minor, minor, currency, (x, y, code) => {
        const exact = BigInt(x) + BigInt(y);
        const sum = unlessRefused(() => Money.of(x, code).plus(Money.of(y, code)));
        return exact > BigInt(MAX) || exact < -BigInt(MAX) ? sum === undefined : sum !== undefined && BigInt(sum.minor) === exact;
      }),
      runs,
    );
  });

  it('throws past the largest exact amount on either side', () => {
    expect(() => Money.of(MAX, 'USD').plus(Money.of(1, 'USD'))).toThrow(AmountOutOfRange);
    expect(() => Money.of(-MAX, 'USD').minus(Money.of(1, 'USD'))).toThrow(AmountOutOfRange);
  });
});

describe('order', () => {
  const [less, more] = [Money.of(1, 'USD'), Money.of(2, 'USD')];

  it('compares', () => {
    expect([less.compare(more), more.compare(less), less.compare(Money.of(1, 'USD'))]).toEqual([-1, 1, 0]);
    expect([less.atMost(more), less.atMost(less), more.atMost(less)]).toEqual([true, true, false]);
  });

  it('agrees with the numbers at both ends of the range', () => {
    fc.assert(
      fc.property(minor, minor, currency, (x, y, code) => Money.of(x, code).compare(Money.of(y, code)) === Number(x > y) - Number(x < y)),
      runs,
    );
  });
});

describe('another currency', () => {
  const [pounds, yen] = [Money.of(1, 'GBP'), Money.of(1, 'JPY')];

  it.each([
    ['plus', () => pounds.plus(yen)],
    ['minus', () => pounds.minus(yen)],
    ['compare', () => pounds.compare(yen)],
    ['atMost', () => pounds.atMost(yen)],
  ])('is refused by %s', (_, calculate) => {
    expect(calculate).toThrow(CurrencyMismatch);
    expect(calculate).toThrow('GBP and JPY cannot be added or compared');
  });
});

function unlessRefused(calculate: () => Money): Money | undefined {
  try {
    return calculate();
  } catch (error) {
    if (error instanceof UnreadableAmount || error instanceof AmountOutOfRange) return undefined;
    throw error;
  }
}

function trimmed(text: string): string {
  return (text.includes('.') ? text.replace(/\.?0+$/, '') : text).replace(/^-0$/, '0');
}
