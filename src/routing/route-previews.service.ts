import { setImmediate as breathe } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { Actor } from '../kernel/actor/actor.js';
import { type Scope, scopeOf } from '../kernel/actor/scope.js';
import type { Payment } from '../payments/payment.js';
import type { PaymentFilter } from '../payments/payment-filter.js';
import { PaymentsService } from '../payments/payments.service.js';
import { ProviderAccounts } from '../providers/provider-accounts.service.js';
import { ProviderConnections } from '../providers/provider-connections.js';
import { ApprovalRates } from './adaptive.js';
import type { Decision, Draft, Knowledge } from './decision.js';
import { decide, prepare, type PreparedStrategy } from './route.js';
import { Strategies } from './strategies.service.js';
import type { Step, Strategy } from './strategy.js';

/** Where stored payments would go, by the strategy of now and by a draft of another. */
export interface Simulation {
  readonly payments: number;
  /** Of them, those that would go somewhere else. */
  readonly changed: number;
  /** Null counts those that nobody would take. */
  readonly providers: readonly { readonly provider: string | null; readonly current: number; readonly draft: number }[];
}

export const mostSimulated = 1_000;
const mostPrepared = 1_000;
/** Payments that are decided before others get their turn. */
const atOnce = 50;

/** Says where payments would go, and sends none. */
@Injectable()
export class RoutePreviews {
  private readonly prepared = new LRUCache<string, PreparedStrategy>({ max: mostPrepared });

  constructor(
    private readonly strategies: Strategies,
    private readonly accounts: ProviderAccounts,
    private readonly connections: ProviderConnections,
    private readonly payments: PaymentsService,
  ) {}

  async preview(actor: Actor, draft: Draft): Promise<Decision> {
    const [strategy, knowledge] = await Promise.all([this.strategies.current(actor.tenantId), this.knowledge(scopeOf(actor))]);
    return decide(this.preparedOf(strategy), draft, knowledge);
  }

  /** The newest payments that match, at most so many. @throws ValidationFailed */
  async simulate(actor: Actor, steps: readonly Step[], filter: PaymentFilter, limit: number): Promise<Simulation> {
    const scope = scopeOf(actor);
    await this.strategies.assertKnown(scope, steps);
    const [current, knowledge, { items }] = await Promise.all([
      this.strategies.current(actor.tenantId),
      this.knowledge(scope),
      this.payments.browse(scope, filter, limit),
    ]);
    const [now, then] = [this.preparedOf(current), prepare({ version: current.version + 1, steps })];
    const counts = new Map<string | null, { current: number; draft: number }>();
    const count = (provider: string | null, side: 'current' | 'draft') => {
      const found = counts.get(provider) ?? { current: 0, draft: 0 };
      counts.set(provider, { ...found, [side]: found[side] + 1 });
    };
    let changed = 0;
    for (const [at, payment] of items.entries()) {
      const draft = draftOf(payment);
      const [before, after] = [now, then].map((strategy) => decide(strategy, draft, knowledge).order[0] ?? null) as [
        string | null,
        string | null,
      ];
      count(before, 'current');
      count(after, 'draft');
      if (before !== after) changed++;
      if (at % atOnce === atOnce - 1) await breathe();
    }
    const providers = [...counts].map(([provider, figures]) => ({ provider, ...figures }));
    return { payments: items.length, changed, providers: providers.sort((one, other) => other.draft - one.draft) };
  }

  /** As long as no payment has been sent anywhere, nothing is known of how providers fare. */
  private async knowledge(scope: Scope): Promise<Knowledge> {
    const accounts = await this.accounts.all(scope);
    const providers = accounts.map((account) => {
      const { capabilities } = this.connections.of(account);
      return { name: account.name, enabled: account.enabled, capabilities, breaker: 'closed' as const };
    });
    return { providers, rates: new ApprovalRates() };
  }

  private preparedOf(strategy: Strategy): PreparedStrategy {
    const key = `${strategy.tenantId} ${strategy.version}`;
    const known = this.prepared.get(key) ?? prepare(strategy);
    this.prepared.set(key, known);
    return known;
  }
}

/** What a stored payment does not say: all were made by card, and nobody knows of what brand. */
const draftOf = ({ id, currency, region, amountMinor, paymentType, customer, merchant }: Payment): Draft => {
  return { id, currency, region, amountMinor, paymentType, customerCountry: customer.country, cardBrand: null, merchant, method: 'card' };
};
