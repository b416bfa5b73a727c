import { setImmediate as breathe } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../kernel/actor/actor.js';
import { scopeOf } from '../kernel/actor/scope.js';
import type { PaymentFilter } from '../payments/payment-filter.js';
import { PaymentsService } from '../payments/payments.service.js';
import type { Decision, Draft } from './decision.js';
import { decide, prepare } from './route.js';
import { draftOf, Router } from './router.service.js';
import { Strategies } from './strategies.service.js';
import type { Step } from './strategy.js';

/** Where stored payments would go, by the strategy of now and by a draft of another. */
export interface Simulation {
  readonly payments: number;
  /** Of them, those that would go somewhere else. */
  readonly changed: number;
  /** Null counts those that nobody would take. */
  readonly providers: readonly { readonly provider: string | null; readonly current: number; readonly draft: number }[];
}

export const mostSimulated = 1_000;
/** Payments that are decided before others get their turn. */
const atOnce = 50;

/** Says where payments would go, and sends none. */
@Injectable()
export class RoutePreviews {
  constructor(
    private readonly router: Router,
    private readonly strategies: Strategies,
    private readonly payments: PaymentsService,
  ) {}

  preview({ tenantId }: Actor, draft: Draft): Promise<Decision> {
    return this.router.decide(tenantId, draft);
  }

  /** The newest payments that match, at most so many. @throws ValidationFailed */
  async simulate(actor: Actor, steps: readonly Step[], filter: PaymentFilter, limit: number): Promise<Simulation> {
    const scope = scopeOf(actor);
    await this.strategies.assertKnown(scope, steps);
    const [{ strategy: now, accounts }, { items }] = await Promise.all([
      this.router.ground(actor.tenantId),
      this.payments.browse(scope, filter, limit),
    ]);
    const then = prepare({ version: now.version + 1, steps });
    const counts = new Map<string | null, { current: number; draft: number }>();
    const count = (provider: string | null, side: 'current' | 'draft') => {
      const found = counts.get(provider) ?? { current: 0, draft: 0 };
      counts.set(provider, { ...found, [side]: found[side] + 1 });
    };
    let changed = 0;
    for (const [at, payment] of items.entries()) {
      const draft = draftOf(payment);
      const knowledge = this.router.knowledge(actor.tenantId, accounts, draft);
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
}
