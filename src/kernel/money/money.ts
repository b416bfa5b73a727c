import { Invalid } from '../fault/fault.js';
import { exponentOf } from './currencies.js';
import { decimalText } from './decimal.js';

/** Two currencies in one sum: nobody asked for that, so it is a bug and not a fault. */
export class CurrencyMismatch extends Error {
  constructor(left: string, right: string) {
    super(`${left} and ${right} cannot be added or compared`);
    this.name = 'CurrencyMismatch';
  }
}

export class UnreadableAmount extends Invalid {
  override readonly code = 'invalid_amount';
}

export class AmountOutOfRange extends Invalid {
  override readonly code = 'invalid_amount';
  constructor() {
    super('Amount is out of range');
  }
}

/** An exact amount: a whole number of the smallest unit of an ISO 4217 currency. */
export class Money {
  private constructor(
    readonly minor: number,
    readonly currency: string,
  ) {
    Object.freeze(this);
  }

  static of(minor: number, currency: string): Money {
    exponentOf(currency);
    if (!Number.isInteger(minor)) throw new TypeError(`Money counts whole minor units, not ${minor}`);
    if (!Number.isSafeInteger(minor)) throw new AmountOutOfRange();
    // -0 would compare equal to 0 and print differently.
    return new Money(minor === 0 ? 0 : minor, currency);
  }

  static fromMajor(text: string, currency: string): Money {
    const exponent = exponentOf(currency);
    const [, sign, whole, fraction = ''] = /^(-?)(0|[1-9]\d{0,15})(?:\.(\d{1,16}))?$/.exec(text) ?? [];
    if (whole === undefined) throw new UnreadableAmount('Amount must be a decimal number such as 12.50');
    if (fraction.length > exponent) throw new UnreadableAmount(`Amount has more decimals than ${currency} (${exponent})`);
    const minor = BigInt(`${sign}${whole}${fraction.padEnd(exponent, '0')}`);
    return Money.of(Number(minor), currency);
  }

  plus(other: Money): Money {
    this.assertSameCurrency(other);
    return Money.of(this.minor + other.minor, this.currency);
  }

  minus(other: Money): Money {
    this.assertSameCurrency(other);
    return Money.of(this.minor - other.minor, this.currency);
  }

  /** Negative, zero or positive, as `sort` wants it. */
  compare(other: Money): number {
    this.assertSameCurrency(other);
    return Math.sign(this.minor - other.minor);
  }

  atMost(other: Money): boolean {
    return this.compare(other) <= 0;
  }

  /** Exact decimal text with every decimal of the currency: `12.50`. */
  toMajor(): string {
    return decimalText(this.minor, exponentOf(this.currency));
  }

  private assertSameCurrency(other: Money): void {
    if (other.currency !== this.currency) throw new CurrencyMismatch(this.currency, other.currency);
  }
}
