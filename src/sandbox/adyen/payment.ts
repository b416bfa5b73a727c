import { randomInt } from 'node:crypto';
import type { Movement } from '../engine/books.js';
import type { Amount } from '../engine/wire.js';
import type { Method } from './method.js';
import type { AdyenRefusalCode } from './refusals.js';

export type ModificationKind = 'capture' | 'cancel' | 'refund' | 'reversal';

/** Accepted at once, done later. */
export interface Modification {
  readonly pspReference: string;
  readonly kind: ModificationKind;
  readonly amount: Amount | null;
  readonly reference: string | null;
  readonly key: string | null;
  readonly state: 'received' | 'done' | 'refused';
}

export interface Payment {
  readonly pspReference: string;
  readonly reference: string;
  readonly merchantAccount: string;
  readonly amount: Amount;
  readonly method: Method;
  readonly isCapturedAtOnce: boolean;
  readonly returnUrl: string | null;
  readonly status: 'Authorised' | 'Refused' | 'Error' | 'Cancelled' | 'RedirectShopper' | 'Pending';
  readonly refusal: AdyenRefusalCode | null;
  readonly key: string | null;
  readonly movements: readonly Movement[];
  readonly modifications: readonly Modification[];
}

const alphabet = 'BCDFGHJKLMNPQRSTVWXZ23456789';
const referenceLength = 16;
export const newPspReference = (): string => Array.from({ length: referenceLength }, () => alphabet[randomInt(alphabet.length)]).join('');
