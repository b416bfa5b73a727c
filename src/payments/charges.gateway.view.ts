import { gatewayTime } from '../kernel/dialect/gateway-time.js';
import { gatewayUserId } from '../kernel/ids.js';
import { amountText, type ChargedPayment, type ChargeStatus, chargeStatusOf, currencySent } from './charge.js';
import type { ChargeList } from './charges.service.js';

const amountOf = (payment: ChargedPayment): number => Number(amountText(payment));

export class GatewayChargeView {
  /** @example "txn_0190a1b2c3d4" */
  id: string;
  /** @example "Ava Reed" */
  customerName: string;
  /** Major units. @example 100.1 */
  amount: number;
  /** As it was sent. @example "USD" */
  currency: string;
  /** @example "pending" */
  status: ChargeStatus;
  /** @example "2026-01-03T10:00:00.000000Z" */
  created: string;

  static of(payment: ChargedPayment): GatewayChargeView {
    return {
      id: payment.charge.id,
      customerName: payment.customer.name,
      amount: amountOf(payment),
      currency: currencySent(payment),
      status: chargeStatusOf(payment),
      created: gatewayTime(payment.createdAt),
    };
  }
}
export class GatewayTransactionView {
  /** @example "txn_0190a1b2c3d4" */
  id: string;
  /** @example "user_0190a1b2c3d4" */
  ownerId: string;
  /** @example "Ava Reed" */
  customerName: string;
  /** Major units. @example 100.1 */
  amount: number;
  /** As it was sent. @example "USD" */
  currency: string;
  /** @example "No details provided" */
  details: string;
  /** @example "completed" */
  status: ChargeStatus;
  /** @example "https://shop.example.com/hooks" */
  webhookUrl: string | null;
  /** @example "2026-01-03T10:00:00.000000Z" */
  createdAt: string;

  static of(payment: ChargedPayment): GatewayTransactionView {
    const { created: createdAt, id, ...shown } = GatewayChargeView.of(payment);
    const { details, webhookUrl } = payment.charge;
    return { id, ownerId: gatewayUserId(payment.ownerId), ...shown, details, webhookUrl, createdAt };
  }
}
export class GatewayTransactionsView {
  /** @example "user_0190a1b2c3d4" */
  userId: string;
  /** All that there are, also where not all are shown. @example 1 */
  totalTransactions: number;
  transactions: GatewayTransactionView[];
  /** Asks for the next ones, where not all are shown. */
  nextCursor?: string;

  static of({ ownerId, total, charges, nextCursor }: ChargeList): GatewayTransactionsView {
    return {
      userId: gatewayUserId(ownerId),
      totalTransactions: total,
      transactions: charges.map((charge) => GatewayTransactionView.of(charge)),
      ...(nextCursor !== null && { nextCursor }),
    };
  }
}
