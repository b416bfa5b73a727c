import { exponentOf, isCurrency } from '../kernel/money/currencies.js';
import { decimalText, inUnits, readDecimal } from '../kernel/money/decimal.js';
import type { Money } from '../kernel/money/money.js';

export interface WireTable {
  readonly currencies: readonly string[];
  /** Decimal places where the provider counts otherwise than ISO 4217. */
  readonly places: Readonly<Record<string, number>>;
  /** Of what number of its units an amount must be a multiple. */
  readonly steps?: Readonly<Record<string, number>>;
}

/** Amounts between ISO 4217 minor units and how a provider writes them; undefined is what cannot be written, or read, exactly. */
export class WireAmounts {
  constructor(private readonly table: WireTable) {}

  units({ minor, currency }: Pick<Money, 'minor' | 'currency'>): number | undefined {
    const units = rescale(minor, exponentOf(currency), this.placesOf(currency));
    return units !== undefined && units % (this.table.steps?.[currency] ?? 1) === 0 ? units : undefined;
  }

  minor(units: number, currency: string): number | undefined {
    return isCurrency(currency) ? rescale(units, this.placesOf(currency), exponentOf(currency)) : undefined;
  }

  decimal(money: Pick<Money, 'minor' | 'currency'>): string | undefined {
    const units = this.units(money);
    return units === undefined ? undefined : decimalText(units, this.placesOf(money.currency));
  }

  minorOfDecimal(text: string, currency: string): number | undefined {
    if (!isCurrency(currency)) return undefined;
    const decimal = readDecimal(text);
    const minor = decimal && Number(inUnits(decimal, exponentOf(currency)));
    return Number.isSafeInteger(minor) ? minor : undefined;
  }

  private placesOf(currency: string): number {
    return this.table.places[currency] ?? exponentOf(currency);
  }
}

function rescale(units: number, from: number, to: number): number | undefined {
  const scaled = inUnits({ digits: BigInt(units), exponent: 0 }, Math.max(0, to - from)) ?? 0n;
  const divisor = 10n ** BigInt(Math.max(0, from - to));
  const whole = scaled / divisor;
  return scaled % divisor === 0n && Number.isSafeInteger(Number(whole)) ? Number(whole) : undefined;
}
