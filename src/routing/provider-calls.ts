import { Injectable } from '@nestjs/common';
import { tenantScope } from '../kernel/actor/scope.js';
import { Money } from '../kernel/money/money.js';
import type { FlowOperation, FlowTry, PaymentRefund } from '../payments/payment-flow.js';
import { none, unknown } from '../providers/outcomes.js';
import type { Found, Outcome, PaymentProvider } from '../providers/payment-provider.js';
import { ProviderAccounts } from '../providers/provider-accounts.service.js';
import { ProviderConnections } from '../providers/provider-connections.js';
import { ShortMemory } from '../kernel/short-memory.js';
import { type FlowPayment, referenceOf } from './flow-payment.js';
import { ProviderHealth } from './provider-health.js';
import type { ProviderAccount } from '../providers/provider-account.js';

export interface Called {
  readonly outcome: Outcome;
  readonly latencyMs: number;
}
/** An account is read again after this time: so long may new credentials go unseen. */
const rememberedMs = 2_000;
const mostRemembered = 1_000;

/** Says to providers what payments are to do there; nothing of it is written here. */
@Injectable()
export class ProviderCalls {
  private readonly known = new ShortMemory<ProviderAccount>(mostRemembered, rememberedMs);

  constructor(
    private readonly accounts: ProviderAccounts,
    private readonly connections: ProviderConnections,
    private readonly health: ProviderHealth,
  ) {}

  /** The provider of an attempt, or of the latest; undefined where the account is gone or cannot be reached from here. */
  async providerOf({ tenantId, flow }: FlowPayment, attempt = flow.tries.length): Promise<PaymentProvider | undefined> {
    const accountId = flow.tries[attempt - 1]?.accountId ?? '';
    try {
      const account = this.known.get(accountId) ?? (await this.accounts.find(tenantScope(tenantId), accountId));
      this.known.set(accountId, account);
      return this.connections.of(account);
    } catch {
      return undefined;
    }
  }

  /** The operation under way. `remember` keeps the provider's name for the payment before any money moves. */
  async operate(
    payment: FlowPayment,
    operation: FlowOperation,
    isRepeat: boolean,
    remember: (providerId: string) => Promise<void>,
  ): Promise<Called> {
    const provider = await this.providerOf(payment);
    const latest = payment.flow.tries.at(-1);
    if (!provider || !latest) return { outcome: unreachable(isRepeat), latencyMs: 0 };
    const { method } = payment.flow;
    const sending = { account: latest.account, method: method.type, currency: payment.currency, cardBrand: method.cardBrand };
    if (operation.kind === 'authorize') this.health.sent(payment.tenantId, sending);
    const began = performance.now();
    const outcome = await ask(provider, payment, { operation, latest, isRepeat, remember });
    const latencyMs = Math.round(performance.now() - began);
    if (operation.kind === 'authorize') this.health.told(payment.tenantId, sending, outcome, latencyMs);
    return { outcome, latencyMs };
  }

  async refund(payment: FlowPayment, { id, amountMinor }: PaymentRefund, isRepeat: boolean): Promise<Outcome> {
    const provider = await this.providerOf(payment);
    const providerId = payment.flow.tries.at(-1)?.providerId;
    if (!provider || providerId === undefined) return unreachable(isRepeat);
    const amount = Money.of(amountMinor, payment.currency);
    return provider.refund({ reference: referenceOf(payment), providerId, amount, refundReference: id, idempotencyKey: id, isRepeat });
  }

  /** What the provider's books say of an attempt, or of the latest. */
  async query(payment: FlowPayment, quietForMs: number, attempt = payment.flow.tries.length): Promise<Found> {
    const provider = await this.providerOf(payment, attempt);
    if (!provider) return unknown('The account cannot be reached');
    const providerId = payment.flow.tries[attempt - 1]?.providerId;
    return provider.query({ reference: referenceOf(payment, attempt), quietForMs, ...(providerId !== undefined && { providerId }) });
  }
}

const unreachable = (isRepeat: boolean): Outcome => {
  const message = 'The account is not there, or has no address';
  return isRepeat ? unknown(message) : none({ category: 'provider_unavailable', code: 'no_account', message });
};

interface Asking {
  readonly operation: FlowOperation;
  readonly latest: FlowTry;
  readonly isRepeat: boolean;
  readonly remember: (providerId: string) => Promise<void>;
}

async function ask(provider: PaymentProvider, payment: FlowPayment, { operation, latest, isRepeat, remember }: Asking): Promise<Outcome> {
  const { kind, key: idempotencyKey, amountMinor } = operation;
  const common = { reference: referenceOf(payment), idempotencyKey, isRepeat };
  const amount = Money.of(amountMinor, payment.currency);
  const { providerId } = latest;
  if (kind === 'authorize') {
    const { method, capture, returnUrl } = payment.flow;
    return provider.authorize({
      ...common,
      amount,
      capture,
      method: { type: method.type, token: method.tokens[latest.account] ?? '' },
      customer: payment.customer,
      ...(returnUrl !== undefined && { returnUrl }),
      ...(operation.returned && { returned: operation.returned }),
      ...(providerId !== undefined && { providerId }),
      remember,
    });
  }
  // What has no name at the provider was never authorized there.
  if (providerId === undefined) return unknown('The provider has never named the payment');
  return kind === 'capture' ? provider.capture({ ...common, providerId, amount }) : provider.void({ ...common, providerId });
}
