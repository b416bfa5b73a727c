interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** Whether an object that a client sent holds texts alone: so many of them, each of so many characters. */
export function holdsTexts(given: object, count: Bounds, characters: Bounds): boolean {
  const isWithin = (size: number, { least, most }: Bounds) => size >= least && size <= most;
  const values: readonly unknown[] = Object.values(given);
  return isWithin(values.length, count) && values.every((value) => typeof value === 'string' && isWithin(value.length, characters));
}
