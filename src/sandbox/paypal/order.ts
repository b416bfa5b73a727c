import { randomBytes } from 'node:crypto';
import type { Movement } from '../engine/books.js';
import type { Amount } from '../engine/wire.js';
import type { PaypalProcessorCode } from './declines.js';
import type { Source } from './source.js';

export interface Authorization {
  readonly id: string;
  readonly status: 'CREATED' | 'DENIED' | 'PARTIALLY_CAPTURED' | 'CAPTURED' | 'VOIDED';
  readonly amount: Amount;
  readonly processorCode: PaypalProcessorCode | null;
  readonly at: string;
}
export interface Capture {
  readonly id: string;
  readonly status: 'COMPLETED' | 'DECLINED' | 'PARTIALLY_REFUNDED' | 'REFUNDED';
  readonly amount: Amount;
  readonly isFinal: boolean;
  readonly invoiceId: string | null;
  readonly processorCode: PaypalProcessorCode | null;
  readonly at: string;
}
export interface Refund {
  readonly id: string;
  readonly capture: string;
  readonly status: 'COMPLETED' | 'PENDING';
  readonly amount: Amount;
  readonly customId: string | null;
  readonly invoiceId: string | null;
  readonly note: string | null;
  readonly at: string;
}

/** An order with all that was paid on it. */
export interface Order {
  readonly id: string;
  readonly intent: 'CAPTURE' | 'AUTHORIZE';
  /** Ours: what chance goes by and the books are kept under. */
  readonly reference: string;
  readonly customId: string | null;
  readonly invoiceId: string | null;
  readonly referenceId: string;
  readonly amount: Amount;
  readonly status: 'CREATED' | 'PAYER_ACTION_REQUIRED' | 'APPROVED' | 'COMPLETED' | 'VOIDED';
  readonly source: Source | null;
  readonly authorization: Authorization | null;
  readonly captures: readonly Capture[];
  readonly refunds: readonly Refund[];
  readonly movements: readonly Movement[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789';
const idLength = 17;
export const paypalId = (): string => Array.from(randomBytes(idLength), (byte) => alphabet[byte % alphabet.length]).join('');

const sum = (amounts: readonly Amount[]): number => amounts.reduce((total, { value }) => total + value, 0);

export const capturedOf = ({ captures }: Order): number =>
  sum(captures.filter(({ status }) => status !== 'DECLINED').map(({ amount }) => amount));

export const refundedOf = ({ refunds }: Order, capture: string): number =>
  sum(refunds.filter((refund) => refund.capture === capture).map(({ amount }) => amount));
