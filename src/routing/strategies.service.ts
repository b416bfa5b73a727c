import { Injectable } from '@nestjs/common';
import { ChangeRecords } from '../audit/change-records.js';
import type { Actor } from '../kernel/actor/actor.js';
import { type Scope, scopeOf, tenantScope } from '../kernel/actor/scope.js';
import { Clock } from '../kernel/clock.js';
import { ValidationFailed } from '../kernel/fault/common-faults.js';
import { newId } from '../kernel/ids.js';
import { UnitOfWork } from '../kernel/mongo/unit-of-work.js';
import { ProviderAccounts } from '../providers/provider-accounts.service.js';
import { StrategyMoved } from './routing.faults.js';
import type { StoredStrategy } from './stored-strategy.js';
import { StrategiesRepository } from './strategies.repository.js';
import { providersIn, type Step, type Strategy } from './strategy.js';

/** What is there before anybody has made one: providers are tried in the order of their names. */
const first = { version: 0, steps: [] } as const;

/** How each tenant wants its payments routed. */
@Injectable()
export class Strategies {
  constructor(
    private readonly strategies: StrategiesRepository,
    private readonly accounts: ProviderAccounts,
    private readonly changes: ChangeRecords,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async current(tenantId: string): Promise<Strategy | StoredStrategy> {
    return (await this.strategies.newest(tenantScope(tenantId))) ?? { tenantId, ...first };
  }

  /** Puts another one in the place of `version`. @throws ValidationFailed, StrategyMoved */
  async replace(actor: Actor, version: number, steps: readonly Step[]): Promise<StoredStrategy> {
    const { tenantId, userId: madeBy } = actor;
    await this.assertKnown(scopeOf(actor), steps);
    const made: StoredStrategy = { _id: newId('str'), tenantId, version: version + 1, steps, madeBy, madeAt: this.clock.now() };
    return this.unitOfWork.run(async (session) => {
      const before = await this.strategies.newest(scopeOf(actor), session);
      if ((before?.version ?? first.version) !== version) throw new StrategyMoved();
      await this.strategies.insert(made, session);
      const subject = { type: 'routing_strategy', id: made._id };
      const event = { type: 'ROUTING_STRATEGY_CHANGED' as const, data: { version: made.version, steps: steps.map(({ kind }) => kind) } };
      const change = { before: before && { version, steps: before.steps }, after: { version: made.version, steps } };
      await this.changes.record(
        session,
        { tenantId, subject, action: 'routing_strategy.changed', at: made.madeAt, ...change, event },
        actor,
      );
      return made;
    });
  }

  /** A name that is nobody's is a slip of the pen. @throws ValidationFailed */
  async assertKnown(scope: Scope, steps: readonly Step[]): Promise<void> {
    const known = new Set((await this.accounts.all(scope)).map(({ name }) => name));
    const strangers = steps.flatMap((step, at) => providersIn(step).flatMap((name) => (known.has(name) ? [] : [{ at, name }])));
    if (strangers.length === 0) return;
    throw new ValidationFailed(strangers.map(({ at, name }) => ({ field: `steps.${at}`, message: `there is no provider ${name}` })));
  }
}
