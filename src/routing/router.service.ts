import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { tenantScope } from '../kernel/actor/scope.js';
import { type Config, CONFIG } from '../kernel/config/config.js';
import { ShortMemory } from '../kernel/short-memory.js';
import type { Payment } from '../payments/payment.js';
import { NoProvider, ProvidersFailing } from '../payments/payment.faults.js';
import type { Confirmation } from '../payments/payment-confirmer.js';
import { flowLimits } from '../payments/payment-flow.js';
import type { Provider } from '../payments/provider.js';
import { connectorOf } from '../providers/connectors.js';
import type { ProviderAccount } from '../providers/provider-account.js';
import { ProviderAccounts } from '../providers/provider-accounts.service.js';
import { ProviderConnections } from '../providers/provider-connections.js';
import type { Decision, Draft, Knowledge } from './decision.js';
import type { Routed } from './lifecycle.js';
import { ProviderHealth } from './provider-health.js';
import { decide, prepare, type PreparedStrategy } from './route.js';
import { Strategies } from './strategies.service.js';

/** What a tenant's payments are decided by. */
export interface Ground {
  readonly strategy: PreparedStrategy;
  readonly accounts: readonly ProviderAccount[];
}
const mostRemembered = 1_000;

/** Says who is to be tried with a payment, by the tenant's strategy and by what is known of its providers now. */
@Injectable()
export class Router {
  private readonly grounds: ShortMemory<Ground>;
  private readonly prepared = new LRUCache<string, PreparedStrategy>({ max: mostRemembered });

  constructor(
    private readonly strategies: Strategies,
    private readonly accounts: ProviderAccounts,
    private readonly connections: ProviderConnections,
    private readonly health: ProviderHealth,
    @Inject(CONFIG) { actorCacheMs }: Pick<Config, 'actorCacheMs'>,
  ) {
    this.grounds = new ShortMemory(mostRemembered, actorCacheMs);
  }

  async decide(tenantId: string, draft: Draft): Promise<Decision> {
    const { strategy, accounts } = await this.ground(tenantId);
    return decide(strategy, draft, this.knowledge(tenantId, accounts, draft));
  }

  /** Who is tried with the payment, and why. @throws NoProvider, ProvidersFailing */
  async route(payment: Payment, confirmation: Confirmation): Promise<Routed> {
    const { tenantId } = payment;
    const { strategy, accounts } = await this.remembered(tenantId);
    const draft = { ...draftOf(payment), method: confirmation.method.type, cardBrand: confirmation.method.cardBrand };
    const decision = decide(strategy, draft, this.knowledge(tenantId, accounts, draft, confirmation.method.tokens));
    const byName = new Map(accounts.map((account) => [account.name, account]));
    const order = decision.order.flatMap((name) => {
      const account = byName.get(name);
      return account ? [{ account: name, accountId: account._id, provider: connectorOf(account.connector).title as Provider }] : [];
    });
    if (order.length > 0) return { confirmation, order: order.slice(0, flowLimits.tries), route: { ...decision } };
    const isFailing = decision.candidates.some(({ leftOut }) => leftOut?.because === 'circuit_open');
    throw isFailing ? new ProvidersFailing(decision.reason) : new NoProvider(decision.reason);
  }

  /** As it is now. */
  async ground(tenantId: string): Promise<Ground> {
    const scope = tenantScope(tenantId);
    const reads = [this.strategies.current(tenantId), this.accounts.all(scope), this.health.meet(tenantId)] as const;
    const [strategy, accounts] = await Promise.all(reads);
    const key = `${tenantId} ${strategy.version}`;
    const prepared = this.prepared.get(key) ?? prepare(strategy);
    this.prepared.set(key, prepared);
    return { strategy: prepared, accounts };
  }

  knowledge(
    tenantId: string,
    accounts: readonly ProviderAccount[],
    { method }: Draft,
    tokens?: Confirmation['method']['tokens'],
  ): Knowledge {
    const providers = accounts.map((account) => {
      const provider = this.connections.reachable(account);
      return {
        name: account.name,
        // One that has no address here is of no use to a payment, and no reason to refuse it.
        enabled: account.enabled && provider !== undefined,
        lacksToken: tokens !== undefined && !Object.hasOwn(tokens, account.name),
        capabilities: provider?.capabilities ?? { currencies: null, methods: [] },
        prices: account.prices,
        breaker: this.health.phaseOf(tenantId, account.name, method),
      };
    });
    return { providers, rates: this.health.ratesOf(tenantId) };
  }

  /** A payment does not wait for what was read a moment ago. */
  private async remembered(tenantId: string): Promise<Ground> {
    const known = this.grounds.get(tenantId) ?? (await this.ground(tenantId));
    this.grounds.set(tenantId, known);
    return known;
  }
}

/** What a stored payment does not say: it was made by card, and nobody knows of what brand. */
export const draftOf = ({ id, currency, region, amountMinor, paymentType, customer, merchant }: Payment): Draft => {
  return { id, currency, region, amountMinor, paymentType, customerCountry: customer.country, cardBrand: null, merchant, method: 'card' };
};
