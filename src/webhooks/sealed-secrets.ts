/** A secret as it is stored, one of at most two: while one is replaced by another, both are good. */
export interface SealedSecret {
  readonly sealed: string;
  /** Null for the present one. */
  readonly until: Date | null;
}

export const longestOverlapHours = 24;

/** Of the secrets, those that are good now. */
export const goodSecrets = (secrets: readonly SealedSecret[], now: Date): readonly SealedSecret[] =>
  secrets.filter(({ until }) => until === null || until > now);

/** The new secret, and the one that it replaces for as long as they overlap. */
export function rotatedSecrets(secrets: readonly SealedSecret[], sealed: string, overlapHours: number, now: Date): SealedSecret[] {
  const until = new Date(now.getTime() + overlapHours * 3_600_000);
  return [{ sealed, until: null }, ...secrets.filter((one) => one.until === null).map((one) => ({ ...one, until }))];
}
