import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Clock } from '../kernel/clock.js';
import type { Outcome } from '../providers/payment-provider.js';
import type { ApprovalRates, Segment } from './adaptive.js';
import { type CircuitEvent, type CircuitPhase, eventOf, phaseAt } from './circuit-breaker.js';
import { ProviderHealthRepository } from './provider-health.repository.js';
import { TenantHealth } from './tenant-health.js';

/** One authorization at one account, and what kind of payment it is. */
export interface Sending extends Segment {
  readonly account: string;
}
const mostTenants = 1_000;

/** What is known of how providers fare: every authorization is told to it, and routing asks it. */
@Injectable()
export class ProviderHealth {
  private readonly tenants = new LRUCache<string, TenantHealth>({ max: mostTenants });
  private readonly met = new LRUCache<string, Promise<void>>({ max: mostTenants });

  constructor(
    private readonly repository: ProviderHealthRepository,
    private readonly clock: Clock,
  ) {}

  /** Before the first decision for a tenant: what all nodes know. */
  meet(tenantId: string): Promise<void> {
    const meeting = this.met.get(tenantId) ?? this.read(tenantId);
    this.met.set(tenantId, meeting);
    return meeting;
  }

  /** The tenants that this node has had to do with. */
  all(): readonly (readonly [tenantId: string, health: TenantHealth])[] {
    return [...this.tenants.entries()];
  }

  ratesOf(tenantId: string): ApprovalRates {
    return this.of(tenantId).rates;
  }

  phaseOf(tenantId: string, account: string, method: string): CircuitPhase {
    const now = this.clock.now().getTime();
    return phaseAt(this.of(tenantId).circuitOf(circuitKey(account, method), now), now);
  }

  sent(tenantId: string, sending: Sending): void {
    this.turn(tenantId, sending, 'sent');
  }

  /** An outcome nobody knows says nothing of the customer's bank, and something of the provider. */
  told(tenantId: string, { account: provider, ...segment }: Sending, outcome: Outcome, latencyMs: number): void {
    this.turn(tenantId, { account: provider, ...segment }, eventOf(outcome));
    if (outcome.outcome === 'unknown') return;
    this.of(tenantId).observe({ provider, ...segment, approved: outcome.outcome === 'applied', latencyMs });
  }

  private async read(tenantId: string): Promise<void> {
    try {
      const shared = await this.repository.find(tenantId);
      if (shared) this.of(tenantId).learn(shared);
    } catch (error) {
      this.met.delete(tenantId);
      throw error;
    }
  }

  private turn(tenantId: string, { account, method }: Sending, event: CircuitEvent): void {
    this.of(tenantId).turn(circuitKey(account, method), event, this.clock.now().getTime());
  }

  private of(tenantId: string): TenantHealth {
    const health = this.tenants.get(tenantId) ?? new TenantHealth();
    this.tenants.set(tenantId, health);
    return health;
  }
}

const circuitKey = (account: string, method: string): string => `${method} ${account}`;
