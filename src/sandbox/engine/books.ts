import type { ProviderName } from './settings.js';

/** A change of what a payment holds, in the order in which they happened. */
export interface Movement {
  readonly kind: 'authorization' | 'capture' | 'refund' | 'void';
  /** The provider's name for it. */
  readonly id: string;
  readonly amount: number;
  /** The client's name for it, where it gave one. */
  readonly reference: string | null;
  /** The idempotency key that it came with. */
  readonly key: string | null;
  readonly at: string;
  /** It was taken back afterwards. */
  readonly hasFailed?: boolean;
}

export interface Totals {
  readonly authorized: number;
  readonly captured: number;
  readonly refunded: number;
  readonly isVoided: boolean;
}

export function totalsOf(movements: readonly Movement[]): Totals {
  const lasting = movements.filter(({ hasFailed }) => hasFailed !== true);
  const sumOf = (kind: Movement['kind']) => lasting.reduce((sum, one) => (one.kind === kind ? sum + one.amount : sum), 0);
  return {
    authorized: sumOf('authorization'),
    captured: sumOf('capture'),
    refunded: sumOf('refund'),
    isVoided: lasting.some(({ kind }) => kind === 'void'),
  };
}

/** What a provider receives first and decides later, and what became of it. */
export interface BookedModification {
  readonly id: string;
  readonly kind: string;
  readonly state: 'received' | 'done' | 'refused';
  readonly reference: string | null;
  readonly key: string | null;
}

/** What the oracle says of one payment of a provider; amounts in the units in which the provider counts the currency. */
export interface BookEntry extends Totals {
  readonly provider: ProviderName;
  readonly providerId: string;
  readonly reference: string;
  readonly currency: string;
  /** In the provider's words. */
  readonly status: string;
  readonly authorizations: number;
  readonly captures: number;
  readonly refunds: number;
  readonly movements: readonly Movement[];
  /** Of a provider that decides later. */
  readonly modifications?: readonly BookedModification[];
}

type Booked = Pick<BookEntry, 'provider' | 'providerId' | 'reference' | 'currency' | 'status' | 'movements' | 'modifications'>;

export function bookEntry(booked: Booked): BookEntry {
  const count = (kind: Movement['kind']) => booked.movements.filter((one) => one.kind === kind).length;
  const counts = { authorizations: count('authorization'), captures: count('capture'), refunds: count('refund') };
  return { ...booked, ...totalsOf(booked.movements), ...counts };
}
