import type { FlowOperation } from '../payments/payment-flow.js';
import type { ProviderPayment } from '../providers/payment-provider.js';
import type { FlowPayment } from './flow-payment.js';
import { isOff } from './refund-rows.js';

/** ISO 4217's code for no currency: the provider has named none. */
const noCurrency = 'XXX';

/** Whether the books show that the operation was done, though its answer was a refusal, or that the money was taken some other way. */
export function provesDone({ kind }: FlowOperation, { state }: ProviderPayment): boolean {
  return state === 'captured' || (kind === 'void' && state === 'voided') || (kind === 'authorize' && state === 'authorized');
}

/** Whether the books hold other money than was asked for. */
export function mismatchOf(payment: FlowPayment, books: ProviderPayment): boolean {
  if (isOff(payment, books.refunds)) return true;
  if (books.state !== 'authorized' && books.state !== 'captured') return false;
  if (books.currency !== noCurrency && books.currency !== payment.currency) return true;
  const expected = expectedMinor(payment, books.state);
  return expected !== undefined && (books.state === 'captured' ? books.capturedMinor : books.authorizedMinor) !== expected;
}

/** Undefined where somebody else has captured, and as much as they liked. */
function expectedMinor({ amountMinor, flow }: FlowPayment, state: 'authorized' | 'captured'): number | undefined {
  const { operation, capturedMinor } = flow;
  if (state === 'authorized' || operation?.kind === 'authorize') return amountMinor;
  if (operation?.kind === 'capture') return operation.amountMinor;
  return capturedMinor > 0 ? capturedMinor : undefined;
}
