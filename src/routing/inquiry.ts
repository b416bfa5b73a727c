import { Injectable } from '@nestjs/common';
import { type FlowOperation, isRefundOpen, type PaymentRefund } from '../payments/payment-flow.js';
import { none, unknown } from '../providers/outcomes.js';
import type { Outcome, PaymentProvider } from '../providers/payment-provider.js';
import { FlowDriver } from './flow-driver.js';
import { awaitsCustomer, type FlowPayment, isActedOn } from './flow-payment.js';
import { FlowWriter } from './flow-writer.js';
import { answered, known } from './lifecycle.js';
import { ProviderCalls } from './provider-calls.js';
import { refundAnswered } from './refund-lifecycle.js';
import { Refunds } from './refunds.service.js';

const notApproved = { category: 'authentication_failed', code: 'not_approved', message: 'The customer has not approved it' } as const;
const neverArrived = { category: 'refused', code: 'never_arrived', message: 'It has never arrived at the provider' } as const;
const hourMs = 3_600_000;
const marginHours = 2;

interface OpenState {
  readonly id: string;
  readonly since: Date;
  readonly isSent: boolean;
  readonly isAccepted: boolean;
}
/** What a provider was asked to do with a payment, and of which the end is not known. */
export type Open = OpenState & ({ readonly operation: FlowOperation } | { readonly refund: PaymentRefund });

/** By the operation's key, or the refund's id; undefined once it is over. */
export function openOf({ flow: { operation, refunds } }: FlowPayment, id: string): Open | undefined {
  if (operation?.key === id) {
    const { phase, since } = operation;
    return { id, since, operation, isSent: phase === 'sent', isAccepted: phase === 'accepted' };
  }
  const refund = refunds.find((row) => row.id === id && isRefundOpen(row));
  return refund && { id, since: refund.at, refund, isSent: refund.state === 'sent', isAccepted: refund.state === 'pending' };
}

/**
 * Finds out what came of one thing that a provider was asked. The provider is asked where it can be; else the same is said again with the
 * same key, which has the effect of once.
 */
@Injectable()
export class Inquiry {
  constructor(
    private readonly calls: ProviderCalls,
    private readonly driver: FlowDriver,
    private readonly refunds: Refunds,
    private readonly writer: FlowWriter,
  ) {}

  /** The payment with what could be found out; `ageMs` is how long ago it was first asked. */
  async about(payment: FlowPayment, open: Open, ageMs: number): Promise<FlowPayment> {
    const provider = await this.calls.providerOf(payment);
    if (!provider) return payment;
    const isAsked = provider.capabilities.resolvedBy === 'query';
    const found = isAsked ? await this.calls.query(payment, ageMs) : undefined;
    // The books say most: what they hold was done, whoever asked for it.
    const seen =
      found?.outcome === 'found' ? await this.writer.tell(payment, (current, moment) => known(current, found.payment, moment)) : payment;
    const still = seen && openOf(seen, open.id);
    if (!seen || !still || seen.flow.review) return seen ?? payment;
    // Whom it waited for has let it go.
    if (found?.outcome === 'absent' && awaitsCustomer(seen)) return this.found(seen, still, none(notApproved));
    if (isKeyAlive(provider, ageMs)) return wantsRepeat(seen, still) ? this.repeat(seen, still) : seen;
    // Hours have passed, and the books know nothing of it.
    return found && found.outcome !== 'unknown' && !still.isAccepted ? this.found(seen, still, none(neverArrived)) : seen;
  }

  /** Nobody who sent it says from now on that it was not taken. */
  async doubt(payment: FlowPayment, open: Open): Promise<FlowPayment> {
    return this.found(payment, open, unknown('Nobody has told what came of it'));
  }

  private async repeat(payment: FlowPayment, open: Open): Promise<FlowPayment> {
    if ('operation' in open) return this.driver.repeat(payment);
    return this.refunds.send(payment, open.refund, true);
  }

  private async found(payment: FlowPayment, open: Open, outcome: Outcome): Promise<FlowPayment> {
    const after = await this.writer.tell(payment, (current, moment) =>
      'operation' in open
        ? answered(current, { key: open.id, outcome }, moment)
        : refundAnswered(current, { id: open.refund.id, outcome }, moment),
    );
    return after ?? payment;
  }
}

/** Whether the same said again is still the same; later it would be done a second time. */
const isKeyAlive = ({ capabilities }: PaymentProvider, ageMs: number): boolean =>
  ageMs < (capabilities.keysLastHours - marginHours) * hourMs;

/** What the provider has taken on needs no repeat, unless the customer has done what was wanted of them. */
const wantsRepeat = (payment: FlowPayment, { isAccepted }: Open): boolean => !isAccepted || isActedOn(payment);
