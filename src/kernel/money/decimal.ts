/** A decimal number exactly as it was written: `digits` times ten to the power of `exponent`. */
export interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

const written = /^\s*([+-]?)(\d{0,400})(?:\.(\d{0,400}))?(?:e([+-]?\d{1,6}))?\s*$/i;

/** Reads `12`, `-12.50`, `.5` and `1.25e1`; undefined for anything else. */
export function readDecimal(text: string): Decimal | undefined {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = written.exec(text) ?? [];
  if (whole + fraction === '') return undefined;
  const digits = (whole + fraction).replace(/0+$/, '') || '0';
  const trailing = whole.length + fraction.length - digits.length;
  const isZero = BigInt(digits) === 0n;
  return isZero ? { digits: 0n, exponent: 0 } : { digits: BigInt(sign + digits), exponent: Number(exponent) - fraction.length + trailing };
}

/** The number counted in units of so many decimal places: 12.5 is 1250 of two places; undefined where it has more places. */
export function inUnits({ digits, exponent }: Decimal, places: number): bigint | undefined {
  const shift = exponent + places;
  if (shift < 0) return undefined;
  return shift > 400 ? undefined : digits * 10n ** BigInt(shift);
}

/** Every place of so many units: 1250 of two places is `12.50`. */
export function decimalText(units: number, places: number): string {
  const digits = String(Math.abs(units)).padStart(places + 1, '0');
  const split = digits.length - places;
  return `${units < 0 ? '-' : ''}${digits.slice(0, split)}${places > 0 ? `.${digits.slice(split)}` : ''}`;
}
