import { gatewayTime } from '../kernel/dialect/gateway-time.js';
import { exponentOf, isCurrency } from '../kernel/money/currencies.js';
import { type Decimal, decimalText } from '../kernel/money/decimal.js';
import { type Charge, type Payment, statusOf } from './payment.js';

export type ChargedPayment = Payment & { readonly charge: Charge };

/** How the gateway calls the three outcomes. */
const chargeStatuses = { success: 'completed', pending: 'pending', failed: 'failed' } as const;
export type ChargeStatus = (typeof chargeStatuses)[keyof typeof chargeStatuses];
export const chargeStatusOf = ({ state }: Pick<Payment, 'state'>): ChargeStatus => chargeStatuses[statusOf[state]];

export const chargeFields = ['createdAt', 'amount', 'status', 'customerName'] as const;
export type ChargeField = (typeof chargeFields)[number];
export interface ChargeQuery {
  /** In major units, both inclusive. */
  readonly least?: Decimal;
  readonly most?: Decimal;
  readonly sortBy: ChargeField;
  readonly descending: boolean;
}

/** A currency that is none counts as two decimals. */
export const placesOf = (currency: string): number => (isCurrency(currency) ? exponentOf(currency) : 2);

/** In major units, with every decimal. */
export const amountText = ({ amountMinor, currency }: Pick<Payment, 'amountMinor' | 'currency'>): string =>
  decimalText(amountMinor, placesOf(currency));

/** As it was sent, unless it was corrected since. */
export const currencySent = ({ currency, charge }: ChargedPayment): string =>
  charge.currency.toUpperCase() === currency.toUpperCase() ? charge.currency : currency;

/** After its time; what somebody has decided on meanwhile stays as it is. */
export function settled(payment: Payment | null, at: Date): Payment | null {
  return payment?.state === 'created' ? { ...payment, state: 'captured', updatedAt: at, rev: payment.rev + 1 } : payment;
}

/** Jobs that have the notice of a completed charge sent; the webhooks run them, each under the charge's id. */
export const noticeKind = 'webhooks.send';

/** The text that is sent when a charge is completed; in ASCII, so that every receiver signs the same bytes. */
export function completionText(payment: ChargedPayment, at: Date): string {
  const { customer, charge } = payment;
  const amount = Number(amountText(payment));
  const data = { customerName: customer.name, amount, currency: currencySent(payment), status: 'completed' };
  const event = { event: 'payment.completed', id: charge.id, timestamp: gatewayTime(at), data };
  return JSON.stringify(event).replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
